#include "tests/support/world.h"

#include <stdlib.h>

#include "catalog/base/hash.h"
#include "catalog/entity/ref.h"

#define NO_ETAG "0000000000000000000000000000000000000000"
#define EDGE_MAX 4096

void cb_world_init(struct cb_world *w)
{
    *w = (struct cb_world){.catalog = cb_catalog_new(), .arena = cb_arena_new()};
    w->build = cb_build_new(&w->catalog->names);
}

void cb_world_fini(struct cb_world *w)
{
    cb_build_free(w->build);
    cb_fault_news_fini(&w->news);
    cb_catalog_free(w->catalog);
    cb_arena_free(w->arena);
}

/* Metadata with uid and etag first, then the document in the order in which it is kept. */
static cb_str make_body(struct cb_buf *b, const struct cb_node *doc, const char *uid)
{
    static const char *const rest[] = {"apiVersion", "kind", "spec"};

    cb_buf_printf(b, "{\"metadata\":{\"uid\":\"%s\",\"etag\":\"" NO_ETAG "\"", uid);
    for (const struct cb_node *n = cb_node_get(doc, "metadata")->first; n; n = n->next) {
        cb_buf_put_char(b, ',');
        cb_buf_put_json(b, n->key);
        cb_buf_put_char(b, ':');
        cb_node_dump(b, n);
    }
    cb_buf_put_char(b, '}');
    for (size_t i = 0; i < CB_COUNT(rest); i++) {
        const struct cb_node *n = cb_node_get(doc, rest[i]);

        if (!n)
            continue;
        cb_buf_printf(b, ",\"%s\":", rest[i]);
        cb_node_dump(b, n);
    }
    cb_buf_put_char(b, '}');
    return cb_buf_str(b);
}

static size_t read_edges(struct cb_edge *edges, cb_str text)
{
    size_t n = 0;
    cb_str one;

    while (text.n > 0 && cb_str_split(&one, &text, ',')) {
        size_t blank;
        int type;

        one = cb_str_trim(one);
        blank = cb_str_find_char(one, ' ', 0);
        type = cb_relation_find(cb_str_sub(one, 0, blank), false);
        if (type < 0 || n == EDGE_MAX)
            abort();
        edges[n++] = (struct cb_edge){(uint8_t)type, cb_str_trim(cb_str_sub(one, blank, one.n))};
    }
    return n;
}

cb_str cb_world_put_status(struct cb_world *w, const char *json, const char *edges,
                           const char *status)
{
    static struct cb_edge all[EDGE_MAX];
    struct cb_arena *a = cb_arena_new();
    struct cb_buf body = CB_BUF_INIT, terms = CB_BUF_INIT;
    struct cb_version_row row = {0};
    struct cb_node *doc, *meta;
    struct cb_err err = {0};
    uint8_t uid[16];
    char text[CB_UUID_TEXT + 1];
    cb_str id, space;

    if (cb_node_parse(&doc, a, cb_str_cstr(json), &err) != CB_OK)
        abort();
    meta = cb_node_get(doc, "metadata");
    space = cb_node_text(meta, "namespace");
    id = cb_ref_id(a,
                   &(struct cb_ref){cb_node_text(doc, "kind"), space.n ? space : CB_LIT("default"),
                                    cb_node_text(meta, "name")});
    if (!space.n)
        cb_node_put(meta, CB_LIT("namespace"), cb_node_string(a, CB_LIT("default")));
    cb_uuid5(uid, id);
    cb_uuid_format(text, uid);
    row.body = make_body(&body, doc, text);
    cb_node_put(meta, CB_LIT("uid"), cb_node_string(a, cb_str_cstr(text)));
    if (cb_term_pack(&terms, doc, &err) != CB_OK)
        abort();
    row.terms = cb_buf_str(&terms);
    row.id = id;
    row.status = cb_str_cstr(status);
    row.edges = all;
    row.edge_n = read_edges(all, cb_str_cstr(edges));
    cb_build_put(w->build, &row);
    id = cb_arena_str(w->arena, id);
    cb_buf_fini(&body);
    cb_buf_fini(&terms);
    cb_arena_free(a);
    return id;
}

cb_str cb_world_put(struct cb_world *w, const char *json, const char *edges)
{
    return cb_world_put_status(w, json, edges, NULL);
}

void cb_world_del(struct cb_world *w, cb_str id)
{
    cb_build_put(w->build, &(struct cb_version_row){.id = id, .gone = true});
}

void cb_world_mended(struct cb_world *w, int64_t source)
{
    if (w->news.sources.n == 0 || w->news.sources.v[w->news.sources.n - 1] != source)
        cb_pile_push(&w->news.sources, source);
}

void cb_world_fault(struct cb_world *w, int64_t source, cb_str id, const char *rule, const char *severity)
{
    const struct cb_names *names = &w->catalog->names;

    cb_world_mended(w, source);
    cb_pile_push(&w->news.all, (struct cb_fault){source, cb_intern_put(names->refs, id), cb_intern_put(names->keys, cb_str_cstr(rule)),
                                                 cb_intern_put(names->keys, cb_str_cstr(severity))});
}

void cb_world_publish(struct cb_world *w)
{
    struct cb_gone gone = {0};
    struct cb_segment *g = cb_build_finish(w->build, &gone);

    cb_catalog_apply_news(w->catalog, g, &gone, &w->news, ++w->generation, "11111111-2222-4333-8444-555555555555",
                          !w->loaded);
    w->loaded = true;
    cb_fault_news_fini(&w->news);
    cb_pile_fini(&gone);
    w->build = cb_build_new(&w->catalog->names);
}
