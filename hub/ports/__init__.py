"""What the use cases need of the outside, as protocols; adapters implement them.

A method marked ``durable`` changes what survives a crash. The crash tests find these marks and
kill the process before and after every one of them, so a new one is covered without being listed.
"""

from hub.ports.aside import AsideFound, AsideState, AsideWanted, Overdue, Parked
from hub.ports.asking import (
    FeedActivity,
    GapFound,
    ParkedFound,
    Question,
    Questions,
    RefusalFound,
    RefusedEvent,
    Unsettled,
)
from hub.ports.extracts import ExtractTold, WaitingExtract
from hub.ports.found import ChildFound, Found
from hub.ports.history import POSSIBLE_MAX, ChildHistory, HistoryFound
from hub.ports.identity import IdentityTransaction
from hub.ports.inbox import (
    ChangesFound,
    ChildInBrief,
    Held,
    InboxAlert,
    InboxCount,
    InboxFound,
    InboxNotices,
    InboxShows,
    InboxWanted,
    Notice,
)
from hub.ports.loading import (
    FirstLoad,
    LoadCounts,
    LoadedPart,
    LoadOutcome,
    Loads,
    LoadWanted,
)
from hub.ports.log import Log, Positions, Removed
from hub.ports.marks import durable
from hub.ports.notices import (
    Effects,
    NoticesKnown,
    NoticeStepRow,
    NoticeWrites,
    OutboxRow,
    SchoolWordRow,
    SealedWords,
    TimerRow,
)
from hub.ports.records import ChildRecords, LinkRow, RecordRow, Said, Told, ToldAgain
from hub.ports.related import HouseholdFound, RelatedFound, SharedIncidentFound
from hub.ports.rows import (
    AlertWrite,
    AuditRow,
    EventRow,
    ExtractSlice,
    FaultRow,
    FeedFacts,
    Known,
    OperatorFaultRow,
    PlanRow,
    Position,
    ProblemRow,
    RefusalRow,
    RegisterFacts,
    ReportRow,
    StatementSlice,
)
from hub.ports.school_rows import Expired, SessionRow
from hub.ports.store import Store, Transaction
from hub.ports.world import Clock, ColumnSealer, IdentityDigests, Places

__all__ = [
    "POSSIBLE_MAX",
    "AlertWrite",
    "AsideFound",
    "AsideState",
    "AsideWanted",
    "AuditRow",
    "ChangesFound",
    "ChildFound",
    "ChildHistory",
    "ChildInBrief",
    "ChildRecords",
    "Clock",
    "ColumnSealer",
    "Effects",
    "EventRow",
    "Expired",
    "ExtractSlice",
    "ExtractTold",
    "FaultRow",
    "FeedActivity",
    "FeedFacts",
    "FirstLoad",
    "Found",
    "GapFound",
    "Held",
    "HistoryFound",
    "HouseholdFound",
    "IdentityDigests",
    "IdentityTransaction",
    "InboxAlert",
    "InboxCount",
    "InboxFound",
    "InboxNotices",
    "InboxShows",
    "InboxWanted",
    "Known",
    "LinkRow",
    "LoadCounts",
    "LoadOutcome",
    "LoadWanted",
    "LoadedPart",
    "Loads",
    "Log",
    "Notice",
    "NoticeStepRow",
    "NoticeWrites",
    "NoticesKnown",
    "OperatorFaultRow",
    "OutboxRow",
    "Overdue",
    "Parked",
    "ParkedFound",
    "Places",
    "PlanRow",
    "Position",
    "Positions",
    "ProblemRow",
    "Question",
    "Questions",
    "RecordRow",
    "RefusalFound",
    "RefusalRow",
    "RefusedEvent",
    "RegisterFacts",
    "RelatedFound",
    "Removed",
    "ReportRow",
    "Said",
    "SchoolWordRow",
    "SealedWords",
    "SessionRow",
    "SharedIncidentFound",
    "StatementSlice",
    "Store",
    "TimerRow",
    "Told",
    "ToldAgain",
    "Transaction",
    "Unsettled",
    "WaitingExtract",
    "durable",
]
