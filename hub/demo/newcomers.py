"""Fresh families in whom a story of the town happens once more, played by itself."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from hub.demo.every_story import ON_REQUEST, STORIES
from hub.demo.families import FamilyMaker
from hub.demo.home import Play
from hub.demo.registers import Register
from hub.demo.story import Story, Town

FIRST_KEY = 50_000
KEYS_A_PLAY = 20
"""Above everyone of the town; a story has far fewer people and entries of registers."""
PLAYS_MAX = 2_000


def told_again(town: Town, play: Play) -> Story:
    """Answer a story with people of its own, who live beside everyone of the town.

    The same town, day and number always give the same people. Nobody of the town has their
    numbers, and no birth date of theirs is shared but where the story itself settles it.

    Raises:
        KeyError: there is no such story.
    """
    tell = {one.__name__: one for one in (*STORIES, *ON_REQUEST)}[play.story]
    random = Random(f"play {town.seed} {play.day} {play.number} {play.story}")  # noqa: S311 - reproducible
    first = FIRST_KEY + KEYS_A_PLAY * play.number
    maker = FamilyMaker(random=random, anchor=play.day)
    maker.beside(town.by_key.values(), first_key=first)
    return tell(maker, Register(random=random, anchor=play.day, entries=first - 1))


def with_newcomers(town: Town, plays: Iterable[Play]) -> Town:
    """Answer the town with the families of stories that were played by themselves."""
    for play in plays:
        town = replace(town, newcomers=(*town.newcomers, told_again(town, play)))
    return town
