/* Fields, a line break, and an entity's JSON: what is cut out of it is JSON again. */
#include <assert.h>

#include "catalog/base/node.h"
#include "catalog/search/project.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    cb_str rest = cb_str_make((const char *)data, size), fields = {0};
    struct cb_buf json = CB_BUF_INIT, out = CB_BUF_INIT;
    struct cb_node *node;
    struct cb_fields *f;
    struct cb_err err = {0};

    cb_str_split(&fields, &rest, '\n');
    if (!cb_str_is_utf8(fields) || cb_node_parse(&node, a, rest, &err) != CB_OK ||
        node->type != CB_OBJECT)
        goto out;
    cb_node_dump(&json, node);
    for (int split = 0; split < 2; split++) {
        if (cb_fields_parse(&f, a, &fields, 1, split, &err) != CB_OK) {
            assert(err.code == CB_EINVAL || err.code == CB_ELIMIT);
            continue;
        }
        if (!f)
            continue;
        cb_buf_clear(&out);
        cb_fields_cut(&out, f, cb_buf_str(&json));
        assert(cb_node_parse(&node, a, cb_buf_str(&out), &err) == CB_OK);
    }

out:
    cb_buf_fini(&json);
    cb_buf_fini(&out);
    cb_arena_free(a);
    return 0;
}
