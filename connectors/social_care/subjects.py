"""The subject of a person's events: the person as read, and the mother of one on an unborn plan."""

from connectors.social_care.findings import UNBORN_WITHOUT_MOTHER, Findings
from connectors.social_care.people import Person, Terms, read_person
from connectors.social_care.tables import PersonFile, Row
from hub.core.event import Mother, Subject, SubjectRole


def subject_of(
    file: PersonFile, person: Person, terms: Terms, findings: Findings, *, with_mother: bool
) -> tuple[Subject, bool]:
    """Answer the subject and whether it is shielded.

    An unborn child is where the mother is, so her shielding is the child's; and the address of a
    shielded child's mother is withheld as the child's is.
    """
    mother = _mother(file, person, terms, findings) if with_mother else None
    unborn = person.birth.unborn
    shielded = person.shielded or (unborn and mother is not None and mother.shielded)
    home_withheld = shielded and not person.shielded
    subject = Subject(
        local_id=person.person_id,
        role=SubjectRole.UNBORN if unborn else SubjectRole.CHILD,
        nhs_number=person.nhs_number,
        upn=person.upn,
        family_name=person.family_name,
        given_names=person.given_names,
        birth_date=person.birth.born_on,
        birth_date_partial=person.birth.partial,
        sex=person.sex,
        postcode=None if home_withheld else person.home.postcode,
        address_lines=None if home_withheld else person.home.lines,
        died_on=person.died_on,
        due_on=person.birth.due_on if with_mother else None,
        mother=_as_told(mother, withhold_home=shielded) if mother is not None else None,
        cleared=_cleared(person, home_withheld=home_withheld),
    )
    return subject, shielded


def _cleared(person: Person, *, home_withheld: bool) -> tuple[str, ...]:
    home = ("postcode", "address_lines") if home_withheld else ()
    return tuple(dict.fromkeys(person.cleared + home))


def _mother(file: PersonFile, person: Person, terms: Terms, findings: Findings) -> Person | None:
    """The one mother that the extract links; none if it links several, for one is not hers."""
    if not file.mothers:
        if person.birth.unborn and file.plans:
            _refuse_motherless(file.plans[0], "cppl_person_id", findings)
        return None
    if len(file.mothers) > 1:
        _refuse_motherless(file.mother_links[1], "moth_person_id", findings)
        return None
    mother = read_person(file.mothers[0], terms, findings)
    if mother is None:
        _refuse_motherless(file.mother_links[0], "moth_person_id", findings)
        return Person(person_id=file.mothers[0].person_id)
    return mother


def _refuse_motherless(row: Row, column: str, findings: Findings) -> None:
    expected = "the one mother, in ssd_mother.csv and ssd_person.csv, of a child not yet born"
    findings.refuse(row, column, expected, fault=UNBORN_WITHOUT_MOTHER)


def _as_told(mother: Person, *, withhold_home: bool) -> Mother:
    return Mother(
        local_id=mother.person_id,
        nhs_number=mother.nhs_number,
        family_name=mother.family_name,
        given_names=mother.given_names or (),
        birth_date=mother.birth.born_on,
        postcode=None if withhold_home else mother.home.postcode,
    )
