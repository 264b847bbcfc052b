/* Filter parameters, apart by '&': the predicate that one means matches the same entities. */
#include <assert.h>

#include "catalog/search/filter.h"
#include "tests/support/world.h"

#define PARAM_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cb_world w;

static struct cb_snapshot *small_world(void)
{
    if (!w.catalog) {
        cb_world_init(&w);
        cb_world_put(&w,
                     "{\"kind\":\"Component\",\"metadata\":{\"name\":\"A\",\"tags\":[\"x\",\"y.z\"]"
                     "},\"spec\":{\"n\":1,\"o\":null}}",
                     "ownedBy group:default/g");
        cb_world_put(
            &w, "{\"kind\":\"Group\",\"metadata\":{\"name\":\"g\"},\"spec\":{\"type\":\"Team\"}}",
            "");
        cb_world_publish(&w);
        cb_world_put(&w, "{\"kind\":\"API\",\"metadata\":{\"name\":\"b\"},\"spec\":{\"n\":{}}}",
                     "partOf system:default/none");
        cb_world_publish(&w);
    }
    return cb_catalog_snapshot(w.catalog);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_snapshot *s = small_world();
    cb_str params[PARAM_MAX], rest = cb_str_make((const char *)data, size);
    struct cb_buf json = CB_BUF_INIT;
    struct cb_filter *f, *again;
    struct cb_node *node;
    struct cb_err err = {0};
    size_t n = 0, one_by_one = 0;
    cb_doc d;

    while (n < PARAM_MAX && cb_str_split(&params[n], &rest, '&'))
        n++;
    if (cb_filter_parse(&f, a, params, n, &err) != CB_OK) {
        assert(err.code == CB_EINVAL || err.code == CB_ELIMIT);
        goto out;
    }
    for (d.segment = 0; d.segment < s->part_n; d.segment++)
        for (d.n = 0; d.n < s->parts[d.segment].segment->doc_n; d.n++)
            one_by_one += cb_filter_match(f, s, d);
    assert(cb_filter_count(f, s) == one_by_one);
    cb_filter_put(&json, f);
    if (cb_str_is_utf8(cb_str_make((const char *)data, size)) &&
        cb_node_parse(&node, a, cb_buf_str(&json), &err) == CB_OK) {
        enum cb_code rc = cb_filter_predicate(&again, a, node, &err);

        /* A key that begins with "$" is no predicate's key. */
        if (rc == CB_OK)
            assert(cb_filter_count(again, s) == one_by_one);
        else
            assert(memchr(data, '$', size) || rc == CB_ELIMIT);
    }

out:
    cb_buf_fini(&json);
    cb_snapshot_unref(s);
    cb_arena_free(a);
    return 0;
}
