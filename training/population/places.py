"""Made-up streets under postcodes of a real form, and the agencies that serve them.

Towns, trusts, councils and the force are those of West Yorkshire, so that their codes are of the
real form; streets are made up, and whether a postcode exists is chance.
"""

from dataclasses import dataclass
from random import Random

from training.population.chance import happens

_INWARD = "ABDEFGHJLNPQRSTUWXYZ"
_CHILDREN_A_POSTCODE = 7
"""About 12 million children under 18 and 1.7 million postcodes in the United Kingdom, rounded."""
_NUMBERS_A_POSTCODE = 24
_FLATS, _RANGES, _NAMED, _LETTERED = 0.16, 0.03, 0.04, 0.03
"""Homes with a flat, and of the others those with a range of numbers, a name, a letter."""
_NEAREST_TRUST = 0.8

_STREETS = (
    *("Acre", "Albert", "Alma", "Ash", "Bank", "Barker", "Beech", "Bolling", "Bridge", "Broad"),
    *("Cambridge", "Carlton", "Castle", "Cavendish", "Cedar", "Chapel", "Church", "Clarence"),
    *(
        "Clough",
        "Cross",
        "Dale",
        "Derwent",
        "Duchess",
        "Duke",
        "East",
        "Edward",
        "Elm",
        "Fairfield",
    ),
    *("Field", "Garden", "George", "Gladstone", "Grange", "Green", "Grove", "Hall", "Harrogate"),
    *("Hawthorn", "Hebden", "High", "Hill", "Hollin", "Holme", "Ivy", "John", "Kensington", "King"),
    *("Lane End", "Larch", "Leeds", "Lime", "Lister", "Lower", "Manor", "Maple", "Market", "Mary"),
    *("Mill", "Moor", "Moorside", "New", "Nelson", "North", "Oak", "Oxford", "Park", "Parkside"),
    *("Pasture", "Peel", "Poplar", "Queen", "Regent", "Rose", "Rowan", "Rydal", "Salt", "School"),
    *("Silver", "South", "Spring", "Springfield", "St Ann's", "St John's", "St Mary's", "Stanley"),
    *(
        "Station",
        "Sun",
        "Sycamore",
        "Thornton",
        "Union",
        "Upper",
        "Valley",
        "Victoria",
        "Wakefield",
    ),
    *("Waterloo", "Wellington", "West", "William", "Willow", "Wood", "Woodlands", "York"),
)
_KINDS = (
    *("Street", "Street", "Street", "Road", "Road", "Road", "Avenue", "Avenue", "Close", "Close"),
    *("Drive", "Drive", "Lane", "Terrace", "Crescent", "Grove", "Court", "Place", "Mount", "Way"),
)
_HOUSES = ("Rose", "Ivy", "Holly", "Orchard", "Laithe", "Weaver's", "Hill Top", "Mill", "Fold")
_HOUSE_KINDS = ("Cottage", "House", "Farm", "Barn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town and who serves it: council, hospital trust; the force serves all."""

    name: str
    area: str
    districts: range
    council: str
    trust: str
    share: int
    """Of a hundred families."""


TOWNS = (
    Town(
        name="Bradford",
        area="BD",
        districts=range(1, 19),
        council="E08000032",
        trust="RAE",
        share=35,
    ),
    Town(
        name="Leeds",
        area="LS",
        districts=range(1, 29),
        council="E08000035",
        trust="RR8",
        share=30,
    ),
    Town(
        name="Huddersfield",
        area="HD",
        districts=range(1, 9),
        council="E08000034",
        trust="RWY",
        share=15,
    ),
    Town(
        name="Halifax",
        area="HX",
        districts=range(1, 8),
        council="E08000033",
        trust="RWY",
        share=10,
    ),
    Town(
        name="Wakefield",
        area="WF",
        districts=range(1, 18),
        council="E08000036",
        trust="RXF",
        share=10,
    ),
)
FORCE = "POL13"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One address. Two homes are one if all of it is the same."""

    flat: str
    """Such as ``Flat 3``, or empty."""
    house: str
    """A number, a range of numbers, or a name."""
    street: str
    town: Town
    postcode: str

    @property
    def line(self) -> str:
        """The first lines as a careful clerk writes them."""
        first = f"{self.flat}, {self.house}" if self.flat else self.house
        joint = "" if first[-1].isdigit() or first[-2:-1].isdigit() else ","
        return f"{first}{joint} {self.street}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A stretch of a street that has one postcode."""

    postcode: str
    street: str
    town: Town
    first_number: int


class Places:
    """The streets of one population."""

    def __init__(self, random: Random, children: int) -> None:
        """Lay as many postcodes out as that many children live under."""
        self._stretches: list[_Stretch] = []
        self._postcodes: set[str] = set()
        wanted = max(10, children // _CHILDREN_A_POSTCODE)
        while len(self._stretches) < wanted:
            self._lay_a_street(random)

    @property
    def postcodes(self) -> int:
        """How many postcodes there are."""
        return len(self._stretches)

    def home(self, random: Random, *, town: Town | None = None) -> Home:
        """Answer an address, in a town if one is asked for and has any."""
        stretch = random.choice(self._stretches)
        for _ in range(50):
            if town is None or stretch.town is town:
                break
            stretch = random.choice(self._stretches)
        flat, house = _house(random, stretch.first_number)
        return Home(
            flat=flat,
            house=house,
            street=stretch.street,
            town=stretch.town,
            postcode=stretch.postcode,
        )

    def _lay_a_street(self, random: Random) -> None:
        town = random.choices(TOWNS, weights=[town.share for town in TOWNS])[0]
        street = f"{random.choice(_STREETS)} {random.choice(_KINDS)}"
        sector = f"{town.area}{random.choice(town.districts)} {random.randrange(1, 10)}"
        for number in range(random.choice((1, 1, 2, 3))):
            postcode = sector + random.choice(_INWARD) + random.choice(_INWARD)
            if postcode not in self._postcodes:
                self._postcodes.add(postcode)
                self._stretches.append(
                    _Stretch(
                        postcode=postcode,
                        street=street,
                        town=town,
                        first_number=1 + number * _NUMBERS_A_POSTCODE,
                    )
                )


def _house(random: Random, first_number: int) -> tuple[str, str]:
    number = random.randrange(first_number, first_number + _NUMBERS_A_POSTCODE)
    if happens(random, _FLATS):
        return f"Flat {random.randrange(1, 13)}", str(number)
    if happens(random, _RANGES):
        return "", f"{number}-{number + 2}"
    if happens(random, _NAMED):
        return "", f"{random.choice(_HOUSES)} {random.choice(_HOUSE_KINDS)}"
    return "", f"{number}{random.choice('AB')}" if happens(random, _LETTERED) else str(number)


@dataclass(frozen=True, slots=True)
class Agencies:
    """Which agency of a kind serves a home."""

    practices: int
    schools: int

    @staticmethod
    def council(home: Home) -> str:
        """Answer the council's GSS code."""
        return home.town.council

    def practice(self, home: Home, random: Random) -> str:
        """Answer a general practice near the home; a code of the form of one."""
        return f"B8{_near(home, self.practices, random):04d}"

    def primary_school(self, home: Home, random: Random) -> str:
        """Answer a primary school near the home; URN and a number of the form of one."""
        return f"URN1{_near(home, self.schools, random):05d}"

    def secondary_school(self, home: Home, random: Random) -> str:
        """Answer a secondary school near the home."""
        return f"URN14{_near(home, max(1, self.schools // 5), random):04d}"

    @staticmethod
    def trust(home: Home, random: Random) -> str:
        """Answer the trust of the hospital that a child is brought to, mostly the nearest."""
        if happens(random, _NEAREST_TRUST):
            return home.town.trust
        return random.choice(TOWNS).trust


def _near(home: Home, how_many: int, random: Random) -> int:
    """Answer one of the few places that serve a postcode's district."""
    district = home.postcode.split(" ")[0]
    base: int = sum(ord(sign) * place for place, sign in enumerate(district, start=7))
    return (base * 31 + random.randrange(3)) % how_many


def agencies_for(children: int) -> Agencies:
    """Answer as many practices and schools as that many children have."""
    return Agencies(practices=max(3, children // 1_200), schools=max(3, children // 250))


def near_or_far(places: Places, random: Random, home: Home, *, near: float) -> Home:
    """Answer another home, with that chance in the same town."""
    town = home.town if happens(random, near) else None
    return places.home(random, town=town)
