"""Every error the hub raises on purpose, by whose fault it is.

Whose fault it is decides what happens next, so it decides the type::

    HubError
     ├── InvalidIdentifier        a value is not what it claims to be: dropped, named, counted
     ├── EventFault               the event's own content: this event is rejected
     ├── ReportFault              the report as a whole cannot be used now: parked, kept, retried
     ├── TransientFault           ours, and it passes: the batch is tried again whole
     ├── ConfigurationError       a setting, policy or registry is wrong: a person mends it
     ├── DecisionRefused          a decision about identity cannot be made as things stand
     ├── ServiceMissing           a server or a program that is needed is not there
     ├── TooManyQuestions         an account asks too often: it waits, and is told how long
     └── RefusedToStart           going on would lose or falsify something: the process stops

Every message is one sentence that names the thing and what was expected. None holds personal
data: no name, birth date, address, postcode, NHS number or other identifier of a person.
"""

from typing import ClassVar


class HubError(Exception):
    """Root of every error that the hub raises on purpose."""


class InvalidIdentifier(HubError):  # noqa: N818  # named for what it says of the value
    """A text is not a valid identifier of its kind.

    The text itself is never part of the error. An invalid identifier never rejects an event: the
    caller drops it, counts it by ``kind`` and ``reason``, and lets the record stand without it.

    Attributes:
        kind: what it was read as, in the field's words, such as ``NHS number``.
        reason: which check failed, a stable code such as ``check_digit``.
    """

    def __init__(self, kind: str, reason: str, sentence: str) -> None:
        super().__init__(f"{kind}: {sentence}")
        self.kind = kind
        self.reason = reason


class _CodedFault(HubError):  # noqa: N818  # the field's word is fault
    """A fault with a stable code, so that it can be counted and explained without its content."""

    default_code: ClassVar[str] = "unspecified"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default_code


class EventFault(_CodedFault):
    """The content of one event is at fault: that event is rejected and its agency told why.

    Attributes:
        code: which check failed, a stable code that goes into the row and to the agency.
    """

    default_code = "invalid_event"


class ReportFault(_CodedFault):
    """A report cannot be used as it stands: it is parked with its sealed bytes, and retried later.

    Raised for an unknown key or schema, a signature that does not verify, or a bug of ours.

    Attributes:
        code: which check failed, a stable code that goes into the row.
    """

    default_code = "unusable_report"


class TransientFault(HubError):  # noqa: N818  # the field's word is fault
    """Something of ours is away or busy, and will be back: try the whole batch again."""


class ConfigurationError(HubError):
    """A setting, a policy file or the publishers' registry is wrong: a person must mend it."""


class DecisionRefused(HubError):  # noqa: N818  # named for what was done
    """A decision about identity cannot be made; the message says what must be decided first."""


class ServiceMissing(HubError):  # noqa: N818  # named for what a person must put right
    """A server or program that is needed is not there; the message says how to get it."""


class TooManyQuestions(HubError):  # noqa: N818  # named for what it says of the account
    """An account has asked more often than anybody's work needs; it was not answered.

    Attributes:
        retry_seconds: after how many seconds it may ask again.
    """

    def __init__(self, message: str, *, retry_seconds: int) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class RefusedToStart(HubError):  # noqa: N818  # named for what was done
    """Going on would lose or falsify something, so the process does not start."""
