-- A timer on which the hub fails costs only itself: it is parked, told to the operator, and tried again.

ALTER TABLE timer DROP CONSTRAINT timer_state_check;
ALTER TABLE timer ADD CONSTRAINT timer_state_check
    CHECK (state IN ('waiting', 'fired', 'cancelled', 'parked'));
ALTER TABLE timer ADD COLUMN fault text;
COMMENT ON COLUMN timer.fault IS 'Where the hub failed on it last: kind and place of the error, never what it failed on.';
CREATE INDEX timer_parked ON timer (ended_at) WHERE state = 'parked';

ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK
    (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide', 'push_undelivered', 'timer_parked'));
