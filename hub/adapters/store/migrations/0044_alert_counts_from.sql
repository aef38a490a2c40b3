-- The clock of an alert counts from when its front door was told of it, which may be long after it was first recorded.

ALTER TABLE alert ADD COLUMN counts_from timestamptz;
COMMENT ON COLUMN alert.counts_from IS
    'From when its clock counts: when it was first told, last became more or less urgent, came to another authority,'
    ' or was to be seen again. Null: since it was raised.';
