-- When each process of the hub was last seen at work, so that whoever watches is told of one that is dead.

CREATE TABLE process_seen (
    process  text PRIMARY KEY,
    worker   text NOT NULL,
    seen_at  timestamptz NOT NULL
);
COMMENT ON TABLE process_seen IS 'The last sign of life of the workers of a feed, and of the timekeeper; nothing is decided by it.';
