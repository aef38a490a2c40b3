-- Of two deliveries of one report at the same time only one is accepted; the other is its duplicate.

UPDATE report SET state = 'duplicate' WHERE state = 'accepted' AND EXISTS (
    SELECT 1 FROM report AS first WHERE first.state = 'accepted'
    AND first.publisher = report.publisher AND first.report_id = report.report_id
    AND first.value_digest = report.value_digest
    AND (first.decided_at, first.topic, first.partition, first.kafka_offset)
        < (report.decided_at, report.topic, report.partition, report.kafka_offset));

CREATE UNIQUE INDEX report_accepted_once ON report (publisher, report_id, value_digest)
    WHERE state = 'accepted';
COMMENT ON INDEX report_accepted_once IS 'Two reports with one id and other bytes are a fork: both are accepted, and told.';
DROP INDEX report_identity;
