"""To which addresses a policy has agencies and desks told that something waits."""

from collections.abc import Iterator

from hub.core.policy import LocalAuthorityPolicy


def webhooks_of(policy: LocalAuthorityPolicy) -> Iterator[tuple[str, str]]:
    """Yield every code that a policy gives a webhook to, with its address.

    The codes are of forces (notices to schools), hospitals and sites (answers that changed), and
    desks (contacts of the escalation, routes of alerts); one may be yielded more than once.
    """
    desks = policy.encompass.desks.items()
    yield from ((force, desk.webhook) for force, desk in desks if desk.webhook)
    yield from policy.answer_webhooks.items()
    steps = ((one.desk, one.webhook) for one in policy.escalation.steps)
    routes = ((one.desk, one.webhook) for one in policy.routes)
    yield from ((desk, address) for desk, address in (*steps, *routes) if desk and address)


def emails_of(policy: LocalAuthorityPolicy) -> Iterator[tuple[str, str]]:
    """Yield every code that a policy has told by e-mail, with the address."""
    yield from ((one.desk, one.email) for one in policy.routes if one.email)


def addresses_of(policy: LocalAuthorityPolicy) -> Iterator[tuple[str, str]]:
    """Yield every code that a policy has told by either, with its address."""
    yield from webhooks_of(policy)
    yield from emails_of(policy)
