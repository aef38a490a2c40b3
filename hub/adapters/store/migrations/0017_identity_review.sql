-- Questions for people: are these two records of one child? And who answered them, how and why.

CREATE TABLE identity_review (
    review_id   uuid PRIMARY KEY,
    one         bytea NOT NULL REFERENCES record ON DELETE CASCADE,
    other       bytea NOT NULL REFERENCES record ON DELETE CASCADE,
    reason      text NOT NULL,
    asked_by    text,
    state       text NOT NULL CHECK (state IN ('open', 'decided', 'withdrawn')),
    choice      text CHECK (choice IN ('same', 'different', 'cannot_tell')),
    decision_id bytea,
    unfinished  text CHECK (unfinished IN ('decide', 'take_back')),
    proposed    text CHECK (proposed IN ('same', 'different', 'take_back')),
    proposed_by text,
    proposed_at timestamptz,
    opened_at   timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    desks       text[] NOT NULL,
    urgent      text[] NOT NULL DEFAULT '{}',
    evidence    bytea NOT NULL,
    claimed_by  text,
    claimed_at  timestamptz,
    assessed_at timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    CHECK (one < other),
    CHECK ((proposed IS NULL) = (proposed_by IS NULL) AND (proposed IS NULL) = (proposed_at IS NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL))
);
COMMENT ON TABLE identity_review IS 'Whether two records are of one child, where a person must say; its id follows from the two records.';
COMMENT ON COLUMN identity_review.desks IS 'Authorities responsible for either child by GSS code, or HUB where there is none.';
COMMENT ON COLUMN identity_review.urgent IS 'Why it is urgent; empty if it is not.';
COMMENT ON COLUMN identity_review.evidence IS 'Digest of what matching said when it was last asked: by it new evidence is told from old.';
COMMENT ON COLUMN identity_review.unfinished IS 'What was decided and is not carried out yet: done by whoever looks next.';
COMMENT ON COLUMN identity_review.proposed IS 'What a first person says where a second must confirm it.';
CREATE INDEX identity_review_one ON identity_review (one);
CREATE INDEX identity_review_other ON identity_review (other);
CREATE INDEX identity_review_desks ON identity_review USING gin (desks);
CREATE INDEX identity_review_open ON identity_review (opened_at, review_id) WHERE state = 'open';
CREATE INDEX identity_review_assessed ON identity_review (assessed_at) WHERE state = 'open';
CREATE INDEX identity_review_unfinished ON identity_review (changed_at) WHERE unfinished IS NOT NULL;

CREATE TABLE identity_review_step (
    review_id   uuid NOT NULL REFERENCES identity_review ON DELETE CASCADE,
    step        integer NOT NULL,
    kind        text NOT NULL,
    at          timestamptz NOT NULL,
    by_whom     text,
    role        text,
    organisation text,
    code        text,
    words       bytea,
    PRIMARY KEY (review_id, step)
);
COMMENT ON TABLE identity_review_step IS 'What happened to a question: opened, proposed, confirmed, refused, decided, taken back, withdrawn, opened again.';
COMMENT ON COLUMN identity_review_step.words IS 'The reason in a person''s own words, sealed.';

CREATE TABLE identity_review_look (
    record_ref  bytea PRIMARY KEY,
    since       timestamptz NOT NULL DEFAULT now(),
    version     bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE identity_review_look IS 'Records whose link changed and whose questions have not been looked at since.';

-- Whoever writes a link, what it asks of people is noted in the same transaction.
CREATE FUNCTION note_unsure_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_review_look AS look (record_ref)
    SELECT changed.record_ref FROM changed
     WHERE changed.verdict IN ('possible', 'many')
        OR EXISTS (SELECT FROM identity_review AS asked WHERE asked.one = changed.record_ref)
        OR EXISTS (SELECT FROM identity_review AS asked WHERE asked.other = changed.record_ref)
     ORDER BY changed.record_ref
    ON CONFLICT (record_ref) DO UPDATE SET since = excluded.since, version = look.version + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER link_made AFTER INSERT ON link REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_unsure_links();
CREATE TRIGGER link_changed AFTER UPDATE ON link REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_unsure_links();
CREATE TRIGGER link_gone AFTER DELETE ON link REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_unsure_links();

INSERT INTO identity_review_look (record_ref)
SELECT record_ref FROM link WHERE verdict IN ('possible', 'many');
