-- Questions that are asked although both are hardly one child wait behind those of their urgency.

ALTER TABLE identity_review ADD COLUMN unlikely boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN identity_review.unlikely IS 'By what is known of both they are very unlikely one child; asked all the same, as where a number is the same. Never set where either is shielded.';
