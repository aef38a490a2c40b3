"""Keys of development and demonstration, as files that only their owner can read.

A real deployment keeps its keys in a key management service behind the same ``HubKeys``. The folder
is never inside a repository. ``hub/`` is for the hub alone, ``publishers/<name>.key`` for the
connector of that publisher, ``public/`` for everybody.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from hub.adapters.decision_keys import FIRST_DECISION_KEY, make_decision_key
from hub.adapters.identity_ring import load_ring, make_first_keys
from hub.adapters.key_files import make_secret, numbered, publish, read_public, read_secret
from hub.core import seal
from hub.core.reasons import ParkReason
from hub.errors import ConfigurationError, ReportFault
from hub.ports import IdentityDigests

SECRET_BYTES: Final = 32
PUBLISHER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The hub's public key that connectors seal to, and its id in the header."""

    key_id: str
    public_key: X25519PublicKey


class Sealer:
    """Seals and opens columns of the database; new values under the newest data key."""

    def __init__(self, keys: Mapping[bytes, bytes], newest: bytes) -> None:
        self._keys = keys
        self._newest = newest

    def seal(self, table: str, column: str, row: bytes, plaintext: bytes) -> bytes:
        """Answer the sealed value; the nonce is random, 96 bits."""
        return seal.seal_field(
            plaintext,
            key=self._keys[self._newest],
            key_id=self._newest,
            nonce=os.urandom(seal.NONCE_BYTES),
            place=seal.Place(table=table, column=column, row=row),
        )

    def unseal(self, table: str, column: str, row: bytes, sealed: bytes) -> bytes:
        """Answer the value.

        Raises:
            ConfigurationError: it was not sealed for this table, column and row, or its key is not
                at hand.
        """
        place = seal.Place(table=table, column=column, row=row)
        return seal.open_field(sealed, keys=self._keys, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubKeys:
    """Every key that a worker holds. The disclosure key is not among them."""

    events: seal.EventDigests
    identity: IdentityDigests
    sealer: Sealer
    sealing: Mapping[str, X25519PrivateKey] = field(repr=False)

    def open_body(self, key_id: str, sealed: bytes, header: bytes) -> bytes:
        """Answer the padded body of a report.

        Raises:
            ReportFault: the key is not known, or the body does not open with it.
        """
        key = self.sealing.get(key_id)
        if key is None:
            known = ", ".join(sorted(self.sealing))
            raise ReportFault(
                f"The report is sealed to a key that is not known; known: {known}.",
                code=ParkReason.SEALING_KEY_NOT_KNOWN,
            )
        return seal.open_body(sealed, private_key=key, header=header)


def make_keys(folder: Path) -> tuple[str, ...]:
    """Make the hub's keys that are not there yet; answer which were made. Harmless to repeat.

    Raises:
        ConfigurationError: the folder cannot be used, or a key in it can be read by others.
    """
    made = [
        name
        for name in ("event", "sign-in", "columns/epoch-1")
        if make_secret(folder / "hub" / f"{name}.key", os.urandom(SECRET_BYTES))
    ]
    made += make_first_keys(folder)
    for name in ("sealing/ingest-1", "disclosure/disclosure-1"):
        path = folder / "hub" / f"{name}.key"
        if make_secret(path, X25519PrivateKey.generate().private_bytes_raw()):
            made.append(name)
        private = X25519PrivateKey.from_private_bytes(read_secret(path))
        publish(folder / "public" / f"{name}.pub", private.public_key().public_bytes_raw())
    if make_decision_key(folder):
        made.append(FIRST_DECISION_KEY)
    return tuple(made)


def load_hub_keys(folder: Path) -> HubKeys:
    """Answer the keys that a worker holds.

    Raises:
        ConfigurationError: a key is missing, is not 32 bytes, or can be read by others.
    """
    epochs = {number: read_secret(path) for number, path in numbered(folder / "hub/columns")}
    sealing = {
        path.stem: X25519PrivateKey.from_private_bytes(read_secret(path))
        for _, path in numbered(folder / "hub/sealing")
    }
    columns = {_column_key_id(key): key for key in epochs.values()}
    return HubKeys(
        events=seal.EventDigests(read_secret(folder / "hub/event.key")),
        identity=load_ring(folder),
        sealer=Sealer(columns, _column_key_id(epochs[max(epochs)])),
        sealing=sealing,
    )


def load_sign_in_secret(folder: Path) -> bytes:
    """Answer the secret behind the demo's sign-in tokens.

    Raises:
        ConfigurationError: it is missing, is not 32 bytes, or can be read by others.
    """
    return read_secret(folder / "hub/sign-in.key")


def load_sealing_key(folder: Path) -> SealingKey:
    """Answer the newest public key that connectors seal to.

    Raises:
        ConfigurationError: there is none.
    """
    _, path = max(numbered(folder / "public/sealing", suffix=".pub"))
    return SealingKey(path.stem, X25519PublicKey.from_public_bytes(read_public(path)))


def load_disclosure_key(folder: Path) -> SealingKey | None:
    """Answer the newest public key that narratives are sealed to; ``None`` if there is none."""
    if not any((folder / "public/disclosure").glob("*.pub")):
        return None
    _, path = max(numbered(folder / "public/disclosure", suffix=".pub"))
    return SealingKey(path.stem, X25519PublicKey.from_public_bytes(read_public(path)))


def load_disclosure_keys(folder: Path) -> Mapping[str, X25519PrivateKey]:
    """Answer the secret keys that open narratives, by id; none where none are kept.

    Only a process that discloses loads them: no worker does.

    Raises:
        ConfigurationError: one is not 32 bytes, or can be read by others.
    """
    if not any((folder / "hub/disclosure").glob("*.key")):
        return {}
    return {
        path.stem: X25519PrivateKey.from_private_bytes(read_secret(path))
        for _, path in numbered(folder / "hub/disclosure")
    }


def make_webhook_secret(folder: Path, agency: str) -> tuple[bytes, bool]:
    """Answer the newest secret of an agency's webhook and whether it was made now.

    A second one, ``<agency>/webhook-2.key``, signs beside the first while the agency changes over.

    Raises:
        ConfigurationError: the agency's code cannot be one, or the folder cannot be used.
    """
    if not PUBLISHER_NAME.fullmatch(agency):
        raise ConfigurationError("An agency's code was expected, such as URN107200 or POL13.")
    path = folder / "hub/webhooks" / agency / "webhook-1.key"
    made = make_secret(path, os.urandom(SECRET_BYTES))
    return load_webhook_secrets(folder, agency)[-1], made


def load_webhook_secrets(folder: Path, agency: str) -> tuple[bytes, ...]:
    """Answer the secrets that sign an agency's webhook, the oldest first; none if it has none.

    Raises:
        ConfigurationError: one is not 32 bytes, or can be read by others.
    """
    own = folder / "hub/webhooks" / agency
    if not any(own.glob("webhook-*.key")):
        return ()
    return tuple(read_secret(path) for _, path in sorted(numbered(own)))


def make_publisher_key(folder: Path, name: str) -> tuple[Ed25519PublicKey, bool]:
    """Answer a publisher's public signing key and whether it was made now.

    Raises:
        ConfigurationError: the name cannot be one, or the folder cannot be used.
    """
    path = _publisher_path(folder, name)
    made = make_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
    public = load_publisher_key(folder, name).public_key()
    publish(folder / "public/publishers" / f"{name}.pub", public.public_bytes_raw())
    return public, made


def load_publisher_key(folder: Path, name: str) -> Ed25519PrivateKey:
    """Answer a publisher's signing key, for its connector.

    Raises:
        ConfigurationError: it is missing, is not 32 bytes, or can be read by others.
    """
    return Ed25519PrivateKey.from_private_bytes(read_secret(_publisher_path(folder, name)))


def load_publisher_public_key(folder: Path, name: str) -> Ed25519PublicKey:
    """Answer a publisher's public key, for the registry.

    Raises:
        ConfigurationError: it is missing or is not 32 bytes.
    """
    _publisher_path(folder, name)
    path = folder / "public/publishers" / f"{name}.pub"
    return Ed25519PublicKey.from_public_bytes(read_public(path))


def fingerprint(public_key: Ed25519PublicKey | X25519PublicKey) -> str:
    """Answer the short name of a public key for people: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:16]


def _publisher_path(folder: Path, name: str) -> Path:
    if not PUBLISHER_NAME.fullmatch(name):
        raise ConfigurationError(
            "A publisher's name of letters, digits, '.', '_' and '-' was expected, at most "
            "63 characters."
        )
    return folder / "publishers" / f"{name}.key"


def _column_key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"safeguarding-column-key" + key).digest()[: seal.KEY_ID_BYTES]
