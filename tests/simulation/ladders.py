"""Which alerts must have been passed on in a year, and to whom, because nobody had seen them.

It is worked out from what waited whenever time passed, and from the clocks of policy: an alert that
waits through one beat of the hub's time has been passed on to everybody whose turn had come by
then, once each; and none was that did not wait then.
"""

from collections import Counter
from functools import cache

from hub.core.escalation import Turn
from hub.core.rule import time_in_words


def waits(alert):
    """What decides by when an alert is to be seen, and by whom if it is not."""
    return alert.alert_id, alert.severity, alert.owner, alert.clock_began_at


def wrongly_passed_on(hub, policies):
    """Answer what should have been said of alerts and was not, and what was and should not."""

    @cache
    def sentences(severity, owner, began_at):
        turns = policies.of(owner).turns(severity, began_at)
        return tuple((turn.at, _sentence(turn)) for turn in turns)

    must, may = set(), set()
    for now, before, after in hub.beats:
        begin, end = ({waits(alert) for alert in some} for some in (before, after))
        for alert_id, *clock in begin | end:
            come = {(alert_id, said) for at, said in sentences(*clock) if at <= now}
            may |= come
            if (alert_id, *clock) in begin & end:
                must |= come
    noted = Counter((one.alert_id, one.sentence) for one in hub.steps)
    wrong = [("not passed on", *one) for one in must - noted.keys()]
    wrong += [("passed on for nothing", *one) for one in noted.keys() - may]
    wrong += [("passed on twice", *one) for one, times in noted.items() if times > 1]
    alarms = sum(_NOBODY in said for _, said in noted)
    return wrong + [("alarms", len(hub.faults), alarms)] * (len(hub.faults) != alarms)


_NOBODY = "no contact is left: the hub's operator is told."


def _sentence(turn: Turn):
    by = f"Nobody had acknowledged it by {time_in_words(turn.at)}"
    if turn.step is None:
        return f"{by}, and {_NOBODY}"
    return f"{by}: it is the turn of {turn.step.label}."


def passed_on_to(hub):
    """To whom alerts were passed on, and how often."""
    said = (one.sentence.partition("it is the turn of ")[2] for one in hub.steps)
    return Counter(whom.rstrip(".") or "the operator" for whom in said)
