"""What every connector does with files that are not whole, and that nobody is named over them.

Each example is damaged in each way, and whatever then comes of it but events (refusals, counts,
faults, references, an error's sentence, what is printed) is searched for the people of the example:
their names, numbers, postcodes, addresses, birth dates and the agency's own ids of them.
"""

import io
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from typer.testing import CliRunner

from connectors import installed
from connectors.command import EXIT_NOTHING_READ, EXIT_SOMETHING_REFUSED, app
from connectors.contract import Reading
from connectors.dry_run import DryRun
from connectors.examples import noticed_of
from hub.core.event import Event
from hub.core.report import Dropped, Refusal
from hub.errors import ConfigurationError
from tests.connectors.every_connector import (
    REGISTRY,
    events_of,
    examples_of,
    of_every_connector,
    of_every_example,
)

RUN = CliRunner()
LARGE = (1 << 20) + (1 << 17)
"""Of one cell: more than a line of any file may have (see connectors/csv_rows.py)."""


def emptied(_data, _chance):
    return b""


def cut_short(data, chance):
    return data[: chance.randrange(len(data) + 1)]


def in_utf_16(data, _chance):
    return data.decode("utf-8", errors="replace").encode("utf-16")


def in_no_encoding(data, chance):
    at = chance.randrange(len(data) + 1)
    return data[:at] + b"\xff\xfe\x81\x00\xc3" + data[at:]


def with_a_quote_too_many(data, chance):
    at = chance.randrange(len(data) + 1)
    return data[:at] + b'"' + data[at:]


def with_a_cell_too_large(data, chance):
    at = chance.randrange(len(data) + 1)
    return data[:at] + b"x" * LARGE + data[at:]


def with_other_digits(data, chance):
    return re.sub(rb"\d", lambda found: b"x" if chance.random() < 0.2 else found[0], data)


def with_a_line_lost(data, chance):
    lines = re.split(rb"(?<=[\r\n])", data)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


DAMAGES = (
    emptied,
    cut_short,
    in_utf_16,
    in_no_encoding,
    with_a_quote_too_many,
    with_a_cell_too_large,
    with_other_digits,
    with_a_line_lost,
)


def words_of(event: Event) -> Iterator[str]:
    """What of an event tells who somebody is."""
    person = event.subject
    for one in (person, person.mother):
        if one is not None:
            yield from (one.family_name or "", *(one.given_names or ()))
            for identifier in (one.nhs_number, one.postcode):
                if identifier is not None:
                    yield identifier.reveal()
            if one.birth_date:
                yield from (one.birth_date.strftime(form) for form in ("%Y-%m-%d", "%d/%m/%Y"))
                yield one.birth_date.strftime("%Y%m%d")
    for name in person.other_names or ():
        yield from (name.family_name or "", *name.given_names)
    yield from person.address_lines or ()
    yield from (contact.name or "" for contact in event.contacts)
    if person.upn is not None:
        yield person.upn.reveal()


@cache
def people_of(name, folder):
    """Every word of an example that nobody may be told, as they are compared: without spaces."""
    (example,) = (one for one in examples_of(name) if one.folder == folder)
    found = {word for event in events_of(name, example) for word in words_of(event)}
    return frozenset(word for word in found if len(squeezed(word)) > 3)


def squeezed(text):
    return re.sub(r"[\s-]", "", text).upper()


def is_in(word, text, without_spaces):
    """Whether a number is there in any grouping, or a name as a word of its own.

    A name in small letters alone is taken for the word of a sentence that it also is ("other").
    """
    if any(character.isdigit() for character in word):
        return squeezed(word) in without_spaces
    forms = "|".join(re.escape(form) for form in (word, word.upper(), word.title()))
    return re.search(rf"(?<!\w)(?:{forms})(?!\w)", text) is not None


def told_beside_events(name, example, path):
    """All that a reading says beside its events, and what an operator is shown of it."""
    connector = installed.find_connector(name)
    told = []
    try:
        for reading in connector.read(path, example.context):
            said = dict(noticed_of(reading))
            said.pop("open_plans", None)  # sealed, as events are
            told.append(str(said))
    except ConfigurationError as error:
        told.append(str(error))
    else:
        out, err = io.StringIO(), io.StringIO()
        dry_run = DryRun(REGISTRY, example.context.started_at, out, err)
        dry_run.print_words(connector.read(path, example.context))
        told += [out.getvalue(), err.getvalue()]
    return "\n".join(told)


def leaks(told, people):
    without_spaces = squeezed(told)
    return sorted(word for word in people if is_in(word, told, without_spaces))


def damaged(example, damage, folder):
    """The example's records with one file of them damaged; the same every time."""
    shutil.copytree(example.input, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    chance = random.Random(f"{example.folder.name} {damage.__name__}")  # noqa: S311  # from a seed
    chosen = chance.choice(files)
    chosen.write_bytes(damage(chosen.read_bytes(), chance))
    return folder


@of_every_example
def test_damaged_records_end_in_a_sentence_or_a_refusal_and_name_nobody(name, example, tmp_path):
    people = people_of(name, example.folder)
    for damage in DAMAGES:
        path = damaged(example, damage, tmp_path / damage.__name__)
        assert leaks(told_beside_events(name, example, path), people) == [], damage.__name__
        shutil.rmtree(path)


@of_every_connector
def test_there_are_people_to_look_for(name):
    assert any(people_of(name, example.folder) for example in examples_of(name))


@of_every_connector
@pytest.mark.parametrize("medium", ["reference", "expected", "dropped"])
def test_a_person_who_is_named_beside_events_is_found(name, medium, monkeypatch):
    """The search is seen to find: a connector that repeats what stood in a record is caught."""
    example = next(one for one in examples_of(name) if people_of(name, one.folder))
    event = next(e for e in events_of(name, example) if any(words_of(e)))
    word = next(word for word in words_of(event) if word in people_of(name, example.folder))
    at = example.context.started_at
    planted = {
        "reference": Reading(reference=f"row of {word}"),
        "expected": Reading(
            reference="a.csv:1",
            refusals=(Refusal(reference="a.csv:1", field="x", expected=f"not {word}", at=at),),
        ),
        "dropped": Reading(reference="a.csv:1", dropped=(Dropped(reason=word, count=1),)),
    }[medium]
    connector = installed.find_connector(name)
    monkeypatch.setattr(type(connector), "read", lambda *_: iter([planted]))
    told = told_beside_events(name, example, example.input)
    assert leaks(told, people_of(name, example.folder)) == [word]


def dry_run(name, example, path, *more):
    mapping = example.context.mapping_path
    own = ("--mapping", str(mapping)) if mapping else ()
    return RUN.invoke(app, ["run", name, "--from", str(path), "--dry-run", *own, *more])


@of_every_example
def test_the_exit_code_says_whether_anything_was_refused(name, example):
    readings = list(installed.find_connector(name).read(example.input, example.context))
    refused = any(reading.refusals for reading in readings)
    done = dry_run(name, example, example.input, "--json")
    expected = EXIT_SOMETHING_REFUSED if refused else 0 if readings else EXIT_NOTHING_READ
    assert done.exit_code == expected, done.output


@of_every_connector
def test_a_path_that_is_not_there_and_a_wrong_mapping_file_are_refused(name, tmp_path):
    example = examples_of(name)[0]
    assert dry_run(name, example, tmp_path / "missing").exit_code == 2
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("version = 1\nmood = 1\n")
    done = dry_run(name, replace_mapping(example, wrong), example.input)
    assert isinstance(done.exception, ConfigurationError)


def replace_mapping(example, path):
    return replace(example, context=replace(example.context, mapping_path=path))


@of_every_connector
def test_files_without_a_byte_in_them_are_never_taken_for_a_good_run(name, tmp_path):
    example = examples_of(name)[0]
    shutil.copytree(example.input, tmp_path / "input")
    for path in (tmp_path / "input").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    done = dry_run(name, example, tmp_path / "input")
    if isinstance(done.exception, ConfigurationError):
        assert str(done.exception)
    else:
        assert done.exit_code in {EXIT_NOTHING_READ, EXIT_SOMETHING_REFUSED}
        assert "event " not in done.stdout
        assert done.exit_code == EXIT_SOMETHING_REFUSED or "Nothing was read" in done.stderr
