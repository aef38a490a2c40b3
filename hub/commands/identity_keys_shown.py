"""What kinds of keys are worth and how large they are, as tables and for JSON."""

from collections.abc import Iterator, Mapping, Sequence

from hub.adapters.store.blocks import Block
from hub.core.identity_key_quality import KeyQuality


def keys_as_json(found: KeyQuality) -> Mapping[str, object]:
    """Answer what keys are worth as an object for JSON; its keys are in docs/identity.md."""
    return {
        "true": found.true,
        "found": found.found,
        "by_kind": {
            kind: {
                "records": one.records,
                "keys": one.keys,
                "largest": one.largest,
                "pairs": one.pairs,
                "alone": one.alone,
            }
            for kind, one in found.kinds.items()
        },
    }


def keys_table(found: KeyQuality) -> Iterator[str]:
    """Answer the lines of what keys are worth."""
    yield ""
    yield (
        f"Of {found.true:,} true pairs {_share(found.found, found.true)} share a key; of any other"
        " nobody would know."
    )
    yield f"{'kind of key':<24}{'records':>10}{'largest':>10}{'pairs':>9}{'alone':>9}"
    for kind, one in sorted(found.kinds.items(), key=lambda item: -item[1].pairs):
        yield (
            f"{kind:<24}{one.records:>10,}{one.largest:>10,}"
            f"{_share(one.pairs, found.true):>9}{_share(one.alone, found.true):>9}"
        )


def blocks_table(blocks: Sequence[Block]) -> Iterator[str]:
    """Answer the lines of how large the blocks of an index are."""
    yield f"{'kind of key':<24}{'keys':>14}{'mean':>8}{'p99':>8}{'largest':>10}{'too wide':>10}"
    for one in blocks:
        yield (
            f"{one.kind:<24}{one.keys:>14,}{one.mean:>8.2f}{one.p99:>8,}{one.largest:>10,}"
            f"{one.wide:>10,}"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "-"
