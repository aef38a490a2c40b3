-- Which alert last changed for which duty desk, and in which transaction, so that a client can ask
-- for what changed since it last read and lose nothing when transactions commit out of order.

CREATE TABLE inbox_entry (
    alert_id    uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
    desk        text NOT NULL,
    changed_by  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (alert_id, desk)
);
COMMENT ON TABLE inbox_entry IS 'Every desk that an alert was ever shown to, and the transaction of its last change.';
COMMENT ON COLUMN inbox_entry.desk IS 'An authority by its GSS code, or HUB for the hub''s own desk.';
CREATE INDEX inbox_entry_change ON inbox_entry (desk, changed_by);

-- What waits is read far more often than what has been dealt with, and stays few.
CREATE INDEX alert_owner_waiting ON alert (owner)
    WHERE delivered AND state = 'standing' AND acknowledged_at IS NULL;
CREATE INDEX alert_informed_waiting ON alert USING gin (informed)
    WHERE delivered AND state = 'standing' AND acknowledged_at IS NULL;

-- A list asks of many children at once whether any of their facts is shielded; few are.
CREATE INDEX event_shielded ON event (fact_key) WHERE shielded;

-- Whoever writes an alert, its desks are noted and told in the same transaction. The notice names a
-- desk and says that something changed there, never what.
CREATE FUNCTION note_inbox_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    FOR told IN
        WITH noted AS (
            INSERT INTO inbox_entry AS entry (alert_id, desk)
            SELECT changed.alert_id, concerned.desk
              FROM changed, unnest(coalesce(changed.owner, 'HUB') || changed.informed) AS concerned (desk)
             WHERE changed.delivered
            UNION
            -- OFFSET 0 keeps this a look-up by key, however small the table was at first.
            SELECT changed.alert_id, former.desk FROM changed, LATERAL (
                SELECT desk FROM inbox_entry WHERE inbox_entry.alert_id = changed.alert_id OFFSET 0
            ) AS former
            ON CONFLICT (alert_id, desk) DO UPDATE SET changed_by = excluded.changed_by
            RETURNING entry.desk
        )
        SELECT DISTINCT desk FROM noted
    LOOP
        PERFORM pg_notify('hub_inbox', told);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER alert_raised AFTER INSERT ON alert REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_inbox_change();
CREATE TRIGGER alert_changed AFTER UPDATE ON alert REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_inbox_change();

INSERT INTO inbox_entry (alert_id, desk)
SELECT DISTINCT alert.alert_id, concerned.desk
  FROM alert, unnest(coalesce(alert.owner, 'HUB') || alert.informed) AS concerned (desk)
 WHERE alert.delivered;
