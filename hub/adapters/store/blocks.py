"""How large the index is: behind each kind of key, and how many children there are."""

from dataclasses import dataclass

from hub.adapters.store.connection import PostgresStore
from hub.ports import CANDIDATES_PER_KEY_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The keys of one kind; a block is all records behind one key."""

    kind: str
    keys: int
    mean: float
    p99: int
    largest: int
    wide: int
    """Blocks of as many records as linking looks at children, or more."""


def read_blocks(store: PostgresStore) -> tuple[Block, ...]:
    """How large the blocks of each kind are. Reads every key: minutes, where there are millions."""
    with store.connection() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        found = connection.execute(
            "SELECT kind, count(*), avg(records), percentile_disc(0.99) WITHIN GROUP"
            " (ORDER BY records), max(records), count(*) FILTER (WHERE records >= %s)"
            " FROM (SELECT kind, digest, count(*) AS records FROM record_key GROUP BY kind, digest)"
            " AS block GROUP BY kind ORDER BY kind",
            (CANDIDATES_PER_KEY_MAX,),
        ).fetchall()
    return tuple(
        Block(kind=kind, keys=keys, mean=float(mean), p99=p99, largest=largest, wide=wide)
        for kind, keys, mean, p99, largest, wide in found
    )


def children_estimated(store: PostgresStore) -> int:
    """How many children the index holds, as PostgreSQL last estimated; 0 before it ever did."""
    with store.reading() as connection:
        row = connection.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'child'::regclass"
        ).fetchone()
    return int(row[0]) if row else 0
