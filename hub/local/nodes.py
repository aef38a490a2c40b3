"""How many nodes the Kafka of a directory has: settled at its first start, and kept."""

from pathlib import Path

from hub.local.fault import LocalStackError
from hub.settings import SEVERAL_NODES, local_kafka_nodes, nodes_file


def settle_nodes(home: Path, nodes: int) -> None:
    """Note the number of nodes at the first start, and hold every later one to it.

    Topics of a single node are kept once, and more nodes would not change that; of three nodes,
    one alone cannot lead. The database knows what lies in which Kafka, so none replaces another.

    Raises:
        LocalStackError: the directory already has a Kafka of another number of nodes.
    """
    kept = local_kafka_nodes(home)
    if nodes == kept:
        return
    if any((home / "kafka").glob("n[0-9]/meta.properties")):
        raise LocalStackError(
            f"{home} holds a Kafka of {in_words(kept)}, and {in_words(nodes)} cannot take it over; "
            f"nothing was changed. Start it as it is with `hub up`, or set HUB_HOME to another "
            f"directory for {in_words(nodes)}, or run `hub wipe` first, which deletes its topics "
            "and its database."
        )
    file = nodes_file(home)
    if nodes == 1:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"This Kafka has {SEVERAL_NODES} nodes.\n")


def in_words(nodes: int) -> str:
    """Answer "one node" or "three nodes"."""
    return "one node" if nodes == 1 else "three nodes"
