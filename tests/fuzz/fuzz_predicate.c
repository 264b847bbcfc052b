/* A predicate's JSON: what is accepted is written and read again, and is the same then. */
#include <assert.h>

#include "catalog/search/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf once = CB_BUF_INIT, twice = CB_BUF_INIT;
    struct cb_filter *f;
    struct cb_node *node;
    struct cb_err err = {0};

    if (cb_node_parse(&node, a, cb_str_make((const char *)data, size), &err) != CB_OK)
        goto out;
    if (cb_filter_predicate(&f, a, node, &err) == CB_OK) {
        cb_filter_put(&once, f);
        if (cb_node_parse(&node, a, cb_buf_str(&once), &err) == CB_OK) {
            enum cb_code rc = cb_filter_predicate(&f, a, node, &err);

            /* Written out, an $exists: false is one level deeper. */
            assert(rc == CB_OK || rc == CB_ELIMIT);
            if (rc == CB_OK) {
                cb_filter_put(&twice, f);
                assert(cb_str_eq(cb_buf_str(&once), cb_buf_str(&twice)));
            }
        }
    } else {
        assert(err.code == CB_EINVAL || err.code == CB_ELIMIT);
    }
    if (node->type == CB_OBJECT && cb_filter_legacy(&f, a, node, &err) == CB_OK)
        cb_filter_put(&twice, f);

out:
    cb_buf_fini(&once);
    cb_buf_fini(&twice);
    cb_arena_free(a);
    return 0;
}
