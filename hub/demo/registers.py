"""What the councils hold: plans, periods of care, and the workers who know the children."""

from datetime import date, timedelta
from random import Random

from hub.demo.people import Care, Category, Episode, Person, Plan, UnbornPlan
from hub.demo.places import BRADFORD, CALDERDALE, LANCASHIRE, LEEDS

WORKERS = {
    BRADFORD: (
        ("Hazel Thornber", "Keighley and Shipley safeguarding team"),
        ("Imtiaz Qadir", "Bradford East safeguarding team"),
        ("Marta Zielonka", "Bradford South safeguarding team"),
    ),
    LEEDS: (
        ("Desmond Oyelaran", "Leeds East safeguarding team"),
        ("Ffion Prosser", "Leeds West safeguarding team"),
        ("Kathryn Addyman", "Leeds South safeguarding team"),
    ),
    LANCASHIRE: (
        ("Moira Hindle", "Burnley and Pendle safeguarding team"),
        ("Tariq Latif", "East Lancashire safeguarding team"),
    ),
    CALDERDALE: (("Joan Sutcliffe", "Halifax safeguarding team"),),
}
"""Made-up social workers and teams."""

PLAN_DAYS = (20, 420)
CARE_DAYS = (60, 1500)


class Register:
    """Makes entries of the councils' registers, as one random source gives them."""

    def __init__(self, *, random: Random, anchor: date, entries: int = 0) -> None:
        """Make entries as they stand on the anchor's morning, numbered after so many others."""
        self.random = random
        self.anchor = anchor
        self._entries = entries

    def plan(
        self,
        person: Person,
        council: str,
        *,
        started_days_ago: int | None = None,
        ended_days_ago: int | None = None,
        held_elsewhere: bool = False,
    ) -> Plan:
        """Answer a Child Protection Plan of a child."""
        ended = None if ended_days_ago is None else self._ago(ended_days_ago)
        if started_days_ago is None:
            started_days_ago = (ended_days_ago or 0) + self.random.randint(*PLAN_DAYS)
        worker, team = self.random.choice(WORKERS[council])
        return Plan(
            key=self._next("CPP"),
            council=council,
            person=person.key,
            started_on=max(self._ago(started_days_ago), person.birth_date),
            ended_on=ended,
            category=self.random.choice(tuple(Category)),
            held_elsewhere=held_elsewhere,
            worker=worker,
            team=team,
        )

    def unborn_plan(self, mother: Person, council: str, *, due_in_days: int) -> UnbornPlan:
        """Answer a plan of a child to be born, or born since if the days are below zero."""
        worker, team = self.random.choice(WORKERS[council])
        key = self._next("CPP")
        return UnbornPlan(
            key=key,
            council=council,
            unborn=f"unborn-{key}",
            mother=mother.key,
            family_name=mother.family_name,
            due_on=self.anchor + timedelta(days=due_in_days),
            started_on=self._ago(self.random.randint(15, 60)),
            category=self.random.choice(tuple(Category)),
            worker=worker,
            team=team,
        )

    def care(self, person: Person, council: str, *, ended_days_ago: int | None = None) -> Care:
        """Answer a period of care in three episodes, the changes between them coded X1."""
        last_day = self.anchor if ended_days_ago is None else self._ago(ended_days_ago)
        age_days = (last_day - person.birth_date).days
        length = min(self.random.randint(*CARE_DAYS), max(age_days - 1, 30))
        first = last_day - timedelta(days=length)
        second = first + timedelta(days=length // 3)
        third = first + timedelta(days=2 * length // 3)
        worker, team = self.random.choice(WORKERS[council])
        return Care(
            key=self._next("CLA"),
            council=council,
            person=person.key,
            episodes=(
                Episode(started_on=first, start_reason="S", ceased_on=second, ceased_reason="X1"),
                Episode(started_on=second, start_reason="P", ceased_on=third, ceased_reason="X1"),
                Episode(
                    started_on=third,
                    start_reason="L",
                    ceased_on=None if ended_days_ago is None else last_day,
                    ceased_reason=None if ended_days_ago is None else "E4A",
                ),
            ),
            worker=worker,
            team=team,
        )

    def _ago(self, days: int) -> date:
        return self.anchor - timedelta(days=days)

    def _next(self, kind: str) -> str:
        self._entries += 1
        return f"{kind}{self._entries:04d}"
