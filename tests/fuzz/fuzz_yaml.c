/* Any bytes to YAML documents: trees are within their limits, and are the same JSON when that is read as YAML. */
#include <assert.h>
#include <stdint.h>

#include "catalog/parse/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t depth(const struct cb_node *node)
{
    size_t most = 0;

    assert(node->type != CB_STRING || (cb_str_is_utf8(node->text) && !memchr(node->text.p, '\0', node->text.n)));
    for (const struct cb_node *c = node->first; c; c = c->next) {
        size_t n = depth(c);

        most = n > most ? n : most;
    }
    return most + (node->type == CB_ARRAY || node->type == CB_OBJECT);
}

static void again(struct cb_arena *a, const struct cb_node *root)
{
    struct cb_buf once = CB_BUF_INIT, twice = CB_BUF_INIT;
    struct cb_yaml yaml;

    cb_node_dump(&once, root);
    if (once.n < 100000) {
        cb_yaml_read(&yaml, a, cb_buf_str(&once));
        assert(yaml.doc_n == 1);
        /* a key of over 1024 characters is none in YAML, and two null keys may have become one */
        if (!yaml.docs[0].broken && yaml.docs[0].root) {
            cb_node_dump(&twice, yaml.docs[0].root);
            assert(cb_str_eq(cb_buf_str(&once), cb_buf_str(&twice)));
        }
    }
    cb_buf_fini(&once);
    cb_buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_yaml yaml;

    cb_yaml_read(&yaml, a, cb_str_make((const char *)data, size));
    assert(yaml.doc_n <= CB_YAML_DOC_MAX + 1);
    for (size_t i = 0; i < yaml.doc_n; i++) {
        const struct cb_yaml_doc *d = &yaml.docs[i];

        assert(!d->broken || (d->message.n && d->rule && d->line && d->column && !d->root));
        if (!d->root)
            continue;
        assert(depth(d->root) <= CB_NODE_DEPTH_MAX);
        again(a, d->root);
    }
    cb_arena_free(a);
    return 0;
}
