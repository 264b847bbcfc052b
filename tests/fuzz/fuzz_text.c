/*
 * Any bytes as a text: written as JSON they read back, cut and split they lose nothing, quoted for the
 * log they are one line; as an instant, a duration, a number or a UUID they read back what they say.
 */
#include <stdint.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assert that stays, and stays used, in every build. */
static void must(bool is_true)
{
    if (!is_true)
        __builtin_trap();
}

static void as_json(struct cb_arena *a, cb_str s)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_node *node;
    struct cb_err err;

    cb_buf_put_json(&json, s);
    must(cb_str_is_utf8(cb_buf_str(&json)));
    if (!memchr(s.p ? s.p : "", '\0', s.n)) {
        must(cb_node_parse(&node, a, cb_buf_str(&json), &err) == CB_OK);
        must(!cb_str_is_utf8(s) || cb_str_eq(node->text, s));
    }
    cb_buf_fini(&json);
}

static void as_parts(cb_str s)
{
    size_t n = 0, parts = 0;
    cb_str rest = s, part;

    while (cb_str_split(&part, &rest, ',')) {
        n += part.n;
        parts++;
    }
    must(parts > 0 && n + parts - 1 == s.n);
    for (size_t max = 0; max <= s.n && max < 64; max++) {
        part = cb_str_cut(s, max);
        must(part.n <= max && (!cb_str_is_utf8(s) || cb_str_is_utf8(part)));
    }
    must(cb_str_trim(s).n <= s.n);
}

static void as_values(cb_str s)
{
    uint8_t uuid[16], again[16];
    int64_t value, at_us;
    uint64_t number;
    char text[64];
    cb_str rest = s;

    if (cb_clock_parse(&value, s)) {
        cb_clock_format(text, value);
        if (text[0] >= '0' && text[0] <= '9')
            must(cb_clock_parse(&at_us, cb_str_cstr(text)) &&
                 at_us == value - value % 1000 - (value % 1000 < 0 ? 1000 : 0));
    }
    must(!cb_duration_parse(&value, s) || value >= 0);
    must(!cb_str_to_int(&value, s, -5, 5) || (value >= -5 && value <= 5));
    if (cb_uuid_parse(uuid, s)) {
        cb_uuid_format(text, uuid);
        must(cb_uuid_parse(again, cb_str_cstr(text)) && memcmp(uuid, again, 16) == 0);
        must(cb_str_eq_nocase(s, cb_str_cstr(text)));
    }
    while (cb_varint_get(&number, &rest))
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cb_str s = cb_str_make((const char *)data, size), lower;
    struct cb_arena *a = cb_arena_new();
    const char *quoted;

    as_json(a, s);
    as_parts(s);
    as_values(s);
    lower = cb_arena_lower(a, s);
    must(cb_str_is_utf8(lower) == cb_str_is_utf8(s));
    quoted = cb_log_quote(a, s, 100);
    must(!strpbrk(quoted, "\n\r") && quoted[0] != '\0' && cb_str_is_utf8(cb_str_cstr(quoted)));
    cb_arena_free(a);
    return 0;
}
