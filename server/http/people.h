/*
 * people.h - the caller as the catalog knows him: whose things are his own.
 *
 * Lifetime  all texts in the request's arena
 * Threads   pure on the request's snapshot
 */
#ifndef CB_HTTP_PEOPLE_H
#define CB_HTTP_PEOPLE_H

#include "server/http/request.h"

struct cb_people {
    bool known;     /* the catalog has the caller's User */
    cb_str *refs;   /* the caller first, then the groups he is a member of, whether the catalog has them or not */
    cb_doc *docs;   /* of each group that is there */
    bool *there;
    size_t n;
};

void cb_people_find(struct cb_people *out, struct cb_request *rq);
/* Is the caller a member of GROUP, a full ref in lower case? */
bool cb_people_in(const struct cb_people *p, cb_str group);
/* How many entities they own, each once. */
size_t cb_people_owned(const struct cb_people *p, struct cb_request *rq);

#endif
