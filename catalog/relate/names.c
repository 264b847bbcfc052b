#include "catalog/relate/names.h"

#include <assert.h>

void cb_names_init(struct cb_names *n)
{
    assert(cb_relation_n <= CB_NAMES_TYPE_MAX);
    *n = (struct cb_names){.refs = cb_intern_new(), .keys = cb_intern_new()};
    n->uid_key = cb_intern_put(n->keys, CB_LIT("metadata.uid"));
    n->dangling = cb_intern_put(n->keys, CB_LIT("dangling-reference"));
    n->warning = cb_intern_put(n->keys, CB_LIT("warning"));
    for (size_t i = 0; i < cb_relation_n; i++)
        for (size_t k = 0; k < cb_relation_n; k++)
            n->rank[i] += cb_str_cmp(cb_relations[k].name, cb_relations[i].name) < 0;
}

void cb_names_fini(struct cb_names *n)
{
    cb_intern_free(n->refs);
    cb_intern_free(n->keys);
}
