"""The list of the town's stories, in the order in which they are told."""

from hub.demo.attendance_stories import (
    bruise_not_yet_mobile,
    callout_lists_one_child,
    coded_concern,
    left_while_held,
    siblings_at_two_hospitals,
    two_sites_under_one,
)
from hub.demo.correction_stories import CORRECTION_STORIES
from hub.demo.council_stories import county_plan, stale_register
from hub.demo.identity_stories import (
    day_and_month,
    new_name,
    newborn,
    no_number_at_hospital,
    plan_without_number,
    registered_twice,
    same_name,
)
from hub.demo.incident_stories import (
    absent_after_callout,
    callout_at_night,
    callout_regraded,
    third_callout,
    three_small_signs,
    withdrawn_report,
)
from hub.demo.plan_stories import (
    deleted_plan,
    ended_plan,
    held_elsewhere,
    looked_after,
    mover,
    never_seen,
)
from hub.demo.school_stories import absent_on_plan, late_explanation, long_illness
from hub.demo.stories import (
    StoryTeller,
    baby_at_three_hospitals,
    cancelled_arrival,
    council_not_joined,
    plan_at_noon,
    plan_in_another_town,
    shielded_family,
    twins,
    unborn_on_plan,
)

STORIES: tuple[StoryTeller, ...] = (
    plan_in_another_town,
    baby_at_three_hospitals,
    unborn_on_plan,
    twins,
    shielded_family,
    cancelled_arrival,
    plan_at_noon,
    council_not_joined,
    plan_without_number,
    deleted_plan,
    ended_plan,
    looked_after,
    mover,
    held_elsewhere,
    same_name,
    day_and_month,
    new_name,
    newborn,
    no_number_at_hospital,
    never_seen,
    callout_at_night,
    withdrawn_report,
    callout_regraded,
    third_callout,
    absent_after_callout,
    three_small_signs,
    absent_on_plan,
    late_explanation,
    county_plan,
    stale_register,
    registered_twice,
    long_illness,
    coded_concern,
    bruise_not_yet_mobile,
    left_while_held,
    two_sites_under_one,
    siblings_at_two_hospitals,
    callout_lists_one_child,
)
"""A new story is one function and one line here; its place settles who is who for a seed."""

ON_REQUEST: tuple[StoryTeller, ...] = CORRECTION_STORIES
"""Stories of no day: `hub demo story play` tells them, each time in a family of its own."""
