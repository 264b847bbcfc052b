/*
 * graph_route.h - what the routes under /api/graph share: parameters, the deadline, what is too much for a loop.
 */
#ifndef CB_HTTP_GRAPH_ROUTE_H
#define CB_HTTP_GRAPH_ROUTE_H

#include "server/http/graph_json.h"
#include "server/http/router.h"

#define CB_GRAPH_LOOP_DOCS 300 /* entities of a catalog that a loop walks over itself; a bigger one is a worker's */

/* Not on this loop: the answer is cb_reply_later(). */
bool cb_graph_is_heavy(const struct cb_request *rq);
/* The job's deadline, on a worker. */
struct cb_stop cb_graph_stop(const struct cb_request *rq);
/* relation=dependsOn&relation=ownedBy, or with commas between. 0: all. */
enum cb_code cb_graph_types(uint64_t *types, struct cb_request *rq, struct cb_err *err) CB_MUSTCHECK;
/* kind=component,api: lower case, in the arena. */
size_t cb_graph_kinds(const cb_str **out, struct cb_request *rq);

#endif
