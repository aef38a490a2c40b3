"""`hub identity reindex | blocks`: the keys of stored records, while the hub runs."""

import time
from typing import Annotated, Final

import typer

from hub.service.reindex import Progress, Reindex
from hub.settings import load_settings

TOLD_EVERY_SECONDS: Final = 5.0
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


def reindex(
    share: Annotated[
        float,
        typer.Option(
            min=0.01, max=1.0, help="How much of the time it works; the rest is left to others."
        ),
    ] = 0.5,
) -> None:
    """Key every stored record anew, under the newest identity key, while the hub runs.

    Do this after `hub keys identity` has made a key and every machine of the hub has it, and after
    a release that says so. It may be stopped and begun again at any time, and two may run. Exit
    code 0: nothing is left to do.
    """
    from hub.adapters.identity_ring import load_ring  # noqa: PLC0415  # keeps --help fast
    from hub.adapters.store.key_epochs import PostgresKeyEpochs  # noqa: PLC0415  # as above
    from hub.adapters.store.reindex import PostgresKeyIndex  # noqa: PLC0415  # as above
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above

    settings = load_settings()
    hub, ring = Hub(settings, name="hub-reindex", connections=1), load_ring(settings.keys)
    try:
        newest = ring.at_hand[-1]
        fingerprints = {epoch: ring.fingerprint(epoch) for epoch in ring.at_hand}
        if PostgresKeyEpochs(hub.postgres).bring_in_force(newest, fingerprints):
            typer.echo(f"The identity key of epoch {newest} is in force from now on.")
        index = PostgresKeyIndex(hub.postgres, hub.keys.sealer, ring)
        work = Reindex(index=index, share=share, now=time.monotonic, rest=time.sleep)
        done = work.run(_Told())
    finally:
        hub.close()
    typer.echo(f"{done.done:,} records and withheld addresses keyed anew; nothing is left to do.")
    if done.kept:
        typer.echo(
            f"{done.kept:,} keys stay under an older epoch: of former names, places or numbers that"
            " were not kept sealed at that time."
        )


def blocks() -> None:
    """Tell for each kind of key how many records lie behind one, and how many are too wide.

    A key behind which 200 children or more stand is not looked through whole when a record is
    linked. No value of anybody is told. Reads the whole index: minutes, where there are millions.
    """
    from hub.adapters.store.blocks import read_blocks  # noqa: PLC0415  # keeps --help fast
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above
    from hub.commands.identity_keys_shown import blocks_table  # noqa: PLC0415  # as above

    hub = Hub(load_settings(), name="hub-blocks", connections=1)
    try:
        for line in blocks_table(read_blocks(hub.postgres)):
            typer.echo(line)
    finally:
        hub.close()


class _Told:
    """Tells how far it is, now and then."""

    def __init__(self) -> None:
        self._next = TOLD_EVERY_SECONDS

    def __call__(self, progress: Progress) -> None:
        if progress.seconds >= self._next:
            self._next = progress.seconds + TOLD_EVERY_SECONDS
            typer.echo(line_of(progress), err=True)


def line_of(progress: Progress) -> str:
    """Answer how far it is, in a line."""
    left = progress.seconds_left
    return (
        f"{progress.done:,} of {progress.done + progress.remaining:,} done,"
        f" {progress.a_second:,.0f} a second, about {in_words(left)} left"
        if left is not None
        else f"{progress.done:,} of {progress.done + progress.remaining:,} done"
    )


def in_words(seconds: float) -> str:
    """Answer a time to wait, in the unit in which people would say it."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} minutes"
    return f"{seconds / _HOUR:.0f} hours"
