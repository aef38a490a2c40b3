-- An alert that nobody acknowledges by its time goes from contact to contact, and at last to the operator.

ALTER TABLE timer ADD COLUMN turn integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN timer.turn IS 'Of an alert that is passed on: which of its turns this is.';

ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK
    (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide', 'push_undelivered', 'timer_parked',
              'decision_unsigned', 'numbers_at_odds', 'alert_unanswered'));
