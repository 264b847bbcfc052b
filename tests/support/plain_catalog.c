#include "tests/support/plain_catalog.h"

#include <stdlib.h>

static const char *const kinds[] = {"Component", "API", "Group", "User"};
static const char *const types[] = {"service", "Service", "SERVICE", "library", "website",
                                    "straße",  "ÄÖ",      "äö",      "42"};
static const char *const tags[] = {"java", "Java",  "go",     "a.b", "true",
                                   "c++",  "x.y.z", "tier-1", "Ünï"};
static const char *const words[] = {"Pays",  "refunds", "100%",           "a_b",          "aXb",
                                    "Äpfel", "ÄPFEL",   "\\\"quoted\\\"", "line\\nbreak", "x"};
static const char *const keys[] = {"kind",
                                   "metadata.name",
                                   "metadata.namespace",
                                   "metadata.uid",
                                   "metadata.tags",
                                   "metadata.tags.java",
                                   "metadata.tags.a.b",
                                   "metadata.description",
                                   "spec",
                                   "spec.type",
                                   "SPEC.Type",
                                   "spec.lifecycle",
                                   "spec.owner",
                                   "spec.custom",
                                   "spec.custom.flag",
                                   "spec.custom.n",
                                   "spec.custom.none",
                                   "spec.list",
                                   "spec.list.k",
                                   "spec.list.java",
                                   "spec.long",
                                   "metadata.annotations",
                                   "metadata.annotations.example.com/a.b",
                                   "metadata.labels.tier",
                                   "relations.ownedby",
                                   "relations.ownerOf",
                                   "relations.dependsOn",
                                   "relations.dependencyof",
                                   "relations.hasmember",
                                   "relations.memberof",
                                   "relations.nosuch",
                                   "relations",
                                   "no.such.key",
                                   "metadata.tags.true",
                                   "metadata.tags.x.y.z",
                                   "spec.empty",
                                   "metadata.etag",
                                   "status",
                                   "status.items",
                                   "status.items.level",
                                   "Status.items.message",
                                   "status.items.error.name",
                                   "problems",
                                   "problems.rule",
                                   "Problems.Severity"};

static const char *const faults[] = {"name-conflict", "field-format", "dangling-reference", "error", "warning", "Warning"};

uint32_t plain_random(struct plain_catalog *c, uint32_t below)
{
    uint64_t z = c->seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % below);
}

#define PICK(c, list) (list)[plain_random((c), CB_COUNT(list))]
#define CHANCE(c, percent) (plain_random((c), 100) < (percent))

static cb_str id_of(struct plain_catalog *c, size_t i)
{
    return cb_arena_printf(c->arena, "%s:%s/n-%zu",
                           i % 4 == 0   ? "component"
                           : i % 4 == 1 ? "api"
                           : i % 4 == 2 ? "group"
                                        : "user",
                           i % 5 ? "default" : "other", i);
}

static void put_words(struct plain_catalog *c, struct cb_buf *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        cb_buf_printf(b, "%s%s", i ? " " : "", PICK(c, words));
}

static void put_tags(struct plain_catalog *c, struct cb_buf *b)
{
    cb_buf_put_char(b, '[');
    for (uint32_t i = 0, n = plain_random(c, 4); i < n; i++)
        cb_buf_printf(b, "%s\"%s\"", i ? "," : "", PICK(c, tags));
    cb_buf_put_char(b, ']');
}

static void put_spec(struct plain_catalog *c, struct cb_buf *b)
{
    cb_buf_printf(b, "{\"type\":\"%s\"", PICK(c, types));
    if (CHANCE(c, 60))
        cb_buf_printf(b, ",\"lifecycle\":%s",
                      CHANCE(c, 20)   ? "null"
                      : CHANCE(c, 50) ? "\"production\""
                                      : "\"Experimental\"");
    if (CHANCE(c, 50))
        cb_buf_printf(b, ",\"owner\":\"Team-%u\"", plain_random(c, 20));
    if (CHANCE(c, 30))
        cb_buf_printf(b, ",\"custom\":{\"flag\":%s,\"n\":%u.5,\"none\":null}",
                      CHANCE(c, 50) ? "true" : "false", plain_random(c, 9));
    if (CHANCE(c, 30)) {
        cb_buf_put_cstr(b, ",\"list\":");
        if (CHANCE(c, 30)) {
            cb_buf_printf(b, "{\"java\":%s,\"k\":[{\"k\":\"v\"}]}",
                          CHANCE(c, 50) ? "true" : "\"True\"");
        } else if (CHANCE(c, 30)) {
            cb_buf_put_cstr(b, "\"java\"");
        } else {
            cb_buf_put_cstr(b, "[{\"k\":\"v\"},\"java\",7,true,{\"k\":[\"w\"]}]");
        }
    }
    if (CHANCE(c, 10)) {
        cb_buf_put_cstr(b, ",\"long\":\"");
        put_words(c, b, 60);
        cb_buf_put_char(b, '"');
    }
    if (CHANCE(c, 10))
        cb_buf_put_cstr(b, CHANCE(c, 50) ? ",\"empty\":{}" : ",\"empty\":[]");
    cb_buf_put_char(b, '}');
}

static void add_row(struct plain_catalog *c, struct plain_entity *e, cb_str key, cb_str text)
{
    struct plain_row row = {cb_arena_lower(c->arena, key), {0}, text};

    if (text.p)
        row.lower = cb_arena_lower(c->arena, text);
    for (size_t i = 0; i < e->rows.n; i++)
        if (cb_str_eq(e->rows.v[i].key, row.key) && !!e->rows.v[i].text.p == !!text.p &&
            cb_str_eq(e->rows.v[i].lower, row.lower))
            return;
    cb_vec_push(&e->rows, row);
}

/* Rows of the value N at PATH, as the reference says, and one for each inner path. */
static void flatten(struct plain_catalog *c, struct plain_entity *e, cb_str path,
                    const struct cb_node *n)
{
    if (n->type == CB_NULL) {
        add_row(c, e, path, (cb_str){0});
    } else if (n->type == CB_ARRAY) {
        add_row(c, e, path, (cb_str){0});
        for (const struct cb_node *k = n->first; k; k = k->next) {
            flatten(c, e, path, k);
            if (k->type == CB_STRING)
                add_row(c, e, cb_arena_printf(c->arena, "%.*s.%.*s", CB_ARG(path), CB_ARG(k->text)),
                        CB_LIT("true"));
        }
    } else if (n->type == CB_OBJECT) {
        if (path.n)
            add_row(c, e, path, (cb_str){0});
        for (const struct cb_node *k = n->first; k; k = k->next) {
            cb_str below =
                path.n ? cb_arena_printf(c->arena, "%.*s.%.*s", CB_ARG(path), CB_ARG(k->key))
                       : cb_arena_str(c->arena, k->key);

            flatten(c, e, below, k);
        }
    } else {
        add_row(c, e, path, n->type == CB_STRING ? n->text : cb_node_scalar(c->arena, n));
    }
}

/* Some are broken, and say so once or twice. */
static cb_str status_of(struct plain_catalog *c)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    if (!CHANCE(c, 15))
        return (cb_str){0};
    cb_buf_put_cstr(&b, "{\"items\":[");
    for (uint32_t k = 0, n = 1 + plain_random(c, 2); k < n; k++)
        cb_buf_printf(&b, "%s{\"type\":\"backstage.io/catalog-processing\",\"level\":\"%s\",\"message\":\"InputError: %s\",\"error\":{\"name\":\"%s\"}}",
                      k ? "," : "", CHANCE(c, 30) ? "warning" : "error", PICK(c, words), CHANCE(c, 30) ? "Error" : "InputError");
    cb_buf_put_cstr(&b, "]}");
    out = cb_arena_str(c->arena, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static void flatten_json(struct plain_catalog *c, struct plain_entity *e, cb_str path, cb_str json)
{
    struct cb_node *n;
    struct cb_err err = {0};

    if (cb_node_parse(&n, c->arena, json, &err) != CB_OK)
        abort();
    flatten(c, e, path, n);
}

void plain_write(struct plain_catalog *c, size_t i)
{
    struct cb_buf b = CB_BUF_INIT, edges = CB_BUF_INIT;
    struct plain_entity *e;

    while (c->all.n <= i) {
        cb_str id = id_of(c, c->all.n);

        cb_vec_push(&c->all, (struct plain_entity){.id = id});
    }
    e = &c->all.v[i];
    e->alive = true;
    e->rows.n = e->said.n = 0;
    cb_buf_printf(&b,
                  "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"N-%zu\","
                  "\"namespace\":\"%s\"",
                  kinds[i % 4], i, i % 5 ? "default" : "other");
    if (CHANCE(c, 70)) {
        cb_buf_put_cstr(&b, ",\"tags\":");
        put_tags(c, &b);
    }
    if (CHANCE(c, 60)) {
        cb_buf_put_cstr(&b, ",\"description\":\"");
        put_words(c, &b, plain_random(c, 6));
        cb_buf_put_char(&b, '"');
    }
    if (CHANCE(c, 30))
        cb_buf_printf(&b, ",\"annotations\":{\"example.com/a.b\":\"V%u\"}", plain_random(c, 30));
    if (CHANCE(c, 5))
        cb_buf_put_cstr(&b, ",\"labels\":{\"tier\":\"GOLD\"}");
    cb_buf_put_cstr(&b, "},\"spec\":");
    put_spec(c, &b);
    cb_buf_put_char(&b, '}');
    for (uint32_t k = 0, n = plain_random(c, 5); k < n; k++) {
        struct cb_edge edge = {(uint8_t)plain_random(c, 14), id_of(c, plain_random(c, 3200))};

        cb_vec_push(&e->said, edge);
        cb_buf_printf(&edges, "%s%.*s %.*s", k ? "," : "", CB_ARG(cb_relations[edge.type].name),
                      CB_ARG(edge.target));
    }
    e->json = cb_arena_str(c->arena, cb_buf_str(&b));
    e->edges = cb_arena_str(c->arena, cb_buf_str(&edges));
    e->status = status_of(c);
    flatten_json(c, e, CB_LIT(""), e->json);
    if (e->status.p)
        flatten_json(c, e, CB_LIT("status"), e->status);
    add_row(c, e, CB_LIT("metadata.etag"), (cb_str){0}); /* everybody has one; what it is no index knows */
    cb_buf_fini(&b);
    cb_buf_fini(&edges);
}

void plain_free(struct plain_catalog *c)
{
    for (size_t i = 0; i < c->all.n; i++) {
        cb_vec_fini(&c->all.v[i].rows);
        cb_vec_fini(&c->all.v[i].said);
    }
    cb_vec_fini(&c->all);
    cb_arena_free(c->arena);
}

static size_t add_relation(struct plain_row *rows, size_t from, size_t n, uint8_t type,
                           cb_str other, struct cb_arena *a)
{
    cb_str key =
        cb_arena_lower(a, cb_arena_printf(a, "relations.%.*s", CB_ARG(cb_relations[type].name)));

    for (size_t i = from; i < n; i++)
        if (cb_str_eq(rows[i].key, key) && cb_str_eq(rows[i].lower, other))
            return n;
    rows[n++] = (struct plain_row){key, other, other};
    return n;
}

size_t plain_rows(struct plain_catalog *c, size_t i, struct plain_row **out, struct cb_arena *a)
{
    struct plain_entity *e = &c->all.v[i];
    size_t n = e->rows.n;

    *out = CB_NEW_N(a, struct plain_row, n + 2000);
    memcpy(*out, e->rows.v, n * sizeof(**out));
    for (size_t k = 0; k < e->said.n; k++)
        n = add_relation(*out, e->rows.n, n, e->said.v[k].type, e->said.v[k].target, a);
    for (size_t x = 0; x < c->all.n; x++)
        for (size_t k = 0; c->all.v[x].alive && k < c->all.v[x].said.n; k++)
            if (cb_str_eq(c->all.v[x].said.v[k].target, e->id))
                n = add_relation(*out, e->rows.n, n,
                                 cb_relations[c->all.v[x].said.v[k].type].inverse, c->all.v[x].id,
                                 a);
    return n;
}

cb_str plain_key(struct plain_catalog *c)
{
    return cb_str_cstr(PICK(c, keys));
}

/* A value that some entity may have under KEY. */
cb_str plain_value(struct plain_catalog *c, cb_str key)
{
    struct plain_entity *e = &c->all.v[plain_random(c, (uint32_t)c->all.n)];

    if (CHANCE(c, 5))
        return CB_LIT("nobody has this");
    if (key.n > 8 && cb_str_eq_nocase(cb_str_sub(key, 0, 8), CB_LIT("problems")))
        return cb_str_cstr(PICK(c, faults));
    if (cb_str_starts(key, CB_LIT("relations")))
        return id_of(c, plain_random(c, 3200));
    for (int tries = 0; tries < 60; tries++) {
        for (size_t i = 0; i < e->rows.n; i++)
            if (e->rows.v[i].text.p && cb_str_eq_nocase(e->rows.v[i].key, key))
                return e->rows.v[i].text;
        e = &c->all.v[plain_random(c, (uint32_t)c->all.n)];
    }
    return CB_LIT("true");
}

struct plain_filter *plain_filter(struct plain_catalog *c, struct cb_arena *a, int depth)
{
    struct plain_filter *f = CB_NEW(a, struct plain_filter);

    f->op = depth > 2 ? (enum plain_op)(PLAIN_IN + plain_random(c, 3))
                      : (enum plain_op)plain_random(c, 6);
    if (f->op == PLAIN_IN && CHANCE(c, 30))
        f->op = PLAIN_EXISTS;
    f->key = plain_key(c);
    if (f->op <= PLAIN_NOT) {
        f->kid_n = f->op == PLAIN_NOT ? 1 : plain_random(c, 4);
        for (size_t i = 0; i < f->kid_n; i++)
            f->kids[i] = plain_filter(c, a, depth + 1);
    } else if (f->op == PLAIN_IN) {
        f->value_n = 1 + plain_random(c, 3);
        for (size_t i = 0; i < f->value_n; i++)
            f->values[i] = plain_value(c, f->key);
    } else if (f->op == PLAIN_PREFIX) {
        cb_str v = plain_value(c, f->key);
        size_t n = plain_random(c, (uint32_t)v.n + 1);

        while (n < v.n && ((unsigned char)v.p[n] & 0xc0) == 0x80)
            n++;
        f->values[f->value_n++] = cb_str_sub(v, 0, n);
    }
    f->lower_key = cb_arena_lower(a, f->key);
    for (size_t i = 0; i < f->value_n; i++)
        f->lower_values[i] = cb_arena_lower(a, f->values[i]);
    return f;
}

void plain_filter_json(struct cb_buf *out, const struct plain_filter *f)
{
    static const char *const logic[] = {"{\"$all\":[", "{\"$any\":[", "{\"$not\":"};

    if (f->op <= PLAIN_NOT) {
        cb_buf_put_cstr(out, logic[f->op]);
        for (size_t i = 0; i < f->kid_n; i++) {
            if (i)
                cb_buf_put_char(out, ',');
            plain_filter_json(out, f->kids[i]);
        }
        cb_buf_put_cstr(out, f->op == PLAIN_NOT ? "}" : "]}");
        return;
    }
    cb_buf_put_char(out, '{');
    cb_buf_put_json(out, f->key);
    cb_buf_put_cstr(out, f->op == PLAIN_EXISTS   ? ":{\"$exists\":true"
                         : f->op == PLAIN_PREFIX ? ":{\"$hasPrefix\":"
                                                 : ":{\"$in\":[");
    for (size_t i = 0; i < f->value_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, f->values[i]);
    }
    cb_buf_put_cstr(out, f->op == PLAIN_IN ? "]}}" : "}}");
}

static bool match_row(const struct plain_filter *f, const struct plain_row *row)
{
    if (!cb_str_eq(row->key, f->lower_key))
        return false;
    if (f->op == PLAIN_EXISTS)
        return true;
    for (size_t i = 0; row->text.p && i < f->value_n; i++)
        if (f->op == PLAIN_IN ? cb_str_eq(row->lower, f->lower_values[i])
                              : cb_str_starts(row->lower, f->lower_values[i]))
            return true;
    return false;
}

bool plain_match(const struct plain_filter *f, const struct plain_row *rows, size_t n)
{
    bool yes = false;

    if (f->op == PLAIN_NOT)
        return !plain_match(f->kids[0], rows, n);
    if (f->op <= PLAIN_ANY) {
        for (size_t i = 0; i < f->kid_n; i++)
            if (plain_match(f->kids[i], rows, n) != (f->op == PLAIN_ALL))
                return f->op == PLAIN_ANY;
        return f->op == PLAIN_ALL;
    }
    for (size_t i = 0; i < n && !yes; i++)
        yes = match_row(f, &rows[i]);
    return yes;
}
