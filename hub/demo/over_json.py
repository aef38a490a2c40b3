"""What people and systems of the town do over the JSON interface: ask, and settle who is who."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.adapters.keys import load_sign_in_secret
from hub.api.signing import SignIn
from hub.demo.expected import ASKED_BY, body_of
from hub.demo.happenings import Settling
from hub.demo.story import Question
from hub.errors import HubError
from hub.settings import Settings

SECONDS_MAX = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a check was answered: both answers in codes, and the number of its row in the audit."""

    plan: str
    seen: str
    audit_id: str


@dataclass(frozen=True, slots=True)
class Interface:
    """The JSON interface of one installation."""

    settings: Settings
    address: str

    def ask(self, question: Question) -> Answered:
        """Answer what the hub says to a question that is asked at a site.

        Raises:
            HubError: the hub did not answer, or refused.
        """
        told = self._call(ASKED_BY[question.asked_at], "/v1/checks", body_of(question))
        return Answered(
            plan=told["plan"]["answer"],
            seen=told["seen_before"]["answer"],
            audit_id=told["audit_id"],
        )

    def settle(self, settling: Settling) -> None:
        """Answer the question of who is who that names a child, as all who must say so.

        Raises:
            HubError: there is no such question, or the hub refused.
        """
        first, *others = settling.by
        born = settling.about.birth_date.isoformat()
        waiting = self._call(first, "/v1/reviews?urgent=true")["questions"]
        found = [one for one in waiting if born in {c["birth_date"] for c in one["children"]}]
        if len(found) != 1:
            raise HubError(f"{len(found)} questions name the child of the story; one was expected.")
        path = f"/v1/reviews/{found[0]['id']}"
        given: dict[str, str] = {"answer": settling.answer, "reason": settling.reason}
        self._answer(first, path, given | {"words": settling.words})
        for other in others:
            self._answer(other, path, {"answer": "confirm"})

    def _answer(self, who: str, path: str, given: Mapping[str, str]) -> None:
        stand = self._call(who, path)["stand"]
        self._call(who, f"{path}/answer", {**given, "stand": stand})

    def _call(self, who: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        token = SignIn(load_sign_in_secret(self.settings.keys)).bearer_tokens[who]
        request = urllib.request.Request(  # noqa: S310 - our own address, http
            self.address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:  # noqa: S310 - as above
                told: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                raise HubError(f"The story was refused with {refused.code}.") from None
        except OSError:
            raise HubError("The story was not answered: the pages do not run.") from None
        return told
