-- A backtest replays what was known when: a register was known when it came, and not when it was read.

ALTER TABLE attendance_register ADD COLUMN complete_received_at timestamptz;
COMMENT ON COLUMN attendance_register.complete_received_at IS 'When the hub got that complete register; empty for those of before this was noted.';
