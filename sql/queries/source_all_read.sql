-- Has every configured source been read once since it was configured?
-- Columns  boolean
SELECT NOT EXISTS (
    SELECT FROM source
    WHERE configured AND made = 'configured' AND (read_at IS NULL OR read_at < configured_at)
)
