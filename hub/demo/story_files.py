"""Writes what a story's agencies hand over when the story is played by itself."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hub.core.report import Feed
from hub.demo.agencies import FORCE, NUMBERS, VENDOR
from hub.demo.deliveries import EVENING, MORNING, SILENT, SILENT_DAYS, Delivery, instant
from hub.demo.happenings import Absence, Adoption, Birth, NumberReplaced, Retold, Settling
from hub.demo.hl7_writer import Ending, Message, as_file, demographics, messages
from hub.demo.holdings import changes_of_story
from hub.demo.home import Play
from hub.demo.incidents import Version
from hub.demo.marks import SESSION_OF, Reading, marks_of
from hub.demo.people import Visit
from hub.demo.police_writer import write_export
from hub.demo.register_writer import write_extract
from hub.demo.school_days import last_school_day
from hub.demo.school_writer import write_single_marks
from hub.demo.sights import Moment
from hub.demo.story import Asking, Story, Town
from hub.demo.story_steps import Step, of_story_alone

MARKED_AT = time(15, 0)
MARKED_AGAIN_AT = time(15, 30)
"""Of an absence and its explanation: after the last reading of the day that all schools have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFiles:
    """Writes under a folder for one playing.

    Attributes:
        town: with everyone who came before.
    """

    folder: Path
    town: Town
    story: Story
    play: Play

    def history(self, past: Sequence[Step]) -> list[tuple[str, Path]]:
        """Write what had happened before the day; answer which agency, by its code, has what."""
        files: list[tuple[str, Path]] = []
        visits = [step.source for step in past if isinstance(step.source, Visit)]
        for trust in sorted({visit.site.trust.code for visit in visits}):
            own = self.folder / f"{trust}.hl7"
            written = [m for v in visits if v.site.trust.code == trust for m in messages(v)]
            self.folder.mkdir(parents=True, exist_ok=True)
            own.write_bytes(as_file(tuple(written), Ending.CR))
            files.append((trust, own))
        versions = [step.source for step in past if isinstance(step.source, Version)]
        if versions:
            path = write_export(self.folder / "callouts-before.csv", versions)
            files.append((FORCE.code, path))
        for number, step in enumerate(past):
            if not isinstance(step.source, Absence):
                continue
            path = self._marks(step, step.source, self.folder / f"before-{number}")
            files.append((VENDOR.code, path))
        return files

    def delivery(self, step: Step, number: int) -> Delivery | None:
        """Write what an agency hands over at a step; None where a hospital sends or asks."""
        path = self.folder / f"step-{number}"
        match step.source:
            case Visit() | Retold() | Asking() | Settling():
                return None
            case Version() as version:
                written = write_export(path.with_suffix(".csv"), [version])
                return Delivery(at=step.at, agency=FORCE.code, feed=FORCE.feed, path=written)
            case Absence() as absence:
                written = self._marks(step, absence, path)
                return Delivery(at=step.at, agency=VENDOR.code, feed=VENDOR.feed, path=written)
            case NumberReplaced() as replaced:
                written = write_replaced(path / "superseded.csv", replaced, step.at)
                return Delivery(at=step.at, agency=NUMBERS.code, feed=NUMBERS.feed, path=written)
            case Birth() | Adoption() | str() as source:
                return self._extract(step, _council(source), path)

    def _extract(self, step: Step, council: str, path: Path) -> Delivery:
        later = step.moment is not Moment.REGISTER
        as_at = self._register_read(council) + timedelta(seconds=later)
        held = changes_of_story(self.town, self.story, council, later=later)
        write_extract(path, self._with_story(), held, as_at=as_at, full=False)
        return Delivery(at=step.at, agency=council, feed=Feed.SOCIAL_CARE, path=path)

    def _register_read(self, council: str) -> datetime:
        """Answer when the register is read: after its last whole extract, before the next.

        That of the council which has gone silent is as old as all that is known of it.
        """
        since = timedelta(seconds=2 * self.play.number)
        if council == SILENT:
            return instant(self.town.anchor - SILENT_DAYS, MORNING) + since
        return instant(self.play.day, EVENING) + since

    def _marks(self, step: Step, absence: Absence, path: Path) -> Path:
        on = last_school_day(self.play.day, absence.school_days_ago)
        again = step.moment is Moment.EXPLAINED
        readings = (Reading.LATE_MORNING,) if again else (Reading.MORNING, Reading.AFTERNOON)
        found = [
            (SESSION_OF[reading], mark)
            for reading in readings
            for mark in marks_of(self._alone(), on, reading, played=self.play.day)
            if mark.pupil.key == absence.person.key and mark.is_absence
        ]
        read = instant(on, MARKED_AGAIN_AT if again else MARKED_AT)
        read += timedelta(seconds=self.play.number)
        return write_single_marks(path, on, read, found)

    def _alone(self) -> Town:
        return of_story_alone(self.town, self.story)

    def _with_story(self) -> Town:
        return replace(self.town, newcomers=(*self.town.newcomers, self.story))


def _council(source: Birth | Adoption | str) -> str:
    match source:
        case Birth():
            return source.plan.council
        case Adoption():
            return source.council
        case _:
            return source


def write_replaced(path: Path, replaced: NumberReplaced, at: datetime) -> Path:
    """Write that an NHS number was replaced, as the client of the numbers' keeper does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("old", "new", "changed_at", "birth_date", "withdrawn"))
        numbers = (replaced.former.nhs_number, replaced.now.nhs_number)
        writer.writerow((*numbers, at.isoformat(), replaced.now.birth_date.isoformat(), ""))
    return path


def sent_at(step: Step, day: date) -> tuple[Message, ...]:
    """Answer the messages of a visit that a hospital sends at a step: those of the played day."""
    if isinstance(step.source, Retold):
        told = step.source
        control_id = f"{told.trust.code}31{step.at:%y%m%d%H%M%S}{told.person.key}"
        return (demographics(told.person, told.trust, step.at, control_id),)
    if not isinstance(step.source, Visit):
        return ()
    visit = step.source
    begin, end = instant(day, time(0)), instant(day + timedelta(days=1), time(0))
    turns = [one.at for one in visit.became if one.at > step.at]
    if visit.cancelled_at is not None and visit.cancelled_at > step.at:
        turns.append(visit.cancelled_at)
    if step.moment is not Moment.ARRIVAL:
        begin = step.at
    end = min([*turns, end])
    return tuple(one for one in messages(visit) if begin <= one.at < end)
