"""Reads the directory of schools: typed, and refused whole if anything in it is wrong.

One TOML file per authority, named by its GSS code, or ``hub.toml``; a table for each school, by
URN. It holds names of staff in their office, and of nobody else.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from hub.adapters.policy_table import Table, Webhook, Words
from hub.adapters.toml_files import authority_named_by, typed_file
from hub.core.identifiers import Urn
from hub.core.school_directory import School, SchoolContact, SchoolDirectory
from hub.errors import ConfigurationError, InvalidIdentifier

HUB_FILE = "hub.toml"


def load_schools(directory: Path) -> SchoolDirectory:
    """Answer the schools of every file in a directory; one without files lists none.

    Raises:
        ConfigurationError: a file is wrong; the sentence names file, key and what was expected. No
            file is taken if any is wrong.
    """
    if not directory.is_dir():
        raise ConfigurationError(f"A directory of schools was expected: {directory.name}.")
    schools: dict[Urn, School] = {}
    people: set[str] = set()
    for path in sorted(directory.glob("*.toml")):
        for school in _schools(path):
            if school.urn in schools:
                raise ConfigurationError(
                    f"{path.name}: a school stands in two files; one was right."
                )
            schools[school.urn] = school
            for one in school.contacts():
                if one.staff_id in people:
                    raise ConfigurationError(
                        f"{path.name}: {one.staff_id}: a person may be named once only."
                    )
                people.add(one.staff_id)
    return SchoolDirectory(schools=schools)


class _Contact(Table):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,62}$")]
    name: Words


class _School(Table):
    name: Words
    lead: _Contact | None = None
    deputy: _Contact | None = None
    webhook: Webhook | None = None


class _SchoolsFile(Table):
    name: Words
    source: Annotated[str, Field(min_length=1, max_length=400)]
    schools: dict[str, _School]


def _schools(path: Path) -> list[School]:
    authority = None if path.name == HUB_FILE else authority_named_by(path)
    told = typed_file(path, _SchoolsFile)
    found = []
    for number, school in told.schools.items():
        try:
            urn = Urn(number)
        except InvalidIdentifier as error:
            raise ConfigurationError(f"{path.name}: schools: {error}") from None
        found.append(
            School(
                urn=urn,
                name=school.name,
                authority=authority,
                lead=_contact(school.lead),
                deputy=_contact(school.deputy),
                webhook=school.webhook,
            )
        )
    return found


def _contact(told: _Contact | None) -> SchoolContact | None:
    return SchoolContact(staff_id=told.id, name=told.name) if told else None
