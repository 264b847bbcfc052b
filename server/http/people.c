#include "server/http/people.h"

#include "catalog/entity/relation.h"
#include "catalog/search/filter.h"

void cb_people_find(struct cb_people *out, struct cb_request *rq)
{
    struct cb_relation_seen *seen = NULL;
    size_t seen_n = 0;
    cb_doc doc;

    *out = (struct cb_people){.known = cb_snapshot_find(&doc, rq->snapshot, cb_str_cstr(rq->caller.user))};
    if (out->known)
        seen_n = cb_doc_relations(&seen, rq->arena, rq->snapshot, doc);
    out->refs = CB_NEW_N(rq->arena, cb_str, seen_n + 1);
    out->docs = CB_NEW_N(rq->arena, cb_doc, seen_n + 1);
    out->there = CB_NEW_N(rq->arena, bool, seen_n + 1);
    out->refs[out->n++] = cb_str_cstr(rq->caller.user);
    for (size_t i = 0; i < seen_n; i++) {
        if (seen[i].type != CB_RELATION_MEMBER_OF)
            continue;
        out->refs[out->n] = seen[i].other;
        out->there[out->n] = !seen[i].missing;
        out->docs[out->n++] = seen[i].other_doc;
    }
}

bool cb_people_in(const struct cb_people *p, cb_str group)
{
    for (size_t i = 1; i < p->n; i++)
        if (cb_str_eq(p->refs[i], group))
            return true;
    return false;
}

size_t cb_people_owned(const struct cb_people *p, struct cb_request *rq)
{
    struct cb_filter *owned = cb_filter_term(rq->arena, CB_FILTER_IN, CB_LIT("relations.ownedBy"));

    owned->values = p->refs;
    owned->value_n = p->n;
    return cb_filter_count(owned, rq->snapshot);
}
