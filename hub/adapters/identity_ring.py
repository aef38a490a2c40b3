"""The identity keys by epoch: in files, at hand in a process, and in force as the database says.

``hub/identity/identity-<epoch>.key`` has one file an epoch; ``hub/identity.key`` of an older
installation is the first. ``hub/child.key`` is for references of children, which never change: they
are no search keys and say nothing but which record founded the child.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from hub.adapters.key_files import make_secret, numbered, read_secret
from hub.core.seal import IDENTITY_KEY_MISSING, IdentityDigests
from hub.errors import ConfigurationError, TransientFault

OF_OLD: Final = "identity.key"
CHILD: Final = "child.key"
_FOLDER: Final = "identity"
_RETIRED: Final = ".retired"
_SECRET_BYTES: Final = 32


class IdentityRing:
    """The keys of several epochs as one; see the port ``IdentityDigests``.

    Which are in force the database says in each transaction. A key that it names and that is not at
    hand is looked for again in its folder, so that no process needs to be started anew for it.
    """

    def __init__(self, load: Callable[[], Mapping[int, bytes]], child_key: bytes) -> None:
        """Take the keys that ``load`` answers by epoch; the oldest counts until ``take``."""
        self._load = load
        self._held = _digests(load())
        self._children = IdentityDigests(child_key)
        self._taken: Mapping[int, bytes | None] = {}
        self._in_force: tuple[int, ...] = (min(self._held),)

    @property
    def in_force(self) -> tuple[int, ...]:
        """The epochs last taken, the oldest first."""
        return self._in_force

    @property
    def at_hand(self) -> tuple[int, ...]:
        """The epochs whose keys are there, in force or not, the oldest first."""
        return tuple(sorted(self._held))

    def take(self, epochs: Mapping[int, bytes | None]) -> tuple[int, ...]:
        """Answer these epochs, the oldest first, once their keys are at hand; see the port.

        Another thread may look at the database as it was before: the newest never goes back.

        Raises:
            TransientFault: the key of one is not at hand, or is another.
        """
        wanted = tuple(sorted(epochs))
        if epochs == self._taken:
            return wanted
        if not self._held.keys() >= epochs.keys():
            self._held = _digests(self._load())
        for epoch, noted in epochs.items():
            if epoch not in self._held or noted not in {None, self.fingerprint(epoch)}:
                raise TransientFault(IDENTITY_KEY_MISSING.format(epoch))
        if wanted[-1] >= self._in_force[-1]:
            self._in_force, self._taken = wanted, dict(epochs)
        return wanted

    def fingerprint(self, epoch: int) -> bytes:
        """Answer by what the database knows the key of an epoch again."""
        return self._held[epoch].identity_digest("fingerprint", "")

    def identity_digest(self, kind: str, value: str, *, epoch: int | None = None) -> bytes:
        """Answer the digest of one identity key, under the newest epoch taken unless named."""
        return self._held[epoch or self._in_force[-1]].identity_digest(kind, value)

    def child_ref(self, record_ref: bytes) -> bytes:
        """Answer the reference of the child that this record founds."""
        return self._children.child_ref(record_ref)


def _digests(keys: Mapping[int, bytes]) -> Mapping[int, IdentityDigests]:
    return {epoch: IdentityDigests(key) for epoch, key in keys.items()}


def load_ring(folder: Path) -> IdentityRing:
    """Answer the identity keys of the hub's folder of keys.

    Raises:
        ConfigurationError: one is missing, is not 32 bytes, or can be read by others.
    """
    child = folder / "hub" / CHILD
    of_old = folder / "hub" / OF_OLD
    return IdentityRing(
        lambda: load_identity_keys(folder),
        read_secret(child if child.exists() or not of_old.exists() else of_old),
    )


def load_identity_keys(folder: Path) -> Mapping[int, bytes]:
    """Answer the identity keys by epoch; at least one.

    Raises:
        ConfigurationError: there is none, or one is not 32 bytes, or can be read by others.
    """
    return {epoch: read_secret(path) for epoch, path in _files(folder).items()}


def make_first_keys(folder: Path) -> Sequence[str]:
    """Make the first identity key and the one for children, unless they are there; answer which.

    An older installation had one key for both: it goes on as both, the second under its own name.

    Raises:
        ConfigurationError: the folder cannot be used, or a key in it can be read by others.
    """
    hub = folder / "hub"
    of_old = hub / OF_OLD
    made = []
    key = read_secret(of_old) if of_old.exists() else os.urandom(_SECRET_BYTES)
    if make_secret(hub / CHILD, key):
        made.append("child")
    has_one = of_old.exists() or any((hub / _FOLDER).glob("identity-*"))
    if not has_one and make_secret(hub / _FOLDER / "identity-1.key", os.urandom(_SECRET_BYTES)):
        made.append("identity/identity-1")
    return made


def make_next_key(folder: Path) -> int:
    """Make the identity key of the next epoch; answer which. Nothing is written under it yet.

    Raises:
        ConfigurationError: the folder cannot be used.
    """
    make_first_keys(folder)
    epoch = max([*_files(folder), *_in_folder(folder, _RETIRED)]) + 1
    path = folder / "hub" / _FOLDER / f"identity-{epoch}.key"
    if not make_secret(path, os.urandom(_SECRET_BYTES)):
        raise ConfigurationError(f"The key file {path} was made by another just now.")
    return epoch


def set_aside(folder: Path, epoch: int) -> Path:
    """Rename the key of an epoch that nothing needs any more; answer its new name.

    It is not destroyed: a backup of the database from before needs it.

    Raises:
        ConfigurationError: there is no such key.
    """
    make_first_keys(folder)  # that of children is the same file until it has its own
    path = _files(folder).get(epoch)
    if path is None:
        raise ConfigurationError(f"There is no identity key of epoch {epoch}.")
    aside = folder / "hub" / _FOLDER / f"identity-{epoch}{_RETIRED}"
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    return path.rename(aside)


def _files(folder: Path) -> Mapping[int, Path]:
    of_old = folder / "hub" / OF_OLD
    found = _in_folder(folder, ".key")
    if of_old.exists():
        found.setdefault(1, of_old)
    if not found:
        raise ConfigurationError(
            f"No identity key was found in {folder / 'hub' / _FOLDER}; `hub keys make` makes what"
            " is missing."
        )
    return found


def _in_folder(folder: Path, suffix: str) -> dict[int, Path]:
    own = folder / "hub" / _FOLDER
    return dict(numbered(own, suffix)) if any(own.glob(f"*{suffix}")) else {}
