"""A front door that serves several authorities: its people sit at one desk at a time."""

import pytest

from hub.api.desks_shown import DeskShown

BRADFORD, CALDERDALE, LEEDS = "E08000032", "E08000033", "E08000035"
WORKER = "duty-worker-e08000032"
DESKS = (
    DeskShown(authority=BRADFORD, name="Bradford", waiting=7, here=True),
    DeskShown(authority=CALDERDALE, name="Calderdale", waiting=3, here=False),
)


@pytest.fixture
def worker(signed_in, services):
    services.own_desks = DESKS
    return signed_in(WORKER)


def sit(worker, authority):
    return worker.post("/desk", data={"form_token": worker.token, "authority": authority})


def asked_for(services):
    """For which authority the list of the inbox was asked last."""
    return [organisation for name, organisation in services.organisations if name == "inbox"][-1]


def test_whoever_sits_at_one_desk_sees_how_much_waits_at_the_others(worker):
    page = worker.get("/inbox").text
    assert 'value="E08000032" aria-current="true"' in page
    assert "Calderdale <span>3<" in page


def test_from_then_on_everything_is_asked_for_the_other_authority(worker, services):
    assert sit(worker, CALDERDALE).headers["location"] == "/inbox"
    page = worker.get("/inbox?shows=all").text
    assert "Inbox<span" in page
    assert ": Calderdale</span>" in page
    assert asked_for(services) == CALDERDALE
    sit(worker, BRADFORD)
    worker.get("/inbox?shows=all")
    assert asked_for(services) == BRADFORD


def test_nobody_sits_down_where_their_front_door_does_not_serve(worker, services):
    assert sit(worker, LEEDS).status_code == 404
    worker.get("/inbox?shows=all")
    assert asked_for(services) == BRADFORD


def test_who_sits_at_a_desk_that_is_served_no_longer_is_back_at_the_own(worker, services):
    sit(worker, CALDERDALE)
    services.own_desks = ()
    page = worker.get("/inbox?shows=all").text
    assert asked_for(services) == BRADFORD
    assert 'action="/desk"' not in page


def test_a_client_says_with_each_question_at_whose_desk_it_asks(client_of, services):
    services.own_desks = DESKS
    client = client_of(WORKER)
    assert client.get("/v1/inbox", headers={"x-hub-desk": CALDERDALE}).status_code == 200
    assert asked_for(services) == CALDERDALE
    assert client.get("/v1/inbox", headers={"x-hub-desk": LEEDS}).status_code == 403
    assert client.get("/v1/inbox").status_code == 200
    assert asked_for(services) == BRADFORD


def test_a_cookie_with_another_desk_than_was_signed_is_none(worker):
    sit(worker, CALDERDALE)
    cookie = worker.cookies["hub_session"]
    worker.cookies.clear()
    worker.cookies.set("hub_session", cookie.replace(CALDERDALE, LEEDS))
    assert worker.get("/inbox").headers["location"] == "/sign-in"
