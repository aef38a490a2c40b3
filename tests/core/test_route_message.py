"""What an e-mail says of what waits, and when a digest is due."""

from datetime import UTC, datetime, time

import pytest

from hub.core.alert import Severity
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.core.route_message import next_digest, route_message
from hub.errors import ConfigurationError


@pytest.mark.parametrize("severity", list(Severity))
def test_every_urgency_is_said_in_words_with_the_authority_and_the_page(severity):
    told = route_message(severity, "Bradford", "https://hub.example/inbox")
    assert "Bradford" in told.text
    assert "https://hub.example/inbox" in told.text
    words = {"immediate": "immediate", "today": "today", "information": "for information"}
    assert words[severity.value] in told.subject
    assert "Bradford" not in told.subject


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T07:59:59", "2026-11-22T08:00:00"),
        ("2026-11-22T08:00:00", "2026-11-23T08:00:00"),
        ("2026-11-22T23:30:00", "2026-11-23T08:00:00"),
        ("2026-07-01T06:59:00", "2026-07-01T07:00:00"),
        ("2026-03-28T12:00:00", "2026-03-29T07:00:00"),  # the clocks go forward that night
        ("2026-10-24T12:00:00", "2026-10-25T08:00:00"),  # and back
    ],
)
def test_the_next_digest_is_at_that_time_by_londons_clocks(now, due):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_digest(at, time(8)) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "addresses"),
    [
        (RouteChannel.EMAIL, {}),
        (RouteChannel.EMAIL, {"webhook": "https://a.example"}),
        (RouteChannel.WEBHOOK, {"email": "a@b.example"}),
        (RouteChannel.EMAIL, {"email": "a@b.example", "webhook": "https://a.example"}),
    ],
)
def test_a_route_has_the_address_of_its_channel_and_no_other(channel, addresses):
    severities = frozenset({Severity.TODAY})
    with pytest.raises(ConfigurationError, match=channel.value):
        AlertRoute(label="a", severities=severities, channel=channel, desk="A-B", **addresses)
