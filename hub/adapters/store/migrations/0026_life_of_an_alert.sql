-- What the front door decided about an alert, who disagreed, and which alerts are repeats of one that was seen.

ALTER TABLE alert ADD COLUMN decided_at timestamptz;
ALTER TABLE alert ADD COLUMN decided_by text;
ALTER TABLE alert ADD COLUMN outcome text CHECK (outcome IN ('no_further_action', 'advice_given', 'early_help',
    'assessment', 'strategy_discussion', 'already_open', 'not_useful'));
ALTER TABLE alert ADD COLUMN disputed_at timestamptz;
ALTER TABLE alert ADD COLUMN closed_at timestamptz;
ALTER TABLE alert ADD COLUMN repeat_of uuid REFERENCES alert;
ALTER TABLE alert ADD CONSTRAINT alert_decided_by_somebody CHECK
    ((decided_at IS NULL) = (outcome IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL));
ALTER TABLE alert ADD CONSTRAINT alert_closed_when_decided CHECK (closed_at IS NULL OR decided_at IS NOT NULL);
ALTER TABLE alert ADD CONSTRAINT alert_disputed_is_undecided CHECK (disputed_at IS NULL OR decided_at IS NULL);
COMMENT ON COLUMN alert.outcome IS 'What the front door does about it; no rule reads it, so it takes no event out of any pattern.';
COMMENT ON COLUMN alert.disputed_at IS 'Since when somebody disagrees with what was decided; it is undecided until it is decided anew.';
COMMENT ON COLUMN alert.repeat_of IS 'The alert on which this one is counted, since it tells of the same to who has seen that.';
CREATE INDEX alert_repeat ON alert (repeat_of) WHERE repeat_of IS NOT NULL;
CREATE INDEX alert_child_decided ON alert (child_ref) WHERE decided_at IS NOT NULL;

ALTER TABLE alert_step ADD COLUMN role text;
ALTER TABLE alert_step ADD COLUMN organisation text;
ALTER TABLE alert_step ADD COLUMN code text;
ALTER TABLE alert_step ADD COLUMN words bytea;
COMMENT ON COLUMN alert_step.code IS 'The outcome that was decided.';
COMMENT ON COLUMN alert_step.words IS 'The reason in a person''s own words, sealed.';
COMMENT ON TABLE alert_step IS 'What happened to an alert: raised, revised, withdrawn, superseded, acknowledged, claimed, decided, disputed, closed.';
