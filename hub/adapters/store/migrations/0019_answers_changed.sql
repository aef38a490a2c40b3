-- Answers that were given are asked again when it is corrected who is who, or what a register says of
-- a child; whoever was told otherwise is told that the answer has changed.

CREATE TABLE answer_given (
    audit_id     uuid PRIMARY KEY,
    asked_at     timestamptz NOT NULL,
    keep_until   timestamptz NOT NULL,
    asked_by     text NOT NULL,
    role         text NOT NULL,
    organisation text NOT NULL,
    site         text,
    about        bytea[] NOT NULL,
    sealed       bytea NOT NULL,
    ask_at       timestamptz
);
COMMENT ON TABLE answer_given IS 'Questions of checks, kept sealed for as long as policy says, so that they can be asked again.';
COMMENT ON COLUMN answer_given.about IS 'The children whom the answer was put together from: any of them may change it.';
COMMENT ON COLUMN answer_given.ask_at IS 'When it is to be asked again; null while nothing speaks against it.';
COMMENT ON COLUMN answer_given.sealed IS 'The question as it was asked, and what was answered to it, in codes.';
CREATE INDEX answer_given_about ON answer_given USING gin (about);
CREATE INDEX answer_given_kept ON answer_given (keep_until);
CREATE INDEX answer_given_again ON answer_given (ask_at, audit_id) WHERE ask_at IS NOT NULL;

CREATE TABLE answer_doubt (
    doubt_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    child_ref  bytea NOT NULL,
    seen_at    timestamptz
);
COMMENT ON TABLE answer_doubt IS 'Children of whom it was corrected who they are or what a register says: answers about them are to be asked again. Only ever added to and taken away, so that nobody waits for a row of it.';
COMMENT ON COLUMN answer_doubt.seen_at IS 'When it was first seen to be there: a question that was under way then is waited for.';

CREATE TABLE answer_changed (
    changed_id   uuid PRIMARY KEY,
    audit_id     uuid NOT NULL,
    organisation text NOT NULL,
    role         text NOT NULL,
    asked_by     text NOT NULL,
    asked_at     timestamptz NOT NULL,
    part         text NOT NULL CHECK (part IN ('plan', 'visits', 'plan and visits', 'as first told')),
    told_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    seen_at      timestamptz,
    seen_by      text
);
COMMENT ON TABLE answer_changed IS 'That an answer is no longer what it was; never what it says now, nor of whom.';
COMMENT ON COLUMN answer_changed.audit_id IS 'The row of the audit under which the answer was given.';
COMMENT ON COLUMN answer_changed.ended_at IS 'Since when it is again what was told, before anybody had seen that it was not.';
CREATE INDEX answer_changed_waiting ON answer_changed (organisation, asked_at)
    WHERE seen_at IS NULL AND ended_at IS NULL;
CREATE INDEX answer_changed_audit ON answer_changed (audit_id);

-- Whatever moves a record to another child or changes a register, in whichever transaction, brings
-- the answers about the children concerned into doubt in that same transaction.
CREATE FUNCTION doubt_answers_of_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_doubt (child_ref)
    SELECT DISTINCT child.child_ref
      FROM former JOIN later USING (record_ref),
           LATERAL (VALUES (former.child_ref), (later.child_ref)) AS child (child_ref)
     WHERE former.child_ref <> later.child_ref
        OR former.verdict <> later.verdict
        OR former.possible <> later.possible;
    RETURN NULL;
END
$$;
CREATE TRIGGER link_moved AFTER UPDATE ON link
    REFERENCING OLD TABLE AS former NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION doubt_answers_of_links();

CREATE FUNCTION doubt_answers_of_unlinked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_doubt (child_ref) SELECT DISTINCT child_ref FROM former;
    RETURN NULL;
END
$$;
CREATE TRIGGER link_removed AFTER DELETE ON link REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION doubt_answers_of_unlinked();

CREATE FUNCTION doubt_answers_of_new_plans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_doubt (child_ref)
    SELECT DISTINCT link.child_ref FROM later JOIN link USING (record_ref);
    RETURN NULL;
END
$$;
CREATE TRIGGER plan_told AFTER INSERT ON plan REFERENCING NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION doubt_answers_of_new_plans();

-- A register tells every plan again each night: only what bears on an answer brings it into doubt.
CREATE FUNCTION doubt_answers_of_plans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_doubt (child_ref)
    SELECT DISTINCT link.child_ref
      FROM former JOIN later USING (fact_key)
      JOIN link ON link.record_ref IN (former.record_ref, later.record_ref)
     WHERE (former.record_ref, former.kind, former.state, former.started_on, former.ended_on,
            former.end_reason, former.held_for_another, former.omitted_as_at > former.as_at)
           IS DISTINCT FROM
           (later.record_ref, later.kind, later.state, later.started_on, later.ended_on,
            later.end_reason, later.held_for_another, later.omitted_as_at > later.as_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER plan_changed AFTER UPDATE ON plan
    REFERENCING OLD TABLE AS former NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION doubt_answers_of_plans();
