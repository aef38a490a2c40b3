"""A front door that serves several authorities: one inbox for all, and a desk for other pages."""

from dataclasses import replace

import pytest

from hub.api.desk_views import DeskShown
from tests.api import fake_services as fake

BRADFORD, CALDERDALE, LEEDS = "E08000032", "E08000033", "E08000035"
WORKER = "duty-worker-e08000032"
DESKS = (
    DeskShown(authority=BRADFORD, name="Bradford", waiting=7),
    DeskShown(authority=CALDERDALE, name="Calderdale", waiting=3),
)
ROWS = (
    replace(fake.a_row(1), desk=BRADFORD, desk_name="Bradford"),
    replace(fake.a_row(2), desk=CALDERDALE, desk_name="Calderdale"),
)


@pytest.fixture
def shared(services):
    services.own_desks, services.rows = DESKS, ROWS
    return services


@pytest.fixture
def worker(signed_in, shared):
    return signed_in(WORKER)


@pytest.fixture
def client(client_of, shared):
    return client_of(WORKER)


def sit(worker, authority, page="/reviews"):
    form = {"form_token": worker.token, "authority": authority, "page": page}
    return worker.post("/desk", data=form)


def asked_by(services, name="inbox"):
    """For which authority this was asked last."""
    return [organisation for asked, organisation in services.organisations if asked == name][-1]


def test_the_inbox_shows_every_authority_and_each_row_names_its_own(worker):
    page = worker.get("/inbox").text

    assert "Authority: </span>Bradford</strong>" in page
    assert "Authority: </span>Calderdale</strong>" in page
    assert 'id="desk-all" href="/inbox?shows=waiting&amp;held=anyone" aria-current="true"' in page
    assert "All authorities <span>10<" in page
    assert "Calderdale <span>3<" in page


def test_the_address_of_one_authority_shows_that_alone_and_keeps_to_it(worker):
    page = worker.get(f"/inbox?authority={CALDERDALE}").text

    assert f'data-authority="{CALDERDALE}"' in page
    assert "Authority: </span>Calderdale</strong>" in page
    assert "Authority: </span>Bradford</strong>" not in page
    assert f"/inbox?shows=decided&amp;held=anyone&amp;authority={CALDERDALE}" in page
    assert ": Calderdale</span></h1>" in page


@pytest.mark.parametrize("path", ["/inbox", "/inbox/list", "/digest"])
@pytest.mark.parametrize("authority", [LEEDS, "x", "<b>"])
def test_an_authority_that_the_front_door_does_not_serve_has_no_page(worker, path, authority):
    answer = worker.get(path, params={"authority": authority})
    assert answer.status_code == 404
    assert "<b>" not in answer.text.replace("<b>Nadia Rahman</b>", "")


@pytest.mark.parametrize(
    "path", ["/v1/inbox", "/v1/inbox/changes", "/v1/contacts", "/v1/digest", "/v1/inbox?since=1"]
)
def test_nor_is_a_client_answered_for_one(client, path):
    assert client.get(path, headers={"x-hub-desk": LEEDS}).status_code == 403
    joined = "&" if "?" in path else "?"
    assert client.get(f"{path}{joined}authority={LEEDS}").status_code == 403


def test_a_client_is_answered_for_all_or_for_the_one_that_it_names(client, shared):
    body = client.get("/v1/contacts").json()
    assert body["waiting_by_authority"] == {BRADFORD: 7, CALDERDALE: 3}
    authorities = [one["alerts"][0]["authority"] for one in body["contacts"]]
    assert authorities == [BRADFORD, CALDERDALE]
    assert asked_by(shared) == BRADFORD

    for asked in ({"params": {"authority": CALDERDALE}}, {"headers": {"x-hub-desk": CALDERDALE}}):
        assert client.get("/v1/contacts", **asked).json()["waiting_by_authority"] == {}
        assert asked_by(shared) == CALDERDALE
    client.get("/v1/inbox")
    assert asked_by(shared) == BRADFORD


def test_what_changed_is_asked_of_all_or_of_one_authority(client, shared):
    assert client.get("/v1/inbox?since=1").status_code == 200
    assert asked_by(shared, "inbox_changes") == BRADFORD
    assert client.get(f"/v1/inbox?since=1&authority={CALDERDALE}").status_code == 200
    assert asked_by(shared, "inbox_changes") == CALDERDALE
    assert client.get("/v1/inbox?since=1&held=mine").status_code == 422


def test_where_one_authority_is_served_nothing_names_it(signed_in, client_of, services):
    page = signed_in(WORKER).get("/inbox").text
    assert "Whose contacts" not in page
    assert "Authority: " not in page
    assert client_of(WORKER).get("/v1/contacts").json()["waiting_by_authority"] == {}
    assert services.asked


def test_on_other_pages_one_desk_is_shown_and_another_can_be_chosen(worker, shared):
    page = worker.get("/reviews").text
    assert f'value="{BRADFORD}" aria-current="true">Bradford</button>' in page
    assert sit(worker, CALDERDALE).headers["location"] == "/reviews"
    worker.get("/reviews")
    assert asked_by(shared, "reviews") == CALDERDALE
    assert sit(worker, BRADFORD, "/notices").headers["location"] == "/notices"
    worker.get("/notices")
    assert asked_by(shared, "notices") == BRADFORD


def test_the_inbox_is_of_all_wherever_somebody_sits(worker, shared):
    sit(worker, CALDERDALE)
    page = worker.get("/inbox").text
    assert "All authorities <span>10<" in page
    assert "Authority: </span>Bradford</strong>" in page
    assert asked_by(shared) == BRADFORD


def test_nobody_sits_down_where_their_front_door_does_not_serve(worker, shared):
    assert sit(worker, LEEDS).status_code == 404
    assert sit(worker, CALDERDALE, "https://elsewhere.example").status_code == 422
    worker.get("/reviews")
    assert asked_by(shared, "reviews") == BRADFORD


def test_who_sits_at_a_desk_that_is_served_no_longer_is_back_at_the_own(worker, shared):
    sit(worker, CALDERDALE)
    shared.own_desks = ()
    page = worker.get("/reviews").text
    assert asked_by(shared, "reviews") == BRADFORD
    assert 'action="/desk"' not in page


def test_a_cookie_with_another_desk_than_was_signed_is_none(worker):
    sit(worker, CALDERDALE)
    cookie = worker.cookies["hub_session"]
    worker.cookies.clear()
    worker.cookies.set("hub_session", cookie.replace(CALDERDALE, LEEDS))
    assert worker.get("/inbox").headers["location"] == "/sign-in"
