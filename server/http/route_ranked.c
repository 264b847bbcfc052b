#include <pthread.h>

#include "catalog/base/base64.h"
#include "catalog/base/hash.h"
#include "catalog/persist/search_store.h"
#include "server/http/router.h"

#define TERM_MAX 100 /* UTF-16 units, as Backstage counts */
#define PAGE_MAX 100
#define PAGE_DEFAULT 25

/* What documents there are. Those of techdocs come with the documentation. */
static const char *const types[] = {"software-catalog", "techdocs"};

/* ---- what is put around what was found: unguessable, so that no text can hold it */

static char pre_tag[CB_UUID_TEXT + 4], post_tag[CB_UUID_TEXT + 4];

static void make_tags(void)
{
    uint8_t uuid[16];
    char text[CB_UUID_TEXT + 1];

    cb_random(uuid, sizeof(uuid));
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
    cb_uuid_format(text, uuid);
    snprintf(pre_tag, sizeof(pre_tag), "<%s>", text);
    snprintf(post_tag, sizeof(post_tag), "</%s>", text);
}

/* ---- reading the question. What is wrong with it is said in the words of Backstage's validator (zod), as a list */

struct issues {
    struct cb_buf text;
    size_t n;
};

static void put_issue(struct issues *is, const char *message, const char *path)
{
    cb_buf_put_cstr(&is->text, is->n++ ? ",\n  {\n    \"code\": \"custom\",\n    \"message\": "
                                       : "[\n  {\n    \"code\": \"custom\",\n    \"message\": ");
    cb_buf_put_json(&is->text, cb_str_cstr(message));
    cb_buf_printf(&is->text, ",\n    \"path\": [\n      %s\n    ]\n  }", path);
}

static size_t utf16_units(cb_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        n += (c & 0xc0) != 0x80; /* the first byte of a character */
        n += c >= 0xf0;          /* that has two units */
    }
    return n;
}

static void read_term(struct cb_search_ask *ask, struct issues *is, struct cb_request *rq)
{
    char text[96];
    size_t n;

    ask->term = cb_params_get(&rq->params, "term");
    n = utf16_units(ask->term);
    if (n <= TERM_MAX)
        return;
    snprintf(text, sizeof(text), "The term length \"%zu\" is greater than \"%d\"", n, TERM_MAX);
    put_issue(is, text, "\"term\"");
}

static bool is_type(cb_str type)
{
    for (size_t i = 0; i < CB_COUNT(types); i++)
        if (cb_str_eq(type, cb_str_cstr(types[i])))
            return true;
    return false;
}

static void read_types(struct cb_search_ask *ask, struct issues *is, struct cb_request *rq)
{
    cb_str list = CB_LIT("");
    char path[64];
    int n = 0;

    for (size_t i = 0; i < rq->params.n; i++) {
        const struct cb_param *p = &rq->params.v[i];

        if (!cb_str_eq(p->name, CB_LIT("types")))
            continue;
        if (!is_type(p->value)) {
            snprintf(path, sizeof(path), "\"types\",\n      %d", n);
            put_issue(is, "Invalid input", path);
        } else if (cb_str_find(list, p->value) == SIZE_MAX) {
            list = cb_arena_printf(rq->arena, "%" CB_FMT "%s%" CB_FMT, CB_ARG(list), list.n ? "," : "", CB_ARG(p->value));
        }
        n++;
    }
    for (size_t i = 0; n == 0 && i < CB_COUNT(types); i++)
        list = cb_arena_printf(rq->arena, "%" CB_FMT "%s%s", CB_ARG(list), i ? "," : "", types[i]);
    ask->types = list;
}

static void read_limit(struct cb_search_ask *ask, struct issues *is, struct cb_request *rq)
{
    int64_t limit = cb_params_int(&rq->params, "pageLimit", 0);
    char text[96];

    ask->limit = limit > 0 && limit <= PAGE_MAX ? (int32_t)limit : PAGE_DEFAULT;
    if (limit <= PAGE_MAX)
        return;
    snprintf(text, sizeof(text), "The page limit \"%lld\" is greater than \"%d\"", (long long)limit, PAGE_MAX);
    put_issue(is, text, "\"pageLimit\"");
}

/* filters[kind]=API, filters[kind][0]=API: keys in brackets, and at the end the number of an item. */
static enum cb_code read_path(struct cb_search_filter *f, cb_str name, struct cb_err *err)
{
    cb_str rest = cb_str_sub(name, cb_str_find_char(name, '[', 0), name.n);
    int64_t number;

    while (rest.n) {
        size_t end = cb_str_find_char(rest, ']', 0);
        cb_str key;

        if (rest.p[0] != '[' || end == SIZE_MAX)
            return cb_fail(err, CB_EINVAL, "request/query/filters must be object");
        key = cb_str_sub(rest, 1, end);
        rest = cb_str_sub(rest, end + 1, rest.n);
        if (rest.n == 0 && (key.n == 0 || (f->path_n && cb_str_to_int(&number, key, 0, CB_PARAM_N_MAX))))
            break;
        if (f->path_n == CB_SEARCH_FILTER_DEPTH)
            return cb_fail(err, CB_EINVAL, "request/query/filters has over %d keys in one another", CB_SEARCH_FILTER_DEPTH);
        f->path[f->path_n++] = key;
    }
    return f->path_n ? CB_OK : cb_fail(err, CB_EINVAL, "request/query/filters must be object");
}

static enum cb_code read_filters(struct cb_search_ask *ask, struct cb_request *rq, struct cb_err *err)
{
    struct cb_search_filter *filters = CB_NEW_N(rq->arena, struct cb_search_filter, CB_SEARCH_FILTER_MAX);
    enum cb_code rc;

    for (size_t i = 0; i < rq->params.n; i++) {
        const struct cb_param *p = &rq->params.v[i];

        if (!cb_str_eq(p->name, CB_LIT("filters")))
            continue;
        if (ask->filter_n == CB_SEARCH_FILTER_MAX)
            return cb_fail(err, CB_EINVAL, "request/query/filters has over %d values", CB_SEARCH_FILTER_MAX);
        filters[ask->filter_n].value = p->value;
        if ((rc = read_path(&filters[ask->filter_n++], p->written, err)) != CB_OK)
            return rc;
    }
    ask->filters = filters;
    return CB_OK;
}

/* The page's number, in base64. */
static enum cb_code read_cursor(struct cb_search_ask *ask, struct cb_request *rq, struct cb_err *err)
{
    cb_str cursor = cb_params_get(&rq->params, "pageCursor"), text;
    int64_t page;

    if (cursor.n == 0)
        return CB_OK;
    if (!cb_base64_decode(&text, rq->arena, cursor) || !cb_str_to_int(&page, text, 0, CB_SEARCH_OFFSET_MAX / ask->limit))
        return cb_fail(err, CB_EINVAL, "Invalid page cursor");
    ask->offset = (int32_t)page * ask->limit;
    return CB_OK;
}

static enum cb_code read_ask(struct cb_search_ask *ask, struct cb_request *rq, struct cb_err *err)
{
    struct issues is = {.text = CB_BUF_INIT};
    enum cb_code rc;

    if ((rc = read_filters(ask, rq, err)) != CB_OK)
        return rc;
    read_term(ask, &is, rq);
    read_types(ask, &is, rq);
    read_limit(ask, &is, rq);
    rc = is.n ? cb_fail(err, CB_EINVAL, "Invalid query string: %" CB_FMT "\n]", CB_ARG(cb_buf_str(&is.text)))
              : read_cursor(ask, rq, err);
    cb_buf_fini(&is.text);
    return rc;
}

/* ---- answering, member by member in Backstage's order */

static void put_highlight(struct cb_buf *out, const struct cb_search_row *row)
{
    cb_buf_put_cstr(out, ",\"highlight\":{\"preTag\":");
    cb_buf_put_json(out, cb_str_cstr(pre_tag));
    cb_put_member(out, "postTag", cb_str_cstr(post_tag));
    cb_buf_put_cstr(out, ",\"fields\":{");
    if (row->marked) {
        cb_buf_put_cstr(out, "\"text\":");
        cb_buf_put_json(out, row->text);
        cb_put_member(out, "title", row->title);
        cb_put_member(out, "location", row->location);
        cb_put_member(out, "path", CB_LIT(""));
    }
    cb_buf_put_cstr(out, "}}");
}

static enum cb_code put_row(struct cb_buf *out, struct cb_arena *a, const struct cb_search_row *row, int64_t rank,
                            struct cb_err *err)
{
    struct cb_node *document;
    enum cb_code rc = cb_node_parse(&document, a, row->document, err);

    if (rc != CB_OK)
        return rc;
    cb_node_del(document, CB_LIT("authorization"));
    cb_buf_put_cstr(out, "{\"type\":");
    cb_buf_put_json(out, row->type);
    cb_buf_put_cstr(out, ",\"document\":");
    cb_node_dump(out, document);
    cb_put_member_int(out, "rank", rank);
    put_highlight(out, row);
    cb_buf_put_char(out, '}');
    return CB_OK;
}

static void put_cursor(struct cb_buf *out, struct cb_arena *a, const char *name, int64_t page)
{
    cb_put_member(out, name, cb_base64_encode(a, cb_arena_printf(a, "%lld", (long long)page)));
}

static enum cb_code put_found(struct cb_reply *rp, struct cb_request *rq, const struct cb_search_ask *ask,
                              const struct cb_search_found *found, struct cb_err *err)
{
    struct cb_buf *out = &rp->body;
    int64_t page = ask->offset / ask->limit;
    enum cb_code rc;

    cb_buf_printf(out, "{\"numberOfResults\":%lld", (long long)found->total);
    if (found->total > ask->offset + ask->limit)
        put_cursor(out, rq->arena, "nextPageCursor", page + 1);
    if (page > 0)
        put_cursor(out, rq->arena, "previousPageCursor", page - 1);
    cb_buf_put_cstr(out, ",\"results\":[");
    for (size_t i = 0; i < found->row_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        if ((rc = put_row(out, rq->arena, &found->rows[i], ask->offset + (int64_t)i + 1, err)) != CB_OK)
            return rc;
    }
    cb_buf_put_cstr(out, "]}");
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code get_search(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct cb_search_ask ask = {0};
    struct cb_search_found found;
    struct cb_conn *conn;
    enum cb_code rc;

    pthread_once(&once, make_tags);
    ask.pre_tag = cb_str_cstr(pre_tag);
    ask.post_tag = cb_str_cstr(post_tag);
    if ((rc = read_ask(&ask, rq, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_search_run(&found, rq->arena, conn, &ask, err);
    cb_pool_give(rq->env->pool, conn);
    return rc == CB_OK ? put_found(rp, rq, &ask, &found, err) : rc;
}

static const struct cb_param_rule search_params[] = {
    {"term", CB_PARAM_FREE, false, 0, 0, NULL},
    {"types", CB_PARAM_TREE, false, 0, 0, NULL},
    {"filters", CB_PARAM_TREE, false, 0, 0, NULL},
    {"pageCursor", CB_PARAM_FREE, false, 0, 0, NULL},
    {"pageLimit", CB_PARAM_INT, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_ranked[] = {
    {CB_GET, "/api/search/query", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_search, "Query",
     "Documents that have the words asked for, best first", search_params},
    {0},
};
