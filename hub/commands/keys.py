"""`hub keys ...`: key files for development and the demonstration."""

import base64
from typing import Annotated

import typer

from hub.adapters import keys
from hub.adapters.identity_ring import make_next_key, set_aside
from hub.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Make the hub's keys, and show which there are.")


@app.command()
def make() -> None:
    """Make the hub's keys that are not there yet; harmless to repeat."""
    folder = load_settings().keys
    for name in keys.make_keys(folder):
        typer.echo(f"Made {name}")
    typer.echo(f"The hub's keys are in {folder}; keep them out of every repository and backup.")


@app.command()
def identity() -> None:
    """Make the identity key of the next epoch; `hub identity reindex` brings it in force."""
    folder = load_settings().keys
    epoch = make_next_key(folder)
    typer.echo(f"Made identity/identity-{epoch} in {folder}.")
    typer.echo(
        "Have it on every machine of the hub, readable for the hub alone, before `hub identity"
        " reindex`: a process without it looks for nobody from then on."
    )


@app.command()
def retire(
    epoch: Annotated[int, typer.Argument(min=1, help="The epoch of an identity key, such as 1.")],
) -> None:
    """Put an old identity key aside, once nothing in the database needs it; say what does if not.

    Exit code 1: something needs it, and nothing was changed.
    """
    from hub.adapters.store.key_epochs import PostgresKeyEpochs  # noqa: PLC0415  # fast --help
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above

    settings = load_settings()
    hub = Hub(settings, name="hub-keys", connections=1)
    try:
        epochs = PostgresKeyEpochs(hub.postgres)
        left = epochs.left_under(epoch)
        if left:
            typer.echo(
                f"The identity key of epoch {epoch} is needed by {left.records:,} records to be"
                f" keyed anew (hub identity reindex), {left.keys:,} keys in all,"
                f" {left.numbers:,} replaced NHS numbers and {left.withheld:,} withheld addresses;"
                " keys and addresses whose value was never"
                " kept sealed need it for good."
            )
            raise typer.Exit(1)
        epochs.retire(epoch)
    finally:
        hub.close()
    aside = set_aside(settings.keys, epoch)
    typer.echo(
        f"Epoch {epoch} is out of force; its key is {aside.name} now. Destroy it once the last"
        " backup of the database from before today is gone."
    )


@app.command()
def publisher(
    name: Annotated[str, typer.Argument(help="The publisher's name, such as leeds-teaching.")],
) -> None:
    """Make a publisher's signing key unless it has one, and show its public key."""
    public, made = keys.make_publisher_key(load_settings().keys, name)
    typer.echo(f"{'Made' if made else 'There is'} a signing key of {name}.")
    typer.echo(f"public key   {public.public_bytes_raw().hex()}")
    typer.echo(f"fingerprint  {keys.fingerprint(public)}")


@app.command()
def webhook(
    agency: Annotated[str, typer.Argument(help="An agency's code, such as URN107200 or POL13.")],
) -> None:
    """Make the secret that signs an agency's webhook unless it has one, and show it to hand over.

    It is a secret of both: give it to the agency over a channel of its own, and nobody else.
    """
    secret, made = keys.make_webhook_secret(load_settings().keys, agency)
    typer.echo(f"{'Made' if made else 'There is'} a secret of the webhook of {agency}.")
    typer.echo(f"whsec_{base64.b64encode(secret).decode()}")


@app.command()
def show() -> None:
    """Show the public key that connectors seal to, and the publishers' public keys."""
    folder = load_settings().keys
    sealing = keys.load_sealing_key(folder)
    typer.echo(f"{sealing.key_id}  {sealing.public_key.public_bytes_raw().hex()}")
    for path in sorted((folder / "public/publishers").glob("*.pub")):
        public = keys.load_publisher_public_key(folder, path.stem)
        typer.echo(f"{path.stem}  {public.public_bytes_raw().hex()}")
