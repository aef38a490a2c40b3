-- What an e-mail says: how urgent what waits is, and for which authority. A webhook says neither.

ALTER TABLE outbox ADD COLUMN severity text, ADD COLUMN authority text;
COMMENT ON COLUMN outbox.severity IS 'How urgent what waits is, where the recipient is told; null where it is not.';
COMMENT ON COLUMN outbox.authority IS 'For which authority, by its GSS code, where the recipient is told.';
