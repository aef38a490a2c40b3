-- A record that has waited its time goes, and each one that goes asks every table that names records:
-- without these, all children, and all that agencies told about identity.

CREATE INDEX child_founded_by ON child (founded_by);
CREATE INDEX identity_told_record ON identity_told (record_ref);
