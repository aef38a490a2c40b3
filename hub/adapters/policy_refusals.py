"""What is refused of policies as a whole, when each file by itself is right."""

from collections.abc import Sequence
from pathlib import Path

from hub.core.policy import LocalAuthorityPolicy
from hub.core.retention import refuse_too_short
from hub.core.webhooks import addresses_of
from hub.errors import ConfigurationError


def looks_back(path: Path, policy: LocalAuthorityPolicy) -> LocalAuthorityPolicy:
    """Answer the policy.

    Raises:
        ConfigurationError: it deletes what it reads.
    """
    try:
        refuse_too_short(policy)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path.name}: {error}") from None
    return policy


def refuse_two_addresses(policies: Sequence[tuple[Path, LocalAuthorityPolicy]]) -> None:
    """Refuse a code to which two files give two addresses: one would take what is the other's.

    Raises:
        ConfigurationError: there is one; the sentence names the code and both files.
    """
    known: dict[str, tuple[str, str]] = {}
    for path, policy in policies:
        for code, address in addresses_of(policy):
            first, where = known.setdefault(code, (address, path.name))
            if first != address:
                raise ConfigurationError(
                    f"{path.name}: one address for {code} was expected; {where} gives another."
                )
