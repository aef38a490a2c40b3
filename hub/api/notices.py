"""The desk of notices behind the surfaces: from people to askers, from items to views."""

from uuid import UUID

from hub.api.notice_views import NoticesView, NoticeView, notice_view
from hub.core.disclosure_encompass import KIND_OF_ROLE
from hub.core.identifiers import Urn
from hub.service.asker import Asker
from hub.service.notice_answers import NoticeAnswer
from hub.service.notice_desk import NoticeDesk


class NoticesShown:
    """Notices as the surfaces show them."""

    def __init__(self, desk: NoticeDesk) -> None:
        self._desk = desk

    def listed(self, asker: Asker, page: int) -> NoticesView:
        """A page of the notices that the asker may read, those that wait first."""
        found = self._desk.listed(asker, page)
        kind = KIND_OF_ROLE.get(asker.role)
        return NoticesView(
            notices=tuple(notice_view(one, kind) for one in found.items),
            total=found.total,
            page=found.page,
            pages=found.pages,
            unreadable=found.unreadable,
        )

    def one(self, asker: Asker, notice_id: UUID) -> NoticeView | None:
        """One notice; ``None`` if there is none or it is not the asker's."""
        found = self._desk.one(asker, notice_id)
        return notice_view(found, KIND_OF_ROLE.get(asker.role)) if found else None

    def answer(
        self, asker: Asker, notice_id: UUID, answer: NoticeAnswer, school: Urn | None
    ) -> bool:
        """Record an answer; ``False`` if it is not the asker's to give."""
        return self._desk.answer(asker, notice_id, answer, school)
