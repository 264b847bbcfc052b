/* A cursor's text, or the JSON in it: asked as it is, forward and back. */
#include <assert.h>

#include "catalog/search/query.h"
#include "tests/support/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cb_world w;

static struct cb_snapshot *small_world(void)
{
    if (!w.catalog) {
        cb_world_init(&w);
        cb_world_put(&w,
                     "{\"kind\":\"Component\",\"metadata\":{\"name\":\"A\",\"tags\":[\"x\",\"y.z\"]"
                     "},\"spec\":{\"n\":1}}",
                     "");
        cb_world_put(
            &w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"c\"},\"spec\":{\"n\":2}}", "");
        cb_world_publish(&w);
        cb_world_put(&w, "{\"kind\":\"API\",\"metadata\":{\"name\":\"b\"},\"spec\":{\"n\":null}}",
                     "");
        cb_world_publish(&w);
    }
    return cb_catalog_snapshot(w.catalog);
}

static cb_str base64(struct cb_arena *a, cb_str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *p = cb_arena_alloc(a, s.n * 2 + 4), *to = p;
    uint32_t word = 0;
    int bits = 0;

    for (size_t i = 0; i < s.n; i++) {
        word = word << 8 | (uint8_t)s.p[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *to++ = digits[word >> (bits - 6) & 63];
    }
    if (bits > 0)
        *to++ = digits[word << (6 - bits) & 63];
    return cb_str_make(p, (size_t)(to - p));
}

static void ask(struct cb_arena *a, struct cb_snapshot *s, cb_str text)
{
    struct cb_cursor *c;
    struct cb_err err = {0};
    struct cb_page page;
    struct cb_query q = {.limit = 1, .count = true};

    if (cb_cursor_parse(&c, a, text, &err) != CB_OK) {
        assert(err.code == CB_EINVAL && strncmp(err.text, "Malformed cursor: ", 18) == 0);
        return;
    }
    q.cursor = c;
    for (int i = 0; i < 4; i++) {
        enum cb_code rc;

        q.order_drops_missing = i & 1;
        q.default_by_uid = i & 2;
        rc = cb_query_run(&page, s, &q, a, &err);
        assert(rc == CB_OK && page.n <= 1 && page.total <= 3);
        (void)rc;
        if (page.next.n > 0 && page.next.n <= CB_CURSOR_MAX)
            assert(cb_cursor_parse(&c, a, page.next, &err) == CB_OK || !cb_str_is_utf8(text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_snapshot *s = small_world();
    cb_str text = cb_str_make((const char *)data, size);

    ask(a, s, text);
    ask(a, s, base64(a, text));
    cb_snapshot_unref(s);
    cb_arena_free(a);
    return 0;
}
