-- What a record was last told of in the same words, so that telling it again changes one number.

ALTER TABLE record ADD COLUMN said bytea CHECK (length(said) = 16);
COMMENT ON COLUMN record.said IS 'Keyed digest of the words that were said last, while all of them still stand in the ledger.';
ALTER TABLE record ADD COLUMN said_fields text[] NOT NULL DEFAULT '{}';
ALTER TABLE record ADD COLUMN said_revision bigint;
COMMENT ON COLUMN record.said_revision IS 'The newest revision that said those words: it counts as the revision of each of said_fields, where the ledger has an older one.';

-- Room on each page for the next version of a row: telling again then touches no index.
ALTER TABLE record SET (fillfactor = 85);
