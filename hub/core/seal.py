"""Sealing, signing and keyed digests: every use of cryptography, as functions of their arguments.

Nothing here reads a key from anywhere. The one randomness is HPKE's own, inside ``cryptography``:
each sealing draws a fresh key pair, so sealing the same words twice gives other bytes.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hub.core.reasons import ParkReason
from hub.errors import ConfigurationError, ReportFault, TransientFault

REPORT_INFO: Final = b"safeguarding-report-v1"
DETAIL_INFO: Final = b"safeguarding-detail-v1"
SIGNATURE_CONTEXT: Final = b"safeguarding-report-signature-v1"
DIGEST_BYTES: Final = 16
KEY_ID_BYTES: Final = 16
NONCE_BYTES: Final = 12
ENVELOPE_VERSION: Final = b"\x01"
IDENTITY_KEY_MISSING: Final = (
    "the identity key of epoch {} is not at hand, or is another: this process may not look for"
    " anybody without it."
)

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LENGTH_BYTES: Final = 4
_KEY_ID_LENGTH: Final = KEY_ID_BYTES.to_bytes(_LENGTH_BYTES, "big")
_BODY_AT: Final = 1 + KEY_ID_BYTES + NONCE_BYTES
_COLUMNS_MAX: Final = 256
"""Of how many columns the prepared name is kept: more than are sealed."""
_KEYS_MAX: Final = 64
"""Of how many keys the prepared form is kept: more than any installation has at once."""


# ------------------------------------------------------------------------------- a report's body


def seal_body(padded: bytes, *, public_key: X25519PublicKey, header: bytes) -> bytes:
    """Answer the body sealed to the hub's key and bound to the header's exact bytes."""
    return _SUITE.encrypt(padded, public_key, info=REPORT_INFO + header)


def open_body(sealed: bytes, *, private_key: X25519PrivateKey, header: bytes) -> bytes:
    """Answer the padded body.

    Raises:
        ReportFault: the body, the header or the key is not the one it was sealed with.
    """
    try:
        return _SUITE.decrypt(sealed, private_key, info=REPORT_INFO + header)
    except (InvalidTag, ValueError):
        raise ReportFault(
            "The report's body does not open with this key and header.",
            code=ParkReason.BODY_DOES_NOT_OPEN,
        ) from None


# ------------------------------------------------------------------------------ an event's detail


def seal_detail(
    plain: bytes, *, public_key: X25519PublicKey, key_id: str, agency: str, source_key: str
) -> bytes:
    """Answer a narrative sealed to the hub's disclosure key, which workers do not hold.

    The key's id stands before it, with its length. It opens only as that agency's and that fact's.
    """
    info = DETAIL_INFO + framed([key_id.encode(), agency.encode(), source_key.encode()])
    return framed([key_id.encode()]) + _SUITE.encrypt(plain, public_key, info=info)


def open_detail(
    sealed: bytes, *, keys: Mapping[str, X25519PrivateKey], agency: str, source_key: str
) -> bytes:
    """Answer the narrative of one fact of one agency.

    Raises:
        ConfigurationError: its key is not at hand, or it was sealed for another fact.
    """
    length = int.from_bytes(sealed[:_LENGTH_BYTES], "big")
    key_id = sealed[_LENGTH_BYTES : _LENGTH_BYTES + length].decode(errors="replace")
    key = keys.get(key_id)
    if key is None:
        raise ConfigurationError("The key that a narrative is sealed to is not at hand.")
    info = DETAIL_INFO + framed([key_id.encode(), agency.encode(), source_key.encode()])
    try:
        return _SUITE.decrypt(sealed[_LENGTH_BYTES + length :], key, info=info)
    except (InvalidTag, ValueError):
        raise ConfigurationError("A narrative was not sealed for its event.") from None


# ------------------------------------------------------------------------------------- signature


def signed_bytes(topic: str, value: bytes) -> bytes:
    """Answer what is signed: context, topic with its length, SHA-256 of the message's value."""
    return SIGNATURE_CONTEXT + framed([topic.encode()]) + hashlib.sha256(value).digest()


def sign(topic: str, value: bytes, key: Ed25519PrivateKey) -> bytes:
    """Answer the 64-byte signature that goes into the Kafka header ``signature``."""
    return key.sign(signed_bytes(topic, value))


def verify(topic: str, value: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Answer whether the holder of ``key`` signed this value for this topic."""
    return verify_bytes(signed_bytes(topic, value), signature, key)


def verify_bytes(signed: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Answer whether the holder of ``key`` signed these bytes, which name their context."""
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


# ---------------------------------------------------------------------------------- keyed digests


def framed(parts: Iterable[bytes]) -> bytes:
    """Answer the parts one after the other, each after its length in four bytes, big-endian.

    No two lists of parts give the same bytes.
    """
    return b"".join([len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts])


def keyed_digest(key: bytes, domain: str, *parts: str) -> bytes:
    """Answer the first 16 bytes of HMAC-SHA256 over the domain and the parts, framed."""
    return _hmac_sha256(key, framed([domain.encode(), *map(str.encode, parts)]))[:DIGEST_BYTES]


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    keyed = _keyed(key).copy()
    keyed.update(message)
    return keyed.finalize()


@lru_cache(_KEYS_MAX)
def _keyed(key: bytes) -> HMAC:
    """Answer the key's context; a copy of it takes a third of the time of making it."""
    return HMAC(key, SHA256())


@lru_cache(_KEYS_MAX)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def report_id(publisher: str, connector: str, epoch: int, sequence: int) -> bytes:
    """Answer the 16-byte id of a report: it follows from who sends it and in which place."""
    parts = ("report-id", publisher, connector, str(epoch), str(sequence))
    return hashlib.sha256(framed(part.encode() for part in parts)).digest()[:DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class EventDigests:
    """The ids of events, facts and records under the hub's event key: derived, not guessable."""

    key: bytes = field(repr=False)

    def event_id(self, agency: str, source_key: str, revision: int) -> bytes:
        """Answer the id of one revision of one fact of one agency."""
        return keyed_digest(self.key, "event", agency, source_key, str(revision))

    def fact_key(self, agency: str, source_key: str) -> bytes:
        """Answer the key that all revisions of one fact of one agency share."""
        return keyed_digest(self.key, "fact", agency, source_key)

    def record_ref(self, agency: str, local_id: str) -> bytes:
        """Answer the reference of what one agency knows of one person."""
        return keyed_digest(self.key, "record", agency, local_id)

    def reference(self, agency: str, kind: str, text: str) -> bytes:
        """Answer the digest under which an agency's own reference of a kind is known again."""
        return keyed_digest(self.key, "reference", agency, kind, text)

    def content(self, canonical: bytes) -> bytes:
        """Answer the digest of what an event says, to tell a redelivery from a conflict."""
        return _hmac_sha256(self.key, framed([b"content", canonical]))[:DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class IdentityDigests:
    """Search keys of people under one identity key, so that none is stored in clear."""

    key: bytes = field(repr=False)

    @property
    def in_force(self) -> tuple[int, ...]:
        """Answer the one epoch there is."""
        return (1,)

    def take(self, epochs: Mapping[int, bytes | None]) -> tuple[int, ...]:
        """Answer the first epoch, and refuse every other.

        Raises:
            TransientFault: another epoch is in force, whose key is not at hand.
        """
        if set(epochs) != {1}:
            raise TransientFault(IDENTITY_KEY_MISSING.format(max(epochs)))
        return self.in_force

    def identity_digest(self, kind: str, value: str, *, epoch: int | None = None) -> bytes:
        """Answer the search key of a kind (``nhs``) and a value in canonical spelling."""
        del epoch
        return keyed_digest(self.key, "identity", kind, value)

    def child_ref(self, record_ref: bytes) -> bytes:
        """Answer the reference of the child that this record founds."""
        return keyed_digest(self.key, "child", record_ref.hex())


# ---------------------------------------------------------------------------------- sealed columns


class Place(NamedTuple):
    """Where a sealed value stands; it opens nowhere else. The row is its primary key as bytes."""

    table: str
    column: str
    row: bytes


def seal_field(plain: bytes, *, key: bytes, key_id: bytes, nonce: bytes, place: Place) -> bytes:
    """Answer the envelope of a column: 01, key id (16), nonce (12), AES-256-GCM with its tag.

    Args:
        plain: what is sealed.
        key: the data key, 32 bytes.
        key_id: which data key it is, 16 bytes.
        nonce: 12 bytes, never used before with this key.
        place: table, column and row, bound together with the key id.
    """
    if len(key_id) != KEY_ID_BYTES or len(nonce) != NONCE_BYTES:
        raise ConfigurationError("A key id of 16 bytes and a nonce of 12 bytes were expected.")
    sealed = _cipher(key).encrypt(nonce, plain, _associated(place, key_id))
    return ENVELOPE_VERSION + key_id + nonce + sealed


def open_field(envelope: bytes, *, keys: Mapping[bytes, bytes], place: Place) -> bytes:
    """Answer what was sealed at this place.

    Raises:
        ConfigurationError: the envelope is of another version, its key is not at hand, or it was
            sealed for another table, column or row.
    """
    key_id = envelope[1 : 1 + KEY_ID_BYTES]
    if envelope[:1] != ENVELOPE_VERSION or len(envelope) < _BODY_AT:
        raise ConfigurationError(
            f"A sealed value in {_where(place)} is not in the expected envelope."
        )
    key = keys.get(key_id)
    if key is None:
        raise ConfigurationError(f"The data key {key_id.hex()} of {_where(place)} is not at hand.")
    nonce = envelope[1 + KEY_ID_BYTES : _BODY_AT]
    try:
        return _cipher(key).decrypt(nonce, envelope[_BODY_AT:], _associated(place, key_id))
    except InvalidTag:
        raise ConfigurationError(
            f"A sealed value in {_where(place)} was not sealed for its row."
        ) from None


def _where(place: Place) -> str:
    return f"{place.table}.{place.column}"


def _associated(place: Place, key_id: bytes) -> bytes:
    row = place.row
    return b"".join(
        (
            _column(place.table, place.column),
            len(row).to_bytes(_LENGTH_BYTES, "big"),
            row,
            _KEY_ID_LENGTH,
            key_id,
        )
    )


@lru_cache(_COLUMNS_MAX)
def _column(table: str, column: str) -> bytes:
    """Answer the part that all values of a column share; making it took half of opening one."""
    return framed([b"column", table.encode(), column.encode()])
