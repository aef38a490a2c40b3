-- A first load is summed up by what came since it was begun. Rows lie about in the order in which
-- they came, so that a few bytes for many pages are enough to pass over what is older.

CREATE INDEX event_received ON event USING brin (received_at);
CREATE INDEX report_received ON report USING brin (received_at);
