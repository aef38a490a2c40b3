"""The table ``[encompass]`` of a policy file: what is agreed on notices to schools."""

from datetime import time
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from hub.adapters.policy_table import PhoneNumber, Table, Webhook, Words
from hub.core.encompass_policy import ContentLevel, EncompassDesk, EncompassPolicy, LateTo

_Force = Annotated[str, Field(pattern=r"^POL[0-9]{2}$")]
_Code = Annotated[str, Field(min_length=1, max_length=40)]
_USUAL = EncompassPolicy()


class _Desk(Table):
    name: Words
    number: PhoneNumber
    webhook: Webhook | None = None


class EncompassTable(Table):
    """What a file may say; every key may be left out."""

    level: Annotated[ContentLevel, Field(strict=False)] = _USUAL.level
    grade_shown: bool = _USUAL.grade_shown
    live_from: AwareDatetime | None = None
    school_day_starts: time = _USUAL.school_day_starts
    school_day_ends: time = _USUAL.school_day_ends
    lead_minutes: Annotated[int, Field(ge=0, le=240)] = _USUAL.lead_minutes
    missed_minutes: Annotated[int, Field(ge=1, le=480)] = _USUAL.missed_minutes
    late_to: list[Annotated[LateTo, Field(strict=False)]] = Field(
        default_factory=lambda: list(_USUAL.late_to), min_length=1, max_length=3
    )
    not_to_school_codes: list[_Code] = Field(default_factory=list, max_length=40)
    desks: dict[_Force, _Desk] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _the_day_ends_after_it_starts(self) -> "EncompassTable":
        if self.school_day_ends <= self.school_day_starts:
            raise ValueError("school_day_ends must be later than school_day_starts")
        return self

    def policy(self) -> EncompassPolicy:
        """Answer the agreement as the core takes it."""
        return EncompassPolicy(
            level=self.level,
            grade_shown=self.grade_shown,
            live_from=self.live_from,
            school_day_starts=self.school_day_starts,
            school_day_ends=self.school_day_ends,
            lead_minutes=self.lead_minutes,
            missed_minutes=self.missed_minutes,
            late_to=tuple(dict.fromkeys(self.late_to)),
            not_to_school_codes=frozenset(self.not_to_school_codes),
            desks={
                force: EncompassDesk(name=desk.name, number=desk.number, webhook=desk.webhook)
                for force, desk in self.desks.items()
            },
        )
