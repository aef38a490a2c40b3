-- How often an account searched by name lately, and how well an authority's records are matched.

CREATE INDEX audit_leaf_named ON audit_leaf (actor, at) WHERE action = 'search by name';

CREATE TABLE match_report (
    authority   text NOT NULL,
    week        date NOT NULL,
    made_at     timestamptz NOT NULL,
    counted     jsonb NOT NULL,
    PRIMARY KEY (authority, week)
);
COMMENT ON TABLE match_report IS 'How many of an authority''s records are matched: the last report of each week. Counts, and nothing of anybody.';
COMMENT ON COLUMN match_report.week IS 'The Monday of the week, London time.';
