/* JSON text to nodes: whatever is accepted is written and read again, and is the same then. */
#include <assert.h>
#include <stdint.h>

#include "catalog/base/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf once = CB_BUF_INIT, twice = CB_BUF_INIT;
    struct cb_node *node, *again;
    struct cb_err err = {0};

    if (cb_node_parse(&node, a, cb_str_make((const char *)data, size), &err) == CB_OK) {
        enum cb_code rc;

        cb_node_dump(&once, node);
        rc = cb_node_parse(&again, a, cb_buf_str(&once), &err);
        assert(rc == CB_OK);
        (void)rc;
        cb_node_dump(&twice, again);
        assert(cb_str_eq(cb_buf_str(&once), cb_buf_str(&twice)));
    } else {
        assert(err.code == CB_EINVAL && cb_str_is_utf8(cb_str_cstr(err.text)));
    }
    cb_buf_fini(&once);
    cb_buf_fini(&twice);
    cb_arena_free(a);
    return 0;
}
