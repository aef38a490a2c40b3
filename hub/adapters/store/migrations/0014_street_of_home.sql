-- Two homes of one number in two streets of one postcode are two homes.

ALTER TABLE home ADD COLUMN street bytea CHECK (length(street) = 16);
COMMENT ON COLUMN home.street IS 'Keyed digest of the address with its street; null where no street was told: then the number alone is compared.';
