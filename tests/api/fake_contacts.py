"""A stand-in for front-door work: it decides about the rows that the tests have put in."""

from dataclasses import replace

from hub.api.contact_views import ActedView
from hub.api.views import Standing
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
