"""The JSON of front-door work: contacts with their alerts, and the digest."""

from hub.api.contact_views import ContactRow, ContactsView, ContactView, DigestView
from hub.api.inbox_json import alert_json, row_json
from hub.api.json_values import Json, day_json, instant_json


def contacts_json(view: ContactsView) -> Json:
    """Answer a page of contacts."""
    return {
        "contacts": [_contact(one) for one in view.contacts],
        "not_shown": view.not_shown,
        "page": view.page,
        "pages": view.pages,
        "cursor": view.cursor,
        "as_of": instant_json(view.as_of),
        "stale_feeds": list(view.stale_feeds),
        "counts": {shows.value: count for shows, count in view.counts.items()},
        "held": {held.value: count for held, count in view.held_counts.items()},
        "for_information": view.information,
        "waiting_by_authority": {one.authority: one.waiting for one in view.desks},
        "taken_back": [row_json(row) for row in view.taken_back],
    }


def contact_json(view: ContactView) -> Json:
    """Answer one contact with each of its alerts."""
    return {
        "contact_id": str(view.contact_id),
        "severity": view.severity.value,
        "due_at": instant_json(view.due_at),
        "alerts": [alert_json(one) for one in view.alerts],
        "as_of": instant_json(view.as_of),
    }


def digest_json(view: DigestView) -> Json:
    """Answer what is for information, by day."""
    return {
        "days": [
            {"day": day_json(one.day), "contacts": [_contact(row) for row in one.contacts]}
            for one in view.days
        ],
        "as_of": instant_json(view.as_of),
    }


def _contact(contact: ContactRow) -> Json:
    return {
        "contact_id": str(contact.contact_id),
        "severity": contact.severity.value,
        "due_at": instant_json(contact.due_at),
        "alerts": [row_json(row) for row in contact.rows],
    }
