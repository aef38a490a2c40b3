-- School registers: marks whose record waits without a child, and which registers were complete.

ALTER TABLE record ADD COLUMN waits boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN record.waits IS 'Known from school registers only: it has no child and no link until a child appears whom it matches.';
CREATE INDEX record_waits ON record (record_ref) WHERE waits;

CREATE TABLE attendance_register (
    agency       text NOT NULL,
    session_date date NOT NULL,
    session      text NOT NULL CHECK (session IN ('am', 'pm')),
    complete_as_at timestamptz,
    PRIMARY KEY (agency, session_date, session)
);
COMMENT ON TABLE attendance_register IS 'Sessions of schools of which reports tell; a row is locked while a report of it is decided.';
COMMENT ON COLUMN attendance_register.complete_as_at IS 'When a complete register of the session was last read: an absence last listed before that has ended.';

CREATE INDEX event_session ON event (agency, (facts->>'session_date'), (facts->>'session'))
    WHERE kind = 'school_absence';
