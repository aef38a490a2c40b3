"""Every route is walked: none answers without a role, none answers the wrong role."""

import uuid

import pytest

from hub.api.app import ROUTERS
from hub.api.users import DEMO_USERS, Permission, Role
from tests.api.conftest import (
    CLINICIAN,
    DUTY_WORKER,
    INTEGRATION,
    POLICE_DESK,
    REVIEWER,
    SCHOOL_LEAD,
)

OPEN = {
    ("GET", "/"),  # leads to the sign-in page
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),  # without an open session it leads to the sign-in page
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/health/workers"),
}
OPENED_BY = {
    ("POST", "/v1/checks"): Permission.CHECK,
    ("GET", "/check"): Permission.CHECK,
    ("POST", "/check"): Permission.CHECK,
    ("GET", "/v1/checks/changed"): Permission.CHECK,
    ("POST", "/v1/checks/changed/{changed_id}/acknowledgement"): Permission.CHECK,
    ("POST", "/check/changed/{changed_id}/acknowledgement"): Permission.CHECK,
    ("GET", "/v1/inbox"): Permission.INBOX,
    ("GET", "/v1/inbox/changes"): Permission.INBOX,
    ("GET", "/v1/alerts/{alert_id}"): Permission.INBOX,
    ("GET", "/v1/alerts/{alert_id}/chronology"): Permission.INBOX,
    ("GET", "/v1/alerts/{alert_id}/related"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/acknowledgement"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/claim"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/release"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/takeover"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/takeover"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/claim"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/release"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/decision"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/dispute"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/closing"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/decision"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/dispute"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/closing"): Permission.INBOX,
    ("GET", "/v1/contacts"): Permission.INBOX,
    ("GET", "/v1/contacts/{alert_id}"): Permission.INBOX,
    ("POST", "/v1/contacts/{alert_id}/decision"): Permission.INBOX,
    ("POST", "/v1/contacts/{alert_id}/acknowledgement"): Permission.INBOX,
    ("GET", "/v1/digest"): Permission.INBOX,
    ("POST", "/v1/digest/acknowledgement"): Permission.INBOX,
    ("GET", "/contacts/{alert_id}"): Permission.INBOX,
    ("POST", "/contacts/{alert_id}/decision"): Permission.INBOX,
    ("POST", "/contacts/{alert_id}/claim"): Permission.INBOX,
    ("POST", "/contacts/{alert_id}/acknowledgement"): Permission.INBOX,
    ("GET", "/digest"): Permission.INBOX,
    ("POST", "/digest/acknowledgement"): Permission.INBOX,
    ("POST", "/v1/alerts/{alert_id}/ending"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/ending"): Permission.INBOX,
    ("GET", "/inbox"): Permission.INBOX,
    ("GET", "/inbox/list"): Permission.INBOX,
    ("GET", "/inbox/changed"): Permission.INBOX,
    ("GET", "/inbox/changes"): Permission.INBOX,
    ("GET", "/alerts/{alert_id}"): Permission.INBOX,
    ("POST", "/alerts/{alert_id}/acknowledgement"): Permission.INBOX,
    ("GET", "/v1/feeds"): Permission.FEEDS,
    ("GET", "/feeds"): Permission.FEEDS,
    ("GET", "/registers"): Permission.REGISTERS,
    ("GET", "/registers/{extract_id}"): Permission.REGISTERS,
    ("POST", "/registers/{extract_id}/decision"): Permission.REGISTERS,
    ("GET", "/v1/reviews"): Permission.REVIEWS,
    ("GET", "/v1/reviews/{review_id}"): Permission.REVIEWS,
    ("POST", "/v1/reviews/{review_id}/answer"): Permission.REVIEWS,
    ("POST", "/reviews/{review_id}/answer"): Permission.REVIEWS,
    ("POST", "/v1/reviews/{review_id}/claim"): Permission.REVIEWS,
    ("POST", "/v1/reviews/{review_id}/release"): Permission.REVIEWS,
    ("POST", "/reviews/{review_id}/claim"): Permission.REVIEWS,
    ("POST", "/reviews/{review_id}/release"): Permission.REVIEWS,
    ("GET", "/alerts/{alert_id}/question"): Permission.INBOX,
    ("GET", "/reviews"): Permission.REVIEWS,
    ("GET", "/reviews/{review_id}"): Permission.REVIEWS,
    ("GET", "/matching"): Permission.MATCHING,
    ("GET", "/matching.csv"): Permission.MATCHING,
    ("POST", "/desk"): Permission.INBOX,
    ("GET", "/rules"): Permission.RULES,
    ("GET", "/v1/rules"): Permission.RULES,
    ("GET", "/v1/feedback"): Permission.FEEDBACK,
    ("GET", "/v1/feedback/{feedback_id}"): Permission.FEEDBACK,
    ("POST", "/v1/feedback/{feedback_id}/dispute"): Permission.FEEDBACK,
    ("GET", "/feedback"): Permission.FEEDBACK,
    ("GET", "/feedback/{feedback_id}"): Permission.FEEDBACK,
    ("POST", "/feedback/{feedback_id}/dispute"): Permission.FEEDBACK,
    ("GET", "/v1/notices"): Permission.NOTICES,
    ("GET", "/v1/notices/{notice_id}"): Permission.NOTICES,
    ("POST", "/v1/notices/{notice_id}/answer"): Permission.NOTICES,
    ("GET", "/notices"): Permission.NOTICES,
    ("GET", "/notices/{notice_id}"): Permission.NOTICES,
    ("POST", "/notices/{notice_id}/answer"): Permission.NOTICES,
}
WRONG_ROLE = {
    Permission.CHECK: DUTY_WORKER,
    Permission.INBOX: CLINICIAN,
    Permission.FEEDS: DUTY_WORKER,
    Permission.REGISTERS: INTEGRATION,
    Permission.NOTICES: CLINICIAN,
    Permission.FEEDBACK: INTEGRATION,
    Permission.REVIEWS: CLINICIAN,
    Permission.MATCHING: INTEGRATION,
    Permission.RULES: DUTY_WORKER,
}
ROUTES = sorted(
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    for method in route.methods
)
CLOSED = [route for route in ROUTES if route not in OPEN]


def ask(client, method, path):
    address = path.replace("{alert_id}", str(uuid.UUID(int=7)))
    for name in ("{notice_id}", "{changed_id}", "{review_id}", "{feedback_id}"):
        address = address.replace(name, str(uuid.UUID(int=7)))
    body = {"json": {"nhs_number": None, "birth_date": None}} if path == "/v1/checks" else {}
    if method == "POST" and not path.startswith("/v1"):
        body = {"data": {"form_token": getattr(client, "token", "")}}
    return client.request(method, address, **body)


def test_every_route_is_known_here():
    assert set(ROUTES) == OPEN | set(OPENED_BY)


def test_the_application_serves_nothing_but_these_routes_and_static_files(app):
    routers = [r.original_router for r in app.routes if hasattr(r, "original_router")]
    others = [r.path for r in app.routes if not hasattr(r, "original_router")]
    assert routers == list(ROUTERS)
    assert sorted(others) == ["/assets", "/static"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_a_role_it_does_not_answer(anybody, services, method, path):
    answer = ask(anybody, method, path)
    if path.startswith("/v1"):
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_signed_in"
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert services.asked == []


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_with_the_wrong_role_it_does_not_answer(signed_in, client_of, services, method, path):
    wrong = WRONG_ROLE[OPENED_BY[method, path]]
    client = client_of(wrong) if path.startswith("/v1") else signed_in(wrong)
    services.asked.clear()
    assert ask(client, method, path).status_code == 403
    assert services.asked == []


@pytest.mark.parametrize(("method", "path"), [r for r in CLOSED if r[1].startswith("/v1")])
def test_a_json_route_does_not_take_a_cookie(signed_in, method, path):
    right = {
        Permission.CHECK: CLINICIAN,
        Permission.INBOX: DUTY_WORKER,
        Permission.FEEDS: INTEGRATION,
        Permission.NOTICES: SCHOOL_LEAD,
        Permission.FEEDBACK: POLICE_DESK,
        Permission.REVIEWS: REVIEWER,
        Permission.RULES: "front-door-manager-e08000032",
    }[OPENED_BY[method, path]]
    assert ask(signed_in(right), method, path).status_code == 401


@pytest.mark.parametrize(("method", "path"), [r for r in CLOSED if not r[1].startswith("/v1")])
def test_a_page_does_not_take_a_bearer_token(client_of, services, method, path):
    assert ask(client_of(CLINICIAN), method, path).status_code in {303, 403}
    assert services.asked == []


def test_every_demo_role_opens_one_surface_and_four_roles_more():
    for user in DEMO_USERS:
        surfaces = {permission for permission in Permission if user.may(permission)}
        if user.role is Role.REGISTER_STAFF:
            assert surfaces == {Permission.FEEDS, Permission.REGISTERS, Permission.MATCHING}
        elif user.role is Role.DUTY_WORKER:
            assert surfaces == {Permission.INBOX, Permission.NOTICES, Permission.REVIEWS}
        elif user.role in {Role.POLICE_DESK, Role.SCHOOL_SAFEGUARDING_LEAD}:
            assert surfaces == {Permission.NOTICES, Permission.FEEDBACK}
        else:
            assert len(surfaces) == 1


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/v1", "/static/../app.py"])
def test_nothing_else_is_there(anybody, path):
    assert anybody.get(path).status_code == 404
