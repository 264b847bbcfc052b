-- What must hold in every database between two transactions. Each row is a broken rule, and where.
SELECT 'a name has claims and no holder, or more than one' AS rule, ref AS which
FROM claim GROUP BY ref HAVING count(*) FILTER (WHERE holds) <> 1
UNION ALL
SELECT 'the holder and the version that is served differ', coalesce(c.ref, v.ref)
FROM (SELECT * FROM claim WHERE holds) c
FULL JOIN (SELECT * FROM entity_version WHERE last_pass IS NULL) v USING (ref)
WHERE (c.source_id, c.path, c.hash, c.flags, c.status) IS DISTINCT FROM (v.source_id, v.path, v.hash, v.flags, v.status)
UNION ALL
SELECT 'a lost claim has no body, or a holder has one', ref
FROM claim WHERE holds <> (body IS NULL) OR holds <> (terms IS NULL) OR holds <> (edges IS NULL)
UNION ALL
SELECT 'a lost claim has no number of a problem', ref FROM claim WHERE NOT holds AND (number IS NULL OR since IS NULL)
UNION ALL
SELECT 'a deletion waits though the name is claimed by others', ref
FROM claim c WHERE held AND EXISTS (SELECT FROM claim o WHERE o.ref = c.ref AND NOT o.held)
UNION ALL
SELECT 'a name has no row to lock', ref FROM claim WHERE ref NOT IN (SELECT ref FROM entity)
UNION ALL
SELECT 'a version has no row to lock', ref FROM entity_version WHERE ref NOT IN (SELECT ref FROM entity)
UNION ALL
SELECT 'a version begins or ends with a pass that is not there', ref
FROM entity_version v
WHERE NOT EXISTS (SELECT FROM pass p WHERE p.id = v.first_pass)
   OR v.last_pass IS NOT NULL AND NOT EXISTS (SELECT FROM pass p WHERE p.id = v.last_pass)
UNION ALL
SELECT 'versions of a name overlap, or one ends before it begins', v.ref
FROM (SELECT v.ref, b.generation AS begins, e.generation AS ends,
             lead(b.generation) OVER (PARTITION BY v.ref ORDER BY b.generation) AS next
      FROM entity_version v
      JOIN pass b ON b.id = v.first_pass
      LEFT JOIN pass e ON e.id = v.last_pass) v
WHERE v.ends <= v.begins OR v.next IS NOT NULL AND (v.ends IS NULL OR v.next < v.ends)
UNION ALL
SELECT 'generations have a gap', string_agg(generation::text, ',' ORDER BY generation)
FROM pass
WHERE generation >= (SELECT greatest(oldest, 1) FROM state)
HAVING count(*) <> coalesce(max(generation), (SELECT greatest(oldest, 1) FROM state) - 1) - (SELECT greatest(oldest, 1) FROM state) + 1 OR max(generation) <> (SELECT generation FROM state)
UNION ALL
SELECT 'a source counts its claims wrongly', s.key
FROM source s WHERE s.entity_n <> (SELECT count(*) FROM claim c WHERE c.source_id = s.id AND NOT c.held)
UNION ALL
SELECT 'a number is that of two problems', number::text FROM problem_all GROUP BY number HAVING count(*) > 1
UNION ALL
SELECT 'a row is of no source', which
FROM (SELECT source_id, path AS which FROM claim UNION ALL SELECT source_id, path FROM source_file
      UNION ALL SELECT source_id, path FROM problem UNION ALL SELECT source_id, ref FROM entity_version) x
WHERE NOT EXISTS (SELECT FROM source s WHERE s.id = x.source_id)
UNION ALL
SELECT 'search knows something that is not served, or does not know something that is', coalesce(n.ref, v.ref)
FROM search_now n
FULL JOIN (SELECT * FROM search_entity WHERE last_pass IS NULL) v USING (type, ref)
WHERE (n.name, n.words, n.document, n.body) IS DISTINCT FROM (v.name, v.words, v.document, v.body)
