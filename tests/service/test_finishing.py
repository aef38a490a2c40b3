"""What was decided and not carried out yet: one question that is busy holds up no other."""

import uuid
from contextlib import contextmanager

import pytest

from hub.errors import TransientFault
from hub.service.review_answers import ReviewAnswers

BUSY, FREE = uuid.UUID(int=1), uuid.UUID(int=2)


class Questions:
    """Two questions that are to be carried out; the first is always in somebody's hand."""

    def __init__(self):
        self.looked_at = []

    @contextmanager
    def review_transaction(self):
        yield self

    def unfinished(self, _):
        return (BUSY, FREE)

    def review(self, review_id):
        self.looked_at.append(review_id)
        if review_id == BUSY:
            raise TransientFault("the database was busy")

    def steps(self, _):
        return {}


def test_what_the_database_is_busy_with_is_told_after_everything_else_was_tried():
    store = Questions()
    answers = ReviewAnswers(desk=None, store=store, corrections=None, clock=None)

    with pytest.raises(TransientFault):
        answers.finish()

    assert store.looked_at == [BUSY, FREE]
