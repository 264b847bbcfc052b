/*
 * location.h - registered locations in JSON, and questions about them: what the two files of their routes share.
 */
#ifndef CB_HTTP_LOCATION_H
#define CB_HTTP_LOCATION_H

#include "catalog/persist/location_store.h"
#include "server/http/router.h"

#define CB_LOCATION_LIMIT_DEFAULT 1000 /* rows of a page */
#define CB_LOCATION_QUERY_DEPTH_MAX 32 /* nesting of a query */

/* {"id","type","target","entityRef"} */
void cb_put_location(struct cb_buf *out, const struct cb_location_row *row);
/*
 * POST /api/catalog/locations/by-query {query?, limit?, cursor?}. Predicates on id, type, target and entityRef, without regard to
 * case; other than those of entities, {"$all": []} is true of nothing and $contains never is.
 */
cb_route_fn cb_location_by_query;

#endif
