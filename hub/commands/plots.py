"""Small plots as SVG, drawn here: bars of what was beside bars of what would have been.

Each is a picture with a name; the numbers stand in a table under it. The two colours differ in
lightness as well, so that print and colour-blind eyes tell them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from typing import Final

from markupsafe import Markup

WIDTH: Final = 720
_HEIGHT: Final = 220
_LEFT, _BOTTOM, _TOP = 48, 30, 10
_LABELS_MAX: Final = 12
_TICKS: Final = 4
_CLOSE: Final = 0.5
_ROW: Final = 34
_ROW_LEFT, _ROW_RIGHT = 230, 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One place of a plot: what was, and what would have been."""

    label: str
    before: float
    after: float


def paired_bars(name: str, told: str, pairs: Sequence[Pair], *, number: int) -> Markup:
    """Answer a plot with two bars a place.

    Args:
        name: what the picture is called.
        told: what it shows, in one sentence.
        pairs: in order; of many only some are labelled.
        number: of the plot on its page, for its ids.
    """
    most = max((max(one.before, one.after) for one in pairs), default=0)
    top = _round_top(most)
    room = (WIDTH - _LEFT) / max(len(pairs), 1)
    every = ceil(len(pairs) / _LABELS_MAX) or 1
    parts = [_head(name, told, number), _axis(top)]
    for place, one in enumerate(pairs):
        left = _LEFT + place * room
        parts += [
            _bar(left + room * 0.08, room * 0.4, one.before, top, "before"),
            _bar(left + room * 0.52, room * 0.4, one.after, top, "after"),
        ]
        if place % every == 0:
            middle = left + room / 2
            parts.append(
                f'<text x="{middle:.1f}" y="{_HEIGHT - 12}" text-anchor="middle">'
                f"{escape(one.label)}</text>"
            )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704  # every text in it is escaped above


def bar_rows(name: str, told: str, pairs: Sequence[Pair], *, number: int) -> Markup:
    """Answer a plot with a row of two bars for each, the label before it; see ``paired_bars``."""
    top = _round_top(max((max(one.before, one.after) for one in pairs), default=0))
    room = WIDTH - _ROW_LEFT - _ROW_RIGHT
    parts = [_head(name, told, number, height=_ROW * max(len(pairs), 1))]
    for place, one in enumerate(pairs):
        at = place * _ROW
        parts.append(f'<text x="0" y="{at + 20}">{escape(one.label)}</text>')
        for line, value, side in ((4, one.before, "before"), (16, one.after, "after")):
            width = room * value / top
            parts.append(
                f'<rect x="{_ROW_LEFT}" y="{at + line}" width="{width:.1f}" height="10"'
                f' class="{side}"/><text x="{_ROW_LEFT + width + 4:.1f}" y="{at + line + 9}"'
                f' class="value">{value:,.10g}</text>'
            )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704  # every text in it is escaped above


def _head(name: str, told: str, number: int, *, height: int = _HEIGHT) -> str:
    return (
        f'<svg role="img" aria-labelledby="plot{number}-name plot{number}-told"'
        f' viewBox="0 0 {WIDTH} {height}" class="plot">'
        f'<title id="plot{number}-name">{escape(name)}</title>'
        f'<desc id="plot{number}-told">{escape(told)}</desc>'
    )


def _axis(top: float) -> str:
    lines = []
    for tick in range(_TICKS + 1):
        value = top * tick / _TICKS
        at = _y(value, top)
        lines.append(
            f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{at:.1f}" y2="{at:.1f}" class="grid"/>'
            f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{value:,.10g}</text>'
        )
    return "".join(lines)


def _bar(left: float, width: float, value: float, top: float, side: str) -> str:
    at = _y(value, top)
    height = _HEIGHT - _BOTTOM - at
    return (
        f'<rect x="{left:.1f}" y="{at:.1f}" width="{max(width, _CLOSE):.1f}"'
        f' height="{height:.1f}" class="{side}"/>'
    )


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _round_top(most: float) -> float:
    """Answer a round number at or above the highest bar, that four steps divide evenly."""
    top, step = float(_TICKS), 1.0
    while top < most:
        for times in (2, 5, 10):
            top = _TICKS * step * times
            if top >= most:
                break
        step *= 10
    return top
