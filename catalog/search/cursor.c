#include "catalog/search/cursor.h"

#include "catalog/base/base64.h"

/* ---- reading */

#define MALFORMED "Malformed cursor: "

static enum cb_code read_orders(struct cb_cursor *c, const struct cb_node *list, struct cb_err *err)
{
    if (!list || list->type != CB_ARRAY || list->child_n > CB_ORDER_FIELD_MAX)
        return cb_fail(err, CB_EINVAL, MALFORMED "orderFields must be an array of at most %d",
                       CB_ORDER_FIELD_MAX);
    for (const struct cb_node *n = list->first; n; n = n->next) {
        const struct cb_node *field = cb_node_get(n, "field");
        cb_str order = cb_node_text(n, "order");

        if (!field || field->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, MALFORMED "an orderField without a field");
        if (order.n > 0 && !cb_str_eq(order, CB_LIT("asc")) && !cb_str_eq(order, CB_LIT("desc")))
            return cb_fail(err, CB_EINVAL, MALFORMED "an order must be asc or desc");
        c->orders[c->order_n++] = (struct cb_order){field->text, cb_str_eq(order, CB_LIT("desc"))};
    }
    return CB_OK;
}

/* [value ..., ref]: as many values as order fields, or fewer from an older place; the last one tells ties apart. */
static enum cb_code read_place(struct cb_order_at *at, bool *placed, const struct cb_cursor *c,
                               struct cb_arena *a, const struct cb_node *list, struct cb_err *err)
{
    size_t i = 0;

    if (!list || list->type == CB_NULL)
        return CB_OK;
    if (list->type != CB_ARRAY || list->child_n == 0 || list->child_n > c->order_n + 1)
        return cb_fail(err, CB_EINVAL,
                       MALFORMED
                       "orderFieldValues must be an array of a value for each order field "
                       "and the entity");
    for (const struct cb_node *n = list->first; n; n = n->next, i++) {
        if (n->type != CB_STRING && n->type != CB_NULL)
            return cb_fail(err, CB_EINVAL, MALFORMED "orderFieldValues must be strings or null");
        if (!n->next)
            at->id = n->type == CB_STRING ? cb_arena_lower(a, n->text) : CB_LIT("");
        else if (n->type == CB_STRING)
            at->values[i] =
                n->text.n ? n->text : CB_LIT(""); /* as it is: a lower-cased one is its own */
    }
    *placed = true;
    return CB_OK;
}

static enum cb_code read_text(struct cb_cursor *c, struct cb_arena *a, const struct cb_node *full,
                              struct cb_err *err)
{
    const struct cb_node *fields = cb_node_get(full, "fields");

    if (!full || full->type == CB_NULL)
        return CB_OK;
    if (full->type != CB_OBJECT || (fields && fields->type != CB_ARRAY && fields->type != CB_NULL))
        return cb_fail(err, CB_EINVAL, MALFORMED "fullTextFilter must have term and fields");
    c->text = cb_node_text(full, "term");
    if (!fields || fields->type != CB_ARRAY)
        return CB_OK;
    c->text_fields = CB_NEW_N(a, cb_str, fields->child_n + 1);
    for (const struct cb_node *n = fields->first; n; n = n->next)
        if (n->type == CB_STRING)
            c->text_fields[c->text_field_n++] = n->text;
    return CB_OK;
}

static enum cb_code read_filters(struct cb_cursor *c, struct cb_arena *a,
                                 const struct cb_node *root, struct cb_err *err)
{
    const struct cb_node *query = cb_node_get(root, "query"), *legacy = cb_node_get(root, "filter");
    struct cb_filter *x = NULL, *y = NULL;
    struct cb_err why = {0};
    enum cb_code rc = CB_OK;

    if (query && query->type != CB_NULL)
        rc = cb_filter_predicate(&x, a, query, &why);
    if (rc == CB_OK && legacy && legacy->type != CB_NULL)
        rc = cb_filter_legacy(&y, a, legacy, &why);
    if (rc != CB_OK && cb_str_starts(cb_str_cstr(why.text), CB_LIT("Invalid query:")))
        return cb_fail(err, CB_EINVAL, MALFORMED "%s", why.text);
    if (rc != CB_OK) /* well formed, but not to be asked */
        return cb_fail(err, rc, "%s", why.text);
    c->filter = cb_filter_and(a, x, y);
    return CB_OK;
}

enum cb_code cb_cursor_parse(struct cb_cursor **out, struct cb_arena *a, cb_str text,
                             struct cb_err *err)
{
    struct cb_cursor *c = CB_NEW(a, struct cb_cursor);
    struct cb_node *root, *n;
    struct cb_err why = {0};
    bool first = false;
    enum cb_code rc;
    cb_str json;

    if (text.n > CB_CURSOR_MAX)
        return cb_fail(err, CB_EINVAL, MALFORMED "longer than %d bytes", CB_CURSOR_MAX);
    if (!cb_base64_decode(&json, a, text))
        return cb_fail(err, CB_EINVAL, MALFORMED "not base64");
    if (cb_node_parse(&root, a, json, &why) != CB_OK)
        return cb_fail(err, CB_EINVAL, MALFORMED "%s", why.text);
    if (root->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, MALFORMED "not an object");
    if ((rc = read_orders(c, cb_node_get(root, "orderFields"), err)) != CB_OK ||
        (rc = read_place(&c->at, &c->placed, c, a, cb_node_get(root, "orderFieldValues"), err)) !=
            CB_OK ||
        (rc = read_place(&c->first_at, &first, c, a, cb_node_get(root, "firstSortFieldValues"),
                         err)) != CB_OK ||
        (rc = read_text(c, a, cb_node_get(root, "fullTextFilter"), err)) != CB_OK ||
        (rc = read_filters(c, a, root, err)) != CB_OK)
        return rc;
    if (!c->placed)
        return cb_fail(err, CB_EINVAL, MALFORMED "orderFieldValues is missing");
    c->first = first;
    n = cb_node_get(root, "isPrevious");
    if (!n || n->type != CB_BOOL)
        return cb_fail(err, CB_EINVAL, MALFORMED "isPrevious must be true or false");
    c->is_previous = n->b;
    n = cb_node_get(root, "totalItems");
    if (n && n->type != CB_INT && n->type != CB_REAL && n->type != CB_NULL)
        return cb_fail(err, CB_EINVAL, MALFORMED "totalItems must be a number");
    c->total = n && n->type == CB_INT ? n->i : 0;
    *out = c;
    return CB_OK;
}

/* ---- writing */

static void put_place(struct cb_buf *b, const struct cb_cursor *c, const struct cb_order_at *at,
                      size_t most)
{
    cb_buf_put_char(b, '[');
    for (size_t i = 0; i < c->order_n; i++) {
        cb_str v = at->values[i];

        while (v.n > most && v.n > 0 && ((unsigned char)v.p[most] & 0xc0) == 0x80)
            most--;
        if (v.p)
            cb_buf_put_json(b, cb_str_sub(v, 0, most));
        else
            cb_buf_put_cstr(b, "null");
        cb_buf_put_char(b, ',');
    }
    cb_buf_put_json(b, at->id);
    cb_buf_put_char(b, ']');
}

static void put_text(struct cb_buf *b, const struct cb_cursor *c)
{
    cb_buf_put_cstr(b, ",\"fullTextFilter\":{\"term\":");
    cb_buf_put_json(b, c->text);
    if (c->text_field_n > 0) {
        cb_buf_put_cstr(b, ",\"fields\":[");
        for (size_t i = 0; i < c->text_field_n; i++) {
            if (i)
                cb_buf_put_char(b, ',');
            cb_buf_put_json(b, c->text_fields[i]);
        }
        cb_buf_put_char(b, ']');
    }
    cb_buf_put_char(b, '}');
}

cb_str cb_cursor_format(struct cb_arena *a, const struct cb_cursor *c)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str text;

    cb_buf_put_cstr(&b, "{\"orderFields\":[");
    for (size_t i = 0; i < c->order_n; i++) {
        cb_buf_put_cstr(&b, i ? ",{\"field\":" : "{\"field\":");
        cb_buf_put_json(&b, c->orders[i].field);
        cb_buf_put_cstr(&b, c->orders[i].desc ? ",\"order\":\"desc\"}" : ",\"order\":\"asc\"}");
    }
    cb_buf_put_cstr(&b, "],\"orderFieldValues\":");
    put_place(&b, c, &c->at, SIZE_MAX);
    cb_buf_put_cstr(&b, ",\"firstSortFieldValues\":");
    put_place(&b, c, &c->first_at, CB_CURSOR_FIRST_MAX);
    cb_buf_put_cstr(&b, c->is_previous ? ",\"isPrevious\":true" : ",\"isPrevious\":false");
    if (c->filter) {
        cb_buf_put_cstr(&b, ",\"query\":");
        cb_filter_put(&b, c->filter);
    }
    if (c->text.n > 0)
        put_text(&b, c);
    cb_buf_printf(&b, ",\"totalItems\":%lld}", (long long)c->total);
    text = cb_base64_encode(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return text;
}
