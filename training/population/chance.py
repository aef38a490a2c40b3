"""Whether something happens by chance."""

from random import Random


def happens(random: Random, chance: float) -> bool:
    """Answer whether what has this chance happens; one number is drawn."""
    return random.random() < chance
