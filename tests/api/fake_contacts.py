"""A stand-in for front-door work: it decides about the rows that the tests have put in."""

from dataclasses import replace

from hub.api.contact_views import (
    ActedView,
    ContactRow,
    ContactsView,
    ContactView,
    DigestDay,
    DigestView,
)
from hub.api.views import Standing
from hub.core.alert import Severity
from hub.core.alert_life import Act, Life, Outcome, Side, after, refusal, stage_of
from hub.core.contact_policy import ContactPolicy

WITHIN = ContactPolicy().dispute_within


def life_of(row):
    return Life(
        state=row.state,
        acknowledged_at=row.acknowledged_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
        disputed_at=row.disputed_at,
        closed_at=row.decided_at if row.stage.value == "closed" else None,
    )


def may(row, act, now):
    side = Side.OWNER if row.standing is Standing.OWNER else Side.INFORMED
    return refusal(life_of(row), act, side, now, dispute_within=WITHIN)


class FakeContacts:
    """Answers for ``FakeServices``, on its rows."""

    def __init__(self, services):
        self.services = services

    def _made(self, rows):
        """Contacts of these rows: those that the test has put together, else each alone."""
        left = list(rows)
        while left:
            ids = next(
                (some for some in self.services.grouped if left[0].alert_id in some),
                (left[0].alert_id,),
            )
            some = tuple(row for row in rows if row.alert_id in ids)
            left = [row for row in left if row.alert_id not in ids]
            yield ContactRow(
                contact_id=some[0].alert_id,
                severity=min((row.severity for row in some), key=list(Severity).index),
                due_at=min((row.due_at for row in some if row.due_at), default=None),
                rows=some,
            )

    def listed(self, user, filters):
        services = self.services
        view = services.inbox(user, replace(filters, page=1, size=10_000))
        only = filters.desk
        made = [one for one in self._made(view.rows) if only in {None, one.rows[0].desk}]
        pages = max(1, -(-len(made) // filters.size))
        page = min(filters.page, pages)
        shown = made[(page - 1) * filters.size : page * filters.size]
        return ContactsView(
            contacts=tuple(shown),
            not_shown=len(made) - len(shown),
            page=page,
            pages=pages,
            cursor=view.cursor,
            as_of=view.as_of,
            stale_feeds=view.stale_feeds,
            counts=view.counts,
            held_counts=view.held_counts,
            tiers={tier: sum(one.severity is tier for one in made) for tier in Severity},
            information=len(services.for_information),
            next_due=view.next_due,
            taken_back=services.taken_back,
            desks=self._read(user, only),
        )

    def _read(self, user, only):
        """The desks that the user reads as one."""
        desks = self.services.own_desks if user.desks else ()
        return tuple(replace(one, here=one.authority == only) for one in desks)

    def note_ending(self, user, alert_id):
        services = self.services
        services._note("note_ending", user, alert_id)
        before = services.taken_back
        services.taken_back = tuple(row for row in before if row.alert_id != alert_id)
        return services.taken_back != before

    def digest(self, user, desk=None):
        services = self.services
        services._note("digest", user)
        day = services.now.date()
        made = self._made(services.for_information)
        rows = tuple(one for one in made if desk in {None, one.rows[0].desk})
        days = (DigestDay(day=day, contacts=rows),) if rows else ()
        return DigestView(days=days, as_of=services.now, desks=self._read(user, desk))

    def contact(self, user, alert_id):
        services = self.services
        services._note("contact", user, alert_id)
        for one in self._made(services.rows):
            if alert_id in {row.alert_id for row in one.rows}:
                return ContactView(
                    contact_id=one.contact_id,
                    severity=one.severity,
                    due_at=one.due_at,
                    alerts=tuple(services.alert(user, row.alert_id) for row in one.rows),
                    as_of=services.now,
                )
        return None

    def act_on_all(self, user, wishes):
        services = self.services
        services._note("act_on_all", user, wishes)
        if not set(wishes) <= {row.alert_id for row in services.rows}:
            return None
        before = services.rows
        acted = tuple(self.act(user, one, wish) for one, wish in wishes.items())
        if any(one.refused for one in acted):
            services.rows = before
        return acted

    def read_digest(self, user, alert_ids):
        return self.acknowledge_all(user, alert_ids)

    def acknowledge_all(self, user, alert_ids):
        services = self.services
        services._note("acknowledge_all", user, tuple(alert_ids))
        for alert_id in alert_ids:
            services.acknowledge(user, alert_id)
        services.for_information = tuple(
            row for row in services.for_information if row.alert_id not in alert_ids
        )
        return len(alert_ids)

    def act(self, user, alert_id, wish):
        services = self.services
        services._note("act", user, alert_id, wish)
        row = next((r for r in services.rows if r.alert_id == alert_id), None)
        if row is None:
            return None
        refused = may(row, wish.act, services.now)
        if not refused and wish.stand != row.stand:
            return ActedView(
                alert=services.alert(user, alert_id), refused="It has changed.", changed=True
            )
        if refused:
            return ActedView(alert=services.alert(user, alert_id), refused=refused)
        life = after(life_of(row), wish.act, services.now, wish.outcome)
        lived = replace(
            row,
            stage=stage_of(life),
            outcome=life.outcome,
            acknowledged_at=life.acknowledged_at,
            acknowledged_by=user.user_id if life.acknowledged_at else None,
            decided_at=life.decided_at,
            decided_by=user.user_id if life.decided_at else None,
            disputed_at=life.disputed_at,
            stand=row.stand + 1,
        )
        services.rows = tuple(lived if r is row else r for r in services.rows)
        services.change()
        return ActedView(alert=services.alert(user, alert_id))


def acts_of(row, now):
    """What the viewer may do with a row, as the fields of its page."""
    return {
        "may_decide": may(row, Act.DECIDE, now) is None,
        "may_dispute": may(row, Act.DISPUTE, now) is None,
        "may_close": may(row, Act.CLOSE, now) is None and row.stage.value != "closed",
    }


def decided(row, outcome=Outcome.NO_FURTHER_ACTION, **changes):
    """A row after somebody decided."""
    life = after(life_of(row), Act.DECIDE, row.raised_at, outcome)
    return replace(
        row,
        stage=stage_of(life),
        outcome=outcome,
        acknowledged_at=row.raised_at,
        acknowledged_by="duty-worker-e08000032",
        decided_at=row.raised_at,
        decided_by="duty-worker-e08000032",
        **changes,
    )
