"""A hospital's history as the file of HL7 v2 messages that it would hand over."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from benchmark.happenings import HISTORY_DAYS, QUIET_DAYS
from benchmark.population import Child
from hub.demo.hl7_writer import LONDON

STAY = timedelta(hours=3)
SENT_AFTER = timedelta(seconds=4)
VISITS_OF_TWO_CHILDREN = 3


def write_history(path: Path, trust: str, children: Iterable[Child], now: datetime) -> int:
    """Write a discharge, which says it all, for each visit; answer how many there are.

    Every second child came twice.
    """
    visits = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for child, arrived_at in _visits(children, now):
            file.write(_message(child, trust, f"V{visits}-{child.number}", arrived_at))
            visits += 1
    return visits


def _visits(children: Iterable[Child], now: datetime) -> Iterator[tuple[Child, datetime]]:
    for place, child in enumerate(children):
        for visit in range(1 + place % 2):
            days = QUIET_DAYS + (child.number * 37 + visit * 383) % HISTORY_DAYS
            yield child, now - timedelta(days=days, minutes=child.number % 1_440)


def _message(child: Child, trust: str, visit: str, arrived_at: datetime) -> str:
    left_at = arrived_at + STAY
    left = _time(left_at)
    number = child.nhs_number.reveal() if child.nhs_number else ""
    own = f"{child.number}^^^{trust}^PI"
    header = {
        3: "PAS",
        4: trust,
        5: "HUB",
        6: trust,
        7: _time(left_at + SENT_AFTER),
        9: "ADT^A03^ADT_A03",
        10: visit,
        11: "P",
        12: "2.4",
        18: "UNICODE UTF-8",
    }
    person = {
        1: "1",
        3: f"{own}~{number}^^^NHS^NH" if number else own,
        5: f"{child.family_name}^{child.given_name}^^^^^L",
        7: f"{child.birth_date:%Y%m%d}",
        8: "1",
        11: f"4 MADE UP LANE^^TOWN^^{child.postcode.reveal()}^GBR^H",
        32: "NSTS01" if number else "",
    }
    stay = {
        1: "1",
        2: "E",
        3: f"ED^^^{child.site}",
        19: f"{visit}^^^{trust}",
        36: "01",
        44: _time(arrived_at),
        45: left,
    }
    segments = (
        f"MSH|^~\\&|{_fields(header, 3)}",
        f"EVN|{_fields({2: left, 6: left})}",
        f"PID|{_fields(person)}",
        f"PV1|{_fields(stay)}",
    )
    return "".join(f"{segment}\r" for segment in segments)


def _fields(fields: Mapping[int, str], first: int = 1) -> str:
    return "|".join(fields.get(place, "") for place in range(first, max(fields) + 1))


def _time(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%Y%m%d%H%M%S}"
