"""By what name a reader is told of a child, and whose a notice is: without a database."""

from dataclasses import replace

import pytest

from hub.core.disclosure import Role
from hub.ports import Known, RecordRow
from hub.service.asker import Asker
from hub.service.correlating import chronology_of
from hub.service.notice_answers import NoticeAnswer, answers_of, child_of, may_read
from tests.core.builders import digest
from tests.core.test_encompass import LEAD, at_night, child, the_notice

NOTICE = the_notice(child(at_night()))
TEACHER = Asker(user_id=LEAD, role=Role.SCHOOL_SAFEGUARDING_LEAD, organisation="URN107200")
MOVED_ON = replace(TEACHER, organisation="URN107201")
DESK = Asker(user_id="desk", role=Role.POLICE_DESK, organisation="POL13")


def a_record(agency, family_name):
    return RecordRow(
        record_ref=digest(f"record of {agency}"),
        agency=agency,
        ledger={"family_name": (family_name, 1), "given_names": (["Robin"], 1)},
        shielded=False,
        authorities={},
    )


@pytest.mark.parametrize(("reader", "name"), [(TEACHER, "Robin New"), (DESK, "Robin Former")])
def test_each_reads_the_name_by_which_its_own_agency_knows_the_child(reader, name):
    records = (a_record("POL13", "Former"), a_record("URN107200", "New"))
    known = Known(child_ref=NOTICE.child_ref, records=records, events=(), register=(), standing=())
    told, _ = child_of(reader, known, NOTICE, chronology_of(known))
    assert told == name


def test_who_has_moved_to_another_school_takes_no_notice_along():
    assert may_read(TEACHER, NOTICE)
    assert not may_read(MOVED_ON, NOTICE)
    assert NoticeAnswer.NOT_ON_ROLL in answers_of(TEACHER, NOTICE)
    assert NoticeAnswer.NOT_ON_ROLL not in answers_of(MOVED_ON, NOTICE)
