-- A push that nobody's system took is a fault of the operator's.

ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK
    (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide', 'push_undelivered'));
