"""What revisions of different agencies have in common: the time at which their source said it.

Within one agency a revision says which of two versions is later, and nothing else is asked of it.
Between agencies only time can say whose word is the latest: of where a child lives, for one. Every
connector of the hub begins a revision with its source's time since 1970, each in units of its own:
hospitals in nanoseconds, so that triggers of one minute have an order, the others in milliseconds.
"""

from typing import Final

_UNITS: Final = ((10**17, 1, 10**6), (10**14, 1, 10**3), (10**11, 1, 1), (10**8, 1000, 1))
"""From so much on a revision is nanoseconds, microseconds, milliseconds, seconds since 1970: the
units lie so far apart that from 1973 to 5138 none can be taken for another."""


def said_at(revision: int) -> int:
    """Answer when the source said it, in milliseconds since 1970.

    A smaller number is no time but a counter, and stands as it is: before every time.
    """
    for least, times, parts in _UNITS:
        if revision >= least:
            return revision * times // parts
    return revision
