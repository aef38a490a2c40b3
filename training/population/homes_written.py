"""How agencies write a child's postcode and address."""

from datetime import date

from training.population.chance import happens
from training.population.draft import HOME, Draft, Fact
from training.population.people import Child
from training.population.places import Home
from training.population.rates import Luck
from training.population.slips import slipped

_SHORT = {
    "Street": ("St", "Str", "St."),
    "Road": ("Rd", "Rd."),
    "Avenue": ("Ave", "Av"),
    "Drive": ("Dr", "Drv"),
    "Lane": ("Ln", "La"),
    "Terrace": ("Terr", "Ter"),
    "Crescent": ("Cres", "Cr"),
    "Close": ("Cl",),
    "Court": ("Ct",),
    "Place": ("Pl",),
    "Grove": ("Gr", "Gv"),
    "Mount": ("Mt",),
}
_NO_POSTCODE = ("", "", "", "ZZ99 3VZ", "ZZ99 3WZ", "UNKNOWN")


def write_home(draft: Draft, child: Child, day: date, luck: Luck) -> None:
    """Write postcode and address into a draft."""
    home = _home_told(draft, child, day, luck)
    draft.postcode = _postcode(draft, home, luck)
    draft.address = _address(draft, home, luck)


def fact_of(home: Home) -> Fact:
    """Answer what a careful reader takes from an address or a postcode: where it is."""
    return Fact(HOME, home.postcode)


def _home_told(draft: Draft, child: Child, day: date, luck: Luck) -> Home:
    former = child.former_home(day)
    if former is not None and luck.strikes("home_former"):
        draft.mistakes.append("home_former")
        return former
    if child.other_home is not None and luck.strikes("home_other_parent"):
        draft.mistakes.append("home_other_parent")
        return child.other_home
    return child.home_on(day)


def _postcode(draft: Draft, home: Home, luck: Luck) -> str:
    if luck.strikes("postcode_missing"):
        draft.mistakes.append("postcode_missing")
        return luck.random.choice(_NO_POSTCODE)
    written = home.postcode
    if luck.strikes("postcode_typo"):
        written = _mistyped(written, luck)
        draft.mistakes.append("postcode_typo")
    else:
        draft.kept.add(fact_of(home))
    if luck.strikes("postcode_without_space"):
        draft.ways.append("postcode_without_space")
        closed = written.replace(" ", "")
        written = luck.random.choice((closed, closed, written.lower(), closed.lower()))
    return written


def _mistyped(postcode: str, luck: Luck) -> str:
    """Answer the postcode with two signs exchanged or one sign other than it is."""
    place = luck.random.choice([n for n, sign in enumerate(postcode) if sign != " " and n])
    before = postcode[place - 1]
    if before not in {" ", postcode[place]} and happens(luck.random, 0.4):
        return postcode[: place - 1] + postcode[place] + before + postcode[place + 1 :]
    signs = "0123456789" if postcode[place].isdigit() else "ABDEFGHJLNPQRSTUWXYZ"
    other = luck.random.choice([sign for sign in signs if sign != postcode[place]])
    return postcode[:place] + other + postcode[place + 1 :]


def _address(draft: Draft, home: Home, luck: Luck) -> str:
    if luck.strikes("address_missing"):
        draft.mistakes.append("address_missing")
        return ""
    line, is_right = home.line, True
    if luck.strikes("address_typo"):
        line = _wrong_line(home, luck)
        is_right = line == home.line
        if not is_right:
            draft.mistakes.append("address_typo")
    if is_right:
        draft.kept.add(fact_of(home))
    if luck.strikes("address_spelled_otherwise"):
        draft.ways.append("address_spelled_otherwise")
        line = _otherwise(line, home, luck)
    if happens(luck.random, 0.5):
        line = f"{line}, {home.town.name}"
    return line


def _wrong_line(home: Home, luck: Luck) -> str:
    number = home.house.rstrip("AB")
    if number.isdigit() and happens(luck.random, 0.5):
        wrong = str(max(1, int(number) + luck.random.choice((-2, -1, 1, 2, 10))))
        return home.line.replace(home.house, wrong, 1)
    street, slips = slipped(luck.random, luck.rates, home.street)
    return home.line.replace(home.street, street) if slips else home.line


def _otherwise(line: str, home: Home, luck: Luck) -> str:
    """Answer the line in another of the ways in which addresses are written."""
    street, _, kind = home.street.rpartition(" ")
    short = luck.random.choice(_SHORT.get(kind, (kind,)))
    if happens(luck.random, 0.75):
        line = line.replace(f"{street} {kind}", f"{street} {short}")
    if home.flat:
        number = home.flat.split(" ")[1]
        form = luck.random.choice(("{0}/{1}", "Flat {0} {1}", "Apt {0}, {1}", "{1} Flat {0}"))
        line = line.replace(f"{home.flat}, {home.house}", form.format(number, home.house))
    if "-" in home.house and happens(luck.random, 0.5):
        first, _, last = home.house.partition("-")
        written = luck.random.choice((first, f"{first}/{last}", f"{first} to {last}"))
        line = line.replace(home.house, written, 1)
    if happens(luck.random, 0.2):
        line = line.replace(",", "")
    return line.upper() if happens(luck.random, 0.35) else line
