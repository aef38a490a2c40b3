"""Whose notices are looked at in a decision: without a database."""

import pytest

from hub.core.encompass_notice import NoticeState
from hub.core.policy import Policies
from hub.ports import Known, NoticesKnown
from hub.service.correlating import Seen
from hub.service.noticing import Noticing
from tests.core.test_encompass import DIRECTORY, TUESDAY_NIGHT, agreed, at_night, child, the_notice

NOTICE = the_notice(child(at_night()))
NO_LONGER_TOLD_OF = Known(
    child_ref=NOTICE.child_ref, records=(), events=(), register=(), standing=()
)


class Written:
    """A transaction in which one notice stands."""

    def __init__(self):
        self.notices = []

    def notices_known(self, refs):
        assert refs == [NOTICE.child_ref]
        return (NoticesKnown(child_ref=NOTICE.child_ref, notices=(NOTICE,)),)

    def write_notices(self, writes, _):
        self.notices += writes.notices

    def write_effects(self, effects, _):
        assert effects.settled_subjects == (NOTICE.notice_id,)


class Nowhere:
    """Places that are not known."""

    def authority_of_site(self, site):
        raise AssertionError(site)


@pytest.mark.parametrize(
    ("once", "states"), [((), []), ({NOTICE.child_ref}, [NoticeState.WITHDRAWN])]
)
def test_a_child_that_was_told_of_once_loses_the_notice_of_what_is_anothers_now(once, states):
    policies = Policies(hub=agreed(), authorities={}, version="1")
    noticing = Noticing(policies=policies, places=Nowhere(), directory=DIRECTORY)
    transaction = Written()

    noticing(transaction, [Seen.of(NO_LONGER_TOLD_OF)], TUESDAY_NIGHT, once)

    assert [one.state for one in transaction.notices] == states
