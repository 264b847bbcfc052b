#include "catalog/relate/place.h"

#define HEAD_BYTES 24 /* of a text that are looked for */

/* With its lower-case text behind it: a value whose lower case is another text of maybe another length. */
static cb_value_text put_both(struct cb_blobs *blobs, cb_str text)
{
    struct cb_arena *a = cb_arena_new();
    cb_str lower = cb_arena_lower(a, text);
    uint32_t n = (uint32_t)lower.n;
    char *p = cb_blobs_room(blobs, text.n + sizeof(n) + lower.n);

    memcpy(p, text.p, text.n);
    memcpy(p + text.n, &n, sizeof(n));
    memcpy(p + text.n + sizeof(n), lower.p, lower.n);
    cb_arena_free(a);
    return cb_value_make(p, text.n, CB_VALUE_BOTH);
}

/* TEXT in BODY: its beginning is looked for, then the rest compared; memmem alone would study a long text first. */
static const char *find_text(cb_str body, cb_str text)
{
    size_t head = text.n < HEAD_BYTES ? text.n : HEAD_BYTES;
    const char *p = body.p, *end = body.p + body.n;

    while ((p = memmem(p, (size_t)(end - p), text.p, head))) {
        if ((size_t)(end - p) < text.n)
            return NULL;
        if (memcmp(p + head, text.p + head, text.n - head) == 0)
            return p;
        p++;
    }
    return NULL;
}

static const char *find_escaped(size_t *n, cb_str text, cb_str body, struct cb_buf *scratch)
{
    const char *p;

    cb_buf_clear(scratch);
    cb_buf_put_json(scratch, text);
    *n = scratch->n - 2; /* without the quotes */
    if (*n == text.n || *n > CB_VALUE_BYTES_MAX)
        return NULL;
    p = find_text(body, cb_buf_str(scratch));
    return p ? p + 1 : NULL;
}

cb_value_text cb_place(struct cb_blobs *blobs, cb_str text, cb_str body, struct cb_buf *scratch)
{
    enum cb_value_form form = cb_value_form_of(text);
    const char *p = NULL;
    size_t n;

    if (form == CB_VALUE_BOTH)
        return put_both(blobs, text);
    if (text.n >= CB_PLACE_SEEK_MIN && (p = find_text(body, text)))
        return cb_value_make(p, text.n, form);
    if (text.n >= CB_PLACE_ESCAPED_MIN && (p = find_escaped(&n, text, body, scratch)))
        return cb_value_make(p, n, CB_VALUE_ESCAPED);
    return cb_value_make(cb_blobs_put(blobs, text), text.n, form);
}
