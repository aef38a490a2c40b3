"""NHS numbers that pass every check and were never issued: the 999 range."""

from random import Random

WEIGHTS = range(10, 1, -1)
FIRST = 999_000_000
LAST = 999_999_999


def check_digit(nine: str) -> int | None:
    """Answer the Modulus 11 check digit of nine digits; None if there is no valid one."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, nine, strict=True))
    digit = (11 - total % 11) % 11
    return None if digit == 10 else digit  # noqa: PLR2004 - ten has no digit: such a number is void


class Numbers:
    """Deals NHS numbers of the 999 range, no number twice."""

    def __init__(self, random: Random) -> None:
        """Deal in the order that ``random`` gives."""
        self._random = random
        self._dealt: set[str] = set()

    def take(self, number: str) -> None:
        """Never deal this number: somebody has it."""
        self._dealt.add(number)

    def next(self) -> str:
        """Answer an NHS number that has not been dealt, ten digits without spaces."""
        while True:
            nine = str(self._random.randint(FIRST, LAST))
            digit = check_digit(nine)
            number = f"{nine}{digit}"
            usable = digit is not None and len(set(number)) > 1
            if usable and number not in self._dealt:
                self._dealt.add(number)
                return number
