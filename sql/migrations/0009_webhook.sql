-- 0009_webhook.sql: deliveries of webhooks that were taken, so that none is taken twice by any callboard.
-- Reads   webhook_delivery: each delivery with a good signature, by its key
-- Size    a row or two a delivery, for a day; bounded by catalog/persist/webhook_store.h
-- Locks   creates only
CREATE TABLE webhook_delivery (
    forge    text        NOT NULL,
    sha256   bytea       NOT NULL CHECK (length(sha256) = 32),
    number   bigint      GENERATED ALWAYS AS IDENTITY,
    until    timestamptz NOT NULL,
    PRIMARY KEY (forge, sha256)
);
CREATE UNIQUE INDEX webhook_delivery_number_idx ON webhook_delivery (number);
COMMENT ON COLUMN webhook_delivery.sha256 IS 'of the delivery''s id, or of its body where the signature does not cover the id';
COMMENT ON COLUMN webhook_delivery.number IS 'in order of arrival: the oldest go first';
COMMENT ON COLUMN webhook_delivery.until IS 'forgotten then';
