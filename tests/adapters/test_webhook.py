"""Pushing to an agency's system that does not behave: without a network."""

import asyncio
import uuid
from datetime import UTC, datetime

import httpx
import pytest

from hub.adapters.delivery.webhook import Webhooks
from hub.core.delivery import Pushed
from hub.errors import ConfigurationError
from hub.ports import OutboxRow

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ADDRESS = "https://school.example/hub"


class Dripping(httpx.AsyncBaseTransport):
    """Never silent for as long as any one wait may last, and never done."""

    async def handle_async_request(self, request):
        assert request.method == "POST"
        for _ in range(10**9):
            await asyncio.sleep(0.001)


class Redirecting(httpx.AsyncBaseTransport):
    """Sends everybody elsewhere."""

    def __init__(self):
        self.asked = []

    async def handle_async_request(self, request):
        self.asked.append(str(request.url))
        return httpx.Response(307, headers={"location": "http://169.254.169.254/"})


def pushed(transport, *, address=ADDRESS, secrets=lambda _: (b"n" * 32,), **more):
    webhooks = Webhooks(
        addresses={"URN107200": address},
        secrets=secrets,
        limit_seconds=0.05,
        transport=lambda: transport,
        **more,
    )
    row = OutboxRow(
        outbox_id=uuid.UUID(int=1),
        kind="notice",
        recipient="URN107200",
        subject_id=uuid.UUID(int=2),
        not_before=AT,
    )
    return webhooks.push(row, AT, "/v1/notices")


def test_a_system_that_answers_a_little_at_a_time_for_ever_is_left():
    assert pushed(Dripping()) == (Pushed.AGAIN, "timeout")


def test_a_redirect_is_not_followed():
    elsewhere = Redirecting()
    assert pushed(elsewhere) == (Pushed.DEAD, "status_307")
    assert elsewhere.asked == [ADDRESS]


@pytest.mark.parametrize("address", ["https://xn--/", "https://school.example:port/"])
def test_an_address_that_is_none_ends_no_process(address):
    assert pushed(Dripping(), address=address) == (Pushed.DEAD, "address_unusable")


def test_a_secret_that_cannot_be_used_ends_no_process():
    def unusable(_):
        raise ConfigurationError("A secret was expected.")

    assert pushed(Dripping(), secrets=unusable) == (Pushed.AGAIN, "secret_unusable")


def test_a_port_of_this_machine_is_spoken_to_by_the_demonstration_alone():
    local, asked = "http://127.0.0.1:5432/", Redirecting()
    assert pushed(asked, address=local) == (Pushed.DEAD, "address_of_this_machine")
    assert asked.asked == []
    assert pushed(asked, address=local, to_this_machine=True) == (Pushed.DEAD, "status_307")
    assert asked.asked == [local]
