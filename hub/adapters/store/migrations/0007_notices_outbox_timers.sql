-- Notices to schools, and the two general things that they need: what must leave the hub, and what
-- must happen at a time. Both are written in the transaction of what causes them.

CREATE TABLE timer (
    timer_id    uuid PRIMARY KEY,
    kind        text NOT NULL,
    subject_id  uuid NOT NULL,
    child_ref   bytea NOT NULL REFERENCES child,
    due_at      timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'fired', 'cancelled')),
    ended_at    timestamptz
);
COMMENT ON TABLE timer IS 'What must be looked at when its time has come; its id follows from its cause. The child is locked before the row is read again.';
CREATE INDEX timer_due ON timer (due_at, timer_id) WHERE state = 'waiting';
CREATE INDEX timer_subject ON timer (subject_id) WHERE state = 'waiting';

CREATE TABLE outbox (
    outbox_id   uuid PRIMARY KEY,
    kind        text NOT NULL,
    recipient   text NOT NULL,
    subject_id  uuid NOT NULL,
    created_at  timestamptz NOT NULL,
    next_at     timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'unpushed', 'dead')),
    attempts    integer NOT NULL DEFAULT 0,
    ended_at    timestamptz,
    last_fault  text
);
COMMENT ON TABLE outbox IS 'What agencies are told: that something waits, and no more. No row holds a word about a person.';
COMMENT ON COLUMN outbox.recipient IS 'An agency by its code.';
COMMENT ON COLUMN outbox.state IS 'unpushed: the recipient wants no push, and asks for what waits.';
CREATE INDEX outbox_next ON outbox (next_at, outbox_id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (ended_at) WHERE state = 'dead';

CREATE TABLE encompass_notice (
    notice_id   uuid PRIMARY KEY,
    child_ref   bytea NOT NULL REFERENCES child,
    fact_key    bytea NOT NULL,
    force       text NOT NULL,
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('school', 'force', 'council')),
    recipient   text NOT NULL,
    reason      text NOT NULL,
    state       text NOT NULL CHECK (state IN ('standing', 'withdrawn', 'passed_on')),
    version     integer NOT NULL,
    unconfirmed boolean NOT NULL,
    level       text NOT NULL CHECK (level IN ('minimum', 'full')),
    seats       text[] NOT NULL,
    council     text,
    content_digest bytea NOT NULL,
    opens_at    timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    late_at     timestamptz,
    seen_at     timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    policy_version text NOT NULL,
    made_at     timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
COMMENT ON TABLE encompass_notice IS 'Who is to be told of which incident; what is told is put together when it is read, and stands nowhere.';
COMMENT ON COLUMN encompass_notice.seats IS 'Who may read it: staff:<id>, desk:<force> or council:<GSS code>.';
COMMENT ON COLUMN encompass_notice.content_digest IS 'Of the coded facts that it may tell: a change is told again.';
CREATE INDEX encompass_notice_child ON encompass_notice (child_ref);
CREATE INDEX encompass_notice_seats ON encompass_notice USING gin (seats);
CREATE INDEX encompass_notice_late ON encompass_notice (due_at)
    WHERE late_at IS NOT NULL AND state = 'standing' AND acknowledged_at IS NULL;

CREATE TABLE encompass_step (
    notice_id   uuid NOT NULL REFERENCES encompass_notice,
    step        integer NOT NULL,
    kind        text NOT NULL,
    version     integer NOT NULL,
    at          timestamptz NOT NULL,
    by_whom     text,
    PRIMARY KEY (notice_id, step)
);

CREATE TABLE school_word (
    child_ref   bytea NOT NULL REFERENCES child,
    school      text NOT NULL,
    on_roll     boolean NOT NULL,
    source      text NOT NULL CHECK (source IN ('school_lead', 'council')),
    said_at     timestamptz NOT NULL,
    said_by     text NOT NULL,
    PRIMARY KEY (child_ref, school, said_at)
);
COMMENT ON TABLE school_word IS 'What people said of a child and a school''s roll; it counts for that school year.';

CREATE TABLE notice_conflict (
    child_ref   bytea NOT NULL REFERENCES child,
    staff_id    text NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (child_ref, staff_id)
);
COMMENT ON TABLE notice_conflict IS 'Staff who said that they know the people concerned: no notice of the child is addressed to them.';
