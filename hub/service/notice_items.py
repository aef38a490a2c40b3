"""Notices as one reader may see them: one by one, and a page of them."""

from dataclasses import dataclass, field
from datetime import date

from hub.core.disclosure_encompass import DisclosedNotice
from hub.core.school_directory import School
from hub.service.notice_answers import NoticeAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One notice as its reader may see it."""

    disclosed: DisclosedNotice
    school: School | None
    """The school that it went to or should have gone to, where the reader may know."""
    force_name: str
    """Empty where the reader is not told which force it was."""
    force_number: str | None
    answers: tuple[NoticeAnswer, ...]
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)
    voice: str | None = field(default=None, repr=False)
    schools: tuple[School, ...] = ()
    """Of which a council may name one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesListed:
    """A page of the notices of a reader."""

    items: tuple[NoticeItem, ...]
    total: int
    """On all pages."""
    page: int
    pages: int
    unreadable: int
    """Of this page: the hub failed on them, and an operator must look."""
