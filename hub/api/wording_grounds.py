"""What a ground of an alert is called where nothing more is said of it."""

from hub.core.event import EventKind

GROUND_WORDS = {
    EventKind.CHILD_PROTECTION_PLAN: "Child Protection Plan",
    EventKind.LOOKED_AFTER_PERIOD: "Looked after by the council",
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: "Child Protection Plan before birth",
    EventKind.CHILD_IN_NEED_PERIOD: "Child in need",
    EventKind.PERSON_DETAILS: "Details of the child",
    EventKind.IDENTITY_CHANGE: "A correction of who the child is",
    EventKind.SCHOOL_ABSENCE: "Absent from school",
}
