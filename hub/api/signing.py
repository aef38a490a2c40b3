"""Sign-in without an identity provider: signed session cookies, form tokens, demo bearer tokens.

Everything is an HMAC-SHA-256 under one secret of the installation, so two processes agree without
sharing state, and nothing outlives a change of that secret. This is the demo's sign-in only:
``create_app`` refuses to start with it anywhere else.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from hub.api.users import DEMO_USERS, DEMO_USERS_BY_ID, User

SESSION_LONGEST = timedelta(hours=8)
"""A shift: after that everybody signs in again."""
SESSION_IDLE_LONGEST = timedelta(minutes=15)
"""Without a request. An open inbox asks for its list, so it is in use; a check page is not."""
SESSION_RENEWED_AFTER = timedelta(seconds=30)
"""A newer cookie is sent at most this often."""
SECRET_BYTES_MIN = 32

_ANONYMOUS = "-"
_AT = "@"
_PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a valid cookie says. ``user`` is ``None`` before sign-in."""

    user: User | None
    started_at: datetime
    seen_at: datetime
    nonce: str
    desk: str = ""
    """At which authority's desk the person sits whose front door serves several; empty: the own."""


class SignIn:
    """Makes and checks every token of the surfaces. Its ``repr`` does not show the secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"The sign-in secret needs at least {SECRET_BYTES_MIN} bytes.")
        self._secret = secret
        self._users_by_token = {self.bearer_token(user): user for user in DEMO_USERS}
        self._ended: dict[str, datetime] = {}

    def bearer_token(self, user: User) -> str:
        """Answer the token by which a JSON client acts as this demo role.

        The same for the same installation, so that it can be printed once and used again.
        """
        return self._mac("bearer", user.user_id)

    @property
    def bearer_tokens(self) -> Mapping[str, str]:
        """The token of each demo role, by user id: what the demo prints."""
        return MappingProxyType({u.user_id: t for t, u in self._users_by_token.items()})

    def user_of_token(self, token: str) -> User | None:
        """Answer whose token it is. A wrong one is compared with all, in constant time each."""
        found = None
        for known, user in self._users_by_token.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = user
        return found

    def start(self, user: User | None, now: datetime) -> Session:
        """Answer a fresh session; signing in always starts a new one."""
        return Session(user=user, started_at=now, seen_at=now, nonce=secrets.token_urlsafe(16))

    def end(self, session: Session, now: datetime) -> None:
        """Take a session for ended from now on, its cookie being kept somewhere or not.

        Only this process knows it: in another one a kept cookie is good until it has been idle.
        """
        self._ended = {n: at for n, at in self._ended.items() if now - at <= SESSION_LONGEST}
        self._ended[session.nonce] = now

    def write(self, session: Session) -> str:
        """Answer the cookie's value."""
        parts = (
            f"{session.user.user_id}{_AT}{session.desk}" if session.user else _ANONYMOUS,
            str(int(session.started_at.timestamp())),
            str(int(session.seen_at.timestamp())),
            session.nonce,
        )
        return ".".join((*parts, self._mac("session", *parts)))

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """Answer the session, or ``None`` if missing, altered, signed out, too old or too idle."""
        parts = (cookie or "").split(".")
        if len(parts) != _PARTS or not self._agrees(parts[4], "session", *parts[:4]):
            return None
        who, started, seen, nonce, _ = parts
        user_id, _, desk = who.partition(_AT)
        session = Session(
            user=DEMO_USERS_BY_ID.get(user_id),
            started_at=datetime.fromtimestamp(int(started), tz=now.tzinfo),
            seen_at=datetime.fromtimestamp(int(seen), tz=now.tzinfo),
            nonce=nonce,
            desk=desk,
        )
        too_old = now - session.started_at > SESSION_LONGEST
        idle = now - session.seen_at > SESSION_IDLE_LONGEST
        return None if too_old or idle or nonce in self._ended else session

    def form_token(self, session: Session) -> str:
        """Answer the token that every form of this session must send back."""
        return self._mac("form", session.nonce)

    def form_token_is_right(self, session: Session, token: str) -> bool:
        """Answer whether a form came from a page of this session."""
        return self._agrees(token, "form", session.nonce)

    def _agrees(self, given: str, *parts: str) -> bool:
        return hmac.compare_digest(self._mac(*parts).encode(), given.encode())

    def _mac(self, *parts: str) -> str:
        text = "|".join(("safeguarding-hub", *parts)).encode()
        digest = hmac.new(self._secret, text, sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
