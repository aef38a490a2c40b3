"""Where agencies and desks are told that something waits, as the policies in force say it."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping

from hub.core.policy import Policies
from hub.core.school_directory import SchoolDirectory
from hub.core.webhooks import emails_of, webhooks_of


class AddressesInForce(Mapping[str, str]):
    """By the agency's, site's or contact's code; they follow a change of the policy files."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._of = ""
        self._known: Mapping[str, str] = {}

    def __getitem__(self, recipient: str) -> str:
        """Answer an address; a ``KeyError`` where none is wanted."""
        return self._now()[recipient]

    def __iter__(self) -> Iterator[str]:
        """Iterate over whoever wants to be told."""
        return iter(self._now())

    def __len__(self) -> int:
        """Answer how many those are."""
        return len(self._now())

    def _now(self) -> Mapping[str, str]:
        version = self._policies.version
        if version != self._of:
            self._known, self._of = self._read(), version
        return self._known

    @abstractmethod
    def _read(self) -> Mapping[str, str]:
        """Answer them as the policies are now."""


class WebhookAddresses(AddressesInForce):
    """Where systems are told."""

    def __init__(self, policies: Policies, schools: SchoolDirectory) -> None:
        super().__init__(policies)
        self._schools = {
            urn.agency: school.webhook for urn, school in schools.schools.items() if school.webhook
        }

    def _read(self) -> Mapping[str, str]:
        told = dict(self._schools)
        for policy in self._policies.every():
            told.update(webhooks_of(policy))
        return told


class EmailAddresses(AddressesInForce):
    """Where people are told by e-mail."""

    def _read(self) -> Mapping[str, str]:
        return {code: at for one in self._policies.every() for code, at in emails_of(one)}
