"""What a person may try once the day is over, and what each check must then answer."""

from collections.abc import Mapping
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.table import Table

from hub.demo.story import Question, Town

ASKED_BY = {"RAE01": "clinician-rae01", "RR801": "clinician-rr801"}
"""The demo role that asks at each site; the sign-in page offers both."""


def questions(town: Town) -> tuple[Question, ...]:
    """Answer every question of every story."""
    return tuple(question for story in town.stories for question in story.questions)


def question_of(town: Town, story: str) -> Mapping[str, str] | None:
    """Answer the body of a story's first check, of the first story if none is named."""
    found = (one for one in questions(town) if story in {"", one.story})
    asked = next(found, None)
    return None if asked is None else body_of(asked)


def as_json(town: Town, day: date) -> dict[str, object]:
    """Answer the table as data: each ``ask`` is the body of a ``POST /v1/checks``."""
    return {
        "day": day.isoformat(),
        "seed": town.seed,
        "questions": [
            {
                "story": one.story,
                "why": one.why,
                "asked_by": ASKED_BY[one.asked_at],
                "asked_at": one.asked_at,
                "ask": body_of(one),
                "plan": one.plan,
                "plan_reasons_any_of": list(one.reasons),
                "seen": one.seen or None,
            }
            for one in questions(town)
        ],
    }


def as_table(town: Town) -> Table:
    """Answer the table for a terminal; everyone in it is made up."""
    table = Table(
        title="Try these: all made up, with NHS numbers that are never issued",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("number, born", no_wrap=True)
    table.add_column("name, postcode", min_width=18)
    table.add_column("answers", no_wrap=True)
    table.add_column("why")
    for one in questions(town):
        table.add_row(
            f"{spaced(one.nhs_number)}\n{one.birth_date:%d %m %Y}",
            f"{one.given_name} {one.family_name}\n{one.postcode or '(no postcode)'}",
            "\n".join(answer for answer in (one.plan, one.seen) if answer),
            one.why,
        )
    return table


def spaced(number: str) -> str:
    """Answer an NHS number as people write it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def body_of(one: Question) -> Mapping[str, str]:
    """Answer the body of a ``POST /v1/checks`` that asks it."""
    told = {
        "nhs_number": one.nhs_number,
        "birth_date": one.birth_date.isoformat(),
        "postcode": one.postcode,
        "family_name": one.family_name,
        "given_name": one.given_name,
    }
    return {name: value for name, value in told.items() if value}
