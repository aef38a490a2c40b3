"""The hub's own keys for decisions about identity: who changes a row cannot sign for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.adapters.key_files import make_secret, numbered, publish, read_public, read_secret
from hub.core import seal

FIRST_DECISION_KEY: Final = "decisions/decisions-1"


class DecisionKeys:
    """Signs decisions about identity under the newest key, and verifies under any."""

    def __init__(self, newest: Ed25519PrivateKey, known: Sequence[Ed25519PublicKey]) -> None:
        self._newest = newest
        self._known = known

    def sign_decision(self, signed: bytes) -> bytes:
        """Answer the 64-byte signature."""
        return self._newest.sign(signed)

    def verify_decision(self, signed: bytes, signature: bytes) -> bool:
        """Answer whether any of the hub's keys for decisions signed these bytes."""
        return any(seal.verify_bytes(signed, signature, key) for key in self._known)


def make_decision_key(folder: Path) -> bool:
    """Make the first key unless there is one; answer whether it was made.

    Raises:
        ConfigurationError: the folder cannot be used, or the key can be read by others.
    """
    path = folder / "hub" / f"{FIRST_DECISION_KEY}.key"
    made = make_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
    public = Ed25519PrivateKey.from_private_bytes(read_secret(path)).public_key()
    publish(folder / "public" / f"{FIRST_DECISION_KEY}.pub", public.public_bytes_raw())
    return made


def load_decision_keys(folder: Path) -> DecisionKeys:
    """Answer the keys that sign and verify decisions about identity.

    Public keys of former years stay in ``public/decisions``, so that what they signed verifies.

    Raises:
        ConfigurationError: there is none, one is not 32 bytes, or can be read by others.
    """
    _, newest = max(numbered(folder / "hub/decisions"))
    public = numbered(folder / "public/decisions", suffix=".pub")
    return DecisionKeys(
        Ed25519PrivateKey.from_private_bytes(read_secret(newest)),
        [Ed25519PublicKey.from_public_bytes(read_public(path)) for _, path in sorted(public)],
    )


def passing_decision_keys() -> DecisionKeys:
    """Answer a key that nothing else knows, for what is gone with the process."""
    made = Ed25519PrivateKey.generate()
    return DecisionKeys(made, [made.public_key()])
