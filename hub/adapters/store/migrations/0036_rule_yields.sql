-- What the alerts of each rule came to, counted for an authority's manager.

CREATE TABLE rule_yield_report (
    authority   text NOT NULL,
    days        integer NOT NULL CHECK (days > 0),
    since       timestamptz NOT NULL,
    made_at     timestamptz NOT NULL,
    counted     jsonb NOT NULL,
    PRIMARY KEY (authority, days)
);
COMMENT ON TABLE rule_yield_report IS 'What the alerts of each rule came to over so many days: the last count. Counts, and nothing of anybody.';
COMMENT ON COLUMN rule_yield_report.since IS 'From when on alerts were counted.';

-- Which faults there are is for the program to say; the database holds that it is a code.
ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK (code ~ '^[a-z_]{3,40}$');
