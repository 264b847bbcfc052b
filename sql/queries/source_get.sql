-- Every source and what came of it, or one.
-- $1 id; NULL: all
-- Columns  id, key, type, url, branch, paths, settings, position, configured, state (enum cb_source_state),
--          commit_id, commit_author, commit_subject, read_settings, commit_at, read_at, tried_at, due_at,
--          failures, error, entity_n, problem_n, held_n, confirmed, fence, lease_owner, generation,
--          made, recheck, rechecked, named: JSON [{entity, locationId}] of the Location entities that lead to it,
--          took_ms, tries, recent: JSON {passes, added, changed, removed} of its last ten passes that changed something and are kept,
--          last_change: JSON {generation, added, changed, removed} of the last of them,
--          file_n: descriptors, without the one that a file source has for itself
-- Order    configured ones first, by position
SELECT s.id, s.key, s.type, s.url, s.branch, s.paths, s.settings, s.position, s.configured,
       CASE WHEN s.lease_until > clock_timestamp() THEN 1
            WHEN s.failures > 0 THEN 3
            WHEN s.read_at IS NULL THEN 0
            ELSE 2 END AS state,
       s.commit_id, s.commit_author, s.commit_subject, s.read_settings, s.commit_at, s.read_at, s.tried_at, s.due_at,
       s.failures, s.error, s.entity_n,
       (SELECT count(*) FROM problem p WHERE p.source_id = s.id)
           + (SELECT count(*) FROM claim c WHERE c.source_id = s.id AND NOT c.holds)
           + (s.error_number IS NOT NULL)::integer + (s.held_number IS NOT NULL)::integer AS problem_n,
       (SELECT count(*) FROM claim c WHERE c.source_id = s.id AND c.held) AS held_n,
       s.confirmed, s.fence,
       CASE WHEN s.lease_until > clock_timestamp() THEN s.lease_owner ELSE '' END AS lease_owner,
       s.generation, s.made, s.recheck, s.rechecked,
       (SELECT json_agg(DISTINCT jsonb_strip_nulls(jsonb_build_object('entity', l.entity, 'locationId',
                                                                     CASE WHEN r.made = 'registered' THEN l.path END)))::text
        FROM location_link l
        JOIN source r ON r.id = l.source_id
        WHERE l.target_id = s.id AND l.source_id <> s.id) AS named,
       s.took_ms, s.tries,
       (SELECT json_build_object('passes', count(*), 'added', sum(p.added), 'changed', sum(p.changed), 'removed', sum(p.removed))::text
        FROM (SELECT added, changed, removed FROM pass WHERE source_id = s.id ORDER BY generation DESC LIMIT 10) AS p
        HAVING count(*) > 0) AS recent,
       (SELECT json_build_object('generation', p.generation, 'added', p.added, 'changed', p.changed, 'removed', p.removed)::text
        FROM pass p
        WHERE p.source_id = s.id
        ORDER BY p.generation DESC
        LIMIT 1) AS last_change,
       (SELECT count(*) FROM source_file f WHERE f.source_id = s.id AND f.path <> '.') AS file_n
FROM source s
WHERE $1::bigint IS NULL OR s.id = $1::bigint
ORDER BY s.configured DESC, s.position, s.id
