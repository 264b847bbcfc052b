/*
 * page.h - a list of entities as JSON: whole, or as a stream when it may be long. What the entity and search routes share.
 */
#ifndef CB_HTTP_PAGE_H
#define CB_HTTP_PAGE_H

#include "catalog/search/query.h"
#include "server/http/reply.h"

#define CB_PAGE_LOOP_DOCS 5000    /* a catalog up to this size is asked on the loop, whatever the question */
#define CB_PAGE_LOOP_LIMIT 500    /* of a bigger one: pages up to this size and */
#define CB_PAGE_LOOP_OFFSET 5000  /* this far in */
#define CB_FACET_LOOP_DOCS 20000  /* facets of a bigger catalog, and the health of its entities, are a worker's */
#define CB_PAGE_WHOLE_N 100       /* entities that are answered in one piece */
#define CB_PAGE_WHOLE_BYTES (256 * 1024)

/* Is this too much for a loop? */
bool cb_page_is_heavy(const struct cb_request *rq, const struct cb_query *q, const struct cb_fields *fields);
/* HEAD, the entities with commas between, TAIL; all in the request's arena. */
enum cb_code cb_page_reply(struct cb_request *rq, struct cb_reply *rp, const struct cb_page *page, const struct cb_fields *fields,
                           cb_str head, cb_str tail);
/* GET's filter= and fields=. */
enum cb_code cb_page_filter(struct cb_filter **filter, struct cb_request *rq, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_page_fields(struct cb_fields **fields, struct cb_request *rq, struct cb_err *err) CB_MUSTCHECK;

#endif
