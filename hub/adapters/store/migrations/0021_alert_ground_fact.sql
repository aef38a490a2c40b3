-- An alert may rest on what is told of another child of the household: who is to be looked at again
-- when that changes is found by the fact.

CREATE INDEX alert_ground_fact ON alert_ground (fact_key);
