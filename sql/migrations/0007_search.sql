-- 0007_search.sql: what ranked search looks through, kept in step with entity_version by the passes themselves.
-- Reads   search_find, search_near and search_all: by words, by likeness, or all in order
-- Size    search_document: a row an entity, about a kilobyte, and as much for its indexes; search_pending: none or a few
-- Locks   creates only; fills the table from the versions that are served now, a second for every 20,000
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'search needs the extension pg_trgm, which % may not create: run "CREATE EXTENSION pg_trgm" in the database % as its owner or a superuser, or GRANT CREATE ON DATABASE % TO %', current_user, current_database(), current_database(), current_user;
    WHEN undefined_file OR feature_not_supported THEN
        RAISE EXCEPTION 'search needs the extension pg_trgm, which this PostgreSQL does not have: install its contrib package (on Debian it is part of postgresql-15)';
END
$$;

-- A text in whose words the parser of PostgreSQL sees what a reader sees: paymentService, payment/service and payment.service are
-- "payment service". Only what glues words together is taken out: each character of the list costs time for each of the text.
CREATE FUNCTION search_split(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(CASE
    WHEN given ~ '[[:lower:][:digit:]][[:upper:]]|[[:upper:]]{2}[[:lower:]]' THEN
        regexp_replace(regexp_replace(given, '([[:lower:][:digit:]])([[:upper:]])', '\1 \2', 'g'),
                       '([[:upper:]])([[:upper:]][[:lower:]])', '\1 \2', 'g')
    ELSE given
END, '-./@<&+', '       ');

-- A name, title or tag both ways: "paymentservice payment service".
CREATE FUNCTION search_code(given text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsvector('pg_catalog.simple', translate(given, '-_./', '') || ' ' || search_split(given));

CREATE TABLE search_document (
    type     text     COLLATE "C" NOT NULL,
    ref      text     COLLATE "C" NOT NULL,
    name     text     COLLATE "C" NOT NULL,
    words    text     COLLATE "C" NOT NULL,
    document jsonb    NOT NULL,
    body     tsvector NOT NULL,
    PRIMARY KEY (type, ref)
);
CREATE INDEX search_document_body_idx ON search_document USING gin (body);
CREATE INDEX search_document_words_idx ON search_document USING gin (words gin_trgm_ops);
COMMENT ON TABLE search_document IS 'what search answers with; of type software-catalog it is view search_entity of what is served';
COMMENT ON COLUMN search_document.name IS 'lower case: who asks for exactly this means this';
COMMENT ON COLUMN search_document.words IS 'name and title, for words that are nearly right';
COMMENT ON COLUMN search_document.document IS 'as Backstage''s collator makes it; filters look into it';
COMMENT ON COLUMN search_document.body IS 'A name, B title, C tags, D the rest';

-- A version as a document. A title is cut where no reader goes, and a text as Backstage cuts it, so that no entity is too long
-- for an index; a NUL in a text is something that JSON knows and PostgreSQL does not.
CREATE VIEW search_entity AS
SELECT 'software-catalog'::text AS type, v.ref, v.first_pass, v.last_pass,
       lower(m.name) AS name,
       lower(search_split(concat_ws(' ', m.name, left(m.title, 1000)))) AS words,
       jsonb_build_object('title', t.title, 'text', t.text, 'componentType', t.kind_type, 'type', t.kind_type,
                          'namespace', t.namespace, 'kind', e.kind, 'lifecycle', coalesce(s.lifecycle, ''),
                          'owner', coalesce(s.owner, ''), 'authorization', jsonb_build_object('resourceRef', v.ref),
                          'location', lower('/catalog/' || t.namespace || '/' || e.kind || '/' || m.name)) AS document,
       setweight(search_code(m.name), 'A') || setweight(coalesce(search_code(left(m.title, 1000)), ''), 'B')
           || setweight(coalesce(search_code(t.tags), ''), 'C')
           || to_tsvector('pg_catalog.english', search_split(concat_ws(' ', t.text, v.ref, nullif(t.kind_type, 'other'), s.owner,
                                                                       s.lifecycle))) AS body
FROM entity_version v
CROSS JOIN LATERAL json_to_record(replace(v.body, '\u0000', '\ufffd')::json)
    AS e (kind text, metadata json, spec json)
CROSS JOIN LATERAL json_to_record(e.metadata)
    AS m (name text, namespace text, title text, description text, tags json)
LEFT JOIN LATERAL json_to_record(CASE WHEN json_typeof(e.spec) = 'object' THEN e.spec END)
    AS s (type text, lifecycle text, owner text, profile json) ON true
CROSS JOIN LATERAL (
    SELECT left(coalesce(m.title, m.name), 1000) AS title,
           left(concat_ws(' : ', nullif(m.description, ''),
                          CASE WHEN lower(e.kind) IN ('user', 'group') THEN nullif(s.profile ->> 'displayName', '') END,
                          CASE WHEN lower(e.kind) = 'user' THEN nullif(s.profile ->> 'email', '') END), 50000) AS text,
           coalesce(nullif(s.type, ''), 'other') AS kind_type,
           coalesce(nullif(m.namespace, ''), 'default') AS namespace,
           left(m.tags::text, 10000) AS tags
    OFFSET 0
) t;
COMMENT ON VIEW search_entity IS 'each version as search_document has it while it is served';

CREATE TABLE search_pending (
    pass bigint NOT NULL PRIMARY KEY
);
COMMENT ON TABLE search_pending IS
    'large passes whose versions are no rows of search_document yet: they will be as soon as the pass is kept';

CREATE VIEW search_now AS
SELECT type, ref, name, words, document, body
FROM search_document
UNION ALL
SELECT type, ref, name, words, document, body
FROM search_entity
WHERE last_pass IS NULL AND first_pass = ANY (ARRAY(SELECT pass FROM search_pending));
COMMENT ON VIEW search_now IS 'all that can be found: the same generation as the catalog, at any moment';

INSERT INTO search_document (type, ref, name, words, document, body)
SELECT type, ref, name, words, document, body
FROM search_entity
WHERE last_pass IS NULL;
ANALYZE search_document;
