/*
 * descriptor_probe - what catalog/parse makes of a text, for tests in other languages and for people.
 *
 * descriptor_probe FILE...   one JSON line a file
 * descriptor_probe           one JSON line for each JSON line on standard input:
 *     {"do": "read", "hex": BYTES, "path"?, "location"?, "origin"?, "view"?, "edit"?, "source"?, "type"?,
 *      "rules"?: [{"kind", "type"?, "location"?, "glob"?}], "files"?: {PATH: TEXT}}
 *     {"do": "entity", "entity": VALUE, ...the same}
 *     {"do": "yaml", "hex": BYTES}
 *     {"do": "ref", "text": TEXT, "kind"?, "namespace"?}
 *     {"do": "url", "text": TEXT}
 */
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/hash.h"
#include "catalog/base/vec.h"
#include "catalog/entity/url.h"
#include "catalog/parse/descriptor.h"
#include "catalog/parse/yaml.h"

#define FILE_MAX (64 << 20)

static void put_member(struct cb_buf *b, const char *key, cb_str value)
{
    if (b->n && b->p[b->n - 1] != '{')
        cb_buf_put_char(b, ',');
    cb_buf_put_json(b, cb_str_cstr(key));
    cb_buf_put_char(b, ':');
    cb_buf_put_json(b, value);
}

static void put_place(struct cb_buf *b, const struct cb_origin *at)
{
    cb_buf_printf(b, ",\"doc\":%u,\"line\":%u,\"column\":%u", at->doc, at->line, at->column);
}

static void put_problems(struct cb_buf *b, const struct cb_problem *v, size_t n)
{
    cb_buf_put_cstr(b, "\"problems\":[");
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(b, i ? ",{" : "{");
        put_member(b, "rule", cb_str_cstr(v[i].rule));
        put_member(b, "severity", cb_str_cstr(cb_severity_name(v[i].severity)));
        put_member(b, "field", v[i].field);
        put_member(b, "message", v[i].message);
        put_member(b, "remedy", v[i].remedy);
        put_member(b, "entity", v[i].entity);
        put_member(b, "backstage", v[i].backstage);
        put_place(b, &v[i].at);
        cb_buf_put_char(b, '}');
    }
    cb_buf_put_char(b, ']');
}

static void put_terms(struct cb_buf *b, cb_str terms)
{
    static const char *const types[] = {"value", "null", "inner"};
    const char *comma = "";
    struct cb_term term;

    cb_buf_put_cstr(b, ",\"terms\":[");
    while (cb_term_next(&term, &terms)) {
        cb_buf_printf(b, "%s[\"%s\",", comma, types[term.type]);
        cb_buf_put_json(b, term.key);
        cb_buf_put_char(b, ',');
        cb_buf_put_json(b, term.value);
        cb_buf_put_char(b, ']');
        comma = ",";
    }
    cb_buf_put_char(b, ']');
}

static void put_entity(struct cb_buf *b, const struct cb_entity *e)
{
    cb_buf_put_char(b, '{');
    put_member(b, "id", e->id);
    put_place(b, &e->at);
    cb_buf_printf(b, ",\"flags\":%u,\"body\":", e->flags);
    cb_buf_put_str(b, e->body);
    cb_buf_put_cstr(b, ",\"edges\":[");
    for (size_t i = 0; i < e->edge_n; i++) {
        cb_buf_put_cstr(b, i ? ",[" : "[");
        cb_buf_put_json(b, cb_relations[e->edges[i].type].name);
        cb_buf_put_char(b, ',');
        cb_buf_put_json(b, e->edges[i].target);
        cb_buf_put_char(b, ']');
    }
    cb_buf_put_char(b, ']');
    put_terms(b, e->terms);
    cb_buf_put_char(b, '}');
}

static void put_descriptor(struct cb_buf *b, const struct cb_descriptor *d)
{
    cb_buf_printf(b, "{\"docs\":%u,\"entities\":[", d->doc_n);
    for (size_t i = 0; i < d->entity_n; i++) {
        if (i)
            cb_buf_put_char(b, ',');
        put_entity(b, &d->entities[i]);
    }
    cb_buf_put_cstr(b, "],");
    put_problems(b, d->problems, d->problem_n);
    cb_buf_put_cstr(b, ",\"targets\":[");
    for (size_t i = 0; i < d->target_n; i++) {
        cb_buf_put_cstr(b, i ? ",{" : "{");
        put_member(b, "entity", d->targets[i].entity);
        put_member(b, "type", d->targets[i].type);
        put_member(b, "text", d->targets[i].text);
        cb_buf_printf(b, ",\"optional\":%s}", d->targets[i].optional ? "true" : "false");
    }
    cb_buf_put_cstr(b, "],\"broken\":[");
    for (size_t i = 0; i < d->broken_n; i++) {
        cb_buf_put_cstr(b, i ? ",{" : "{");
        put_member(b, "id", d->broken[i].id);
        put_place(b, &d->broken[i].at);
        cb_buf_put_char(b, '}');
    }
    cb_buf_put_cstr(b, "],\"includes\":[");
    for (size_t i = 0; i < d->include_n; i++) {
        if (i)
            cb_buf_put_char(b, ',');
        cb_buf_put_json(b, d->includes[i]);
    }
    cb_buf_put_cstr(b, "]}");
}

static void put_yaml(struct cb_buf *b, struct cb_arena *a, cb_str bytes)
{
    struct cb_yaml yaml;

    cb_yaml_read(&yaml, a, bytes);
    cb_buf_put_cstr(b, "{\"docs\":[");
    for (size_t i = 0; i < yaml.doc_n; i++) {
        const struct cb_yaml_doc *d = &yaml.docs[i];

        cb_buf_printf(b, "%s{\"line\":%u,\"column\":%u", i ? "," : "", d->line, d->column);
        if (d->broken) {
            put_member(b, "broken", d->message);
            put_member(b, "rule", cb_str_cstr(d->rule));
            put_member(b, "remedy", d->remedy);
        } else {
            cb_buf_put_cstr(b, ",\"json\":");
            if (d->root)
                cb_node_dump(b, d->root);
            else
                cb_buf_put_cstr(b, "null");
        }
        cb_buf_put_char(b, '}');
    }
    cb_buf_put_cstr(b, "]}");
}

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path,
                            struct cb_err *err)
{
    const struct cb_node *file;

    (void)a;
    (void)from;
    if (cb_str_starts(target, CB_LIT("./")))
        target = cb_str_sub(target, 2, target.n);
    *path = target;
    file = cb_node_get_str(ctx, target);
    if (!file)
        return cb_fail(err, CB_ENOTFOUND, "no file %" CB_FMT, CB_ARG(target));
    *bytes = file->text;
    return CB_OK;
}

static cb_str text_or(const struct cb_node *rq, const char *key, const char *other)
{
    cb_str s = cb_node_text(rq, key);

    return s.n ? s : cb_str_cstr(other);
}

static struct cb_descriptor_at at_of(const struct cb_node *rq)
{
    return (struct cb_descriptor_at){
        .path = text_or(rq, "path", "catalog-info.yaml"),
        .location = text_or(rq, "location", "url:https://git.example.com/acme/repo/catalog-info.yaml"),
        .origin_location = text_or(rq, "origin", "url:https://git.example.com/acme/repo/catalog-info.yaml"),
        .view_url = cb_node_text(rq, "view"),
        .edit_url = cb_node_text(rq, "edit"),
        .source_location = cb_node_text(rq, "source"),
        .location_type = text_or(rq, "type", "url"),
    };
}

static const struct cb_rules *rules_of(struct cb_arena *a, const struct cb_node *rq)
{
    const struct cb_node *list = cb_node_get(rq, "rules");
    struct cb_rules *rules;
    struct cb_rule *v;
    size_t n = 0;

    if (!list)
        return NULL;
    rules = CB_NEW(a, struct cb_rules);
    v = CB_NEW_N(a, struct cb_rule, list->child_n + 1);
    for (const struct cb_node *c = list->first; c; c = c->next)
        v[n++] = (struct cb_rule){cb_node_text(c, "kind"), cb_node_text(c, "type"), cb_node_text(c, "location"),
                                  cb_node_get(c, "glob") != NULL};
    rules->v = v;
    rules->n = n;
    return rules;
}

static cb_str hex_of(struct cb_arena *a, const struct cb_node *rq)
{
    cb_str hex = cb_node_text(rq, "hex");
    char *p = cb_arena_alloc(a, hex.n / 2 + 1);

    if (!cb_unhex((uint8_t *)p, hex.n / 2, hex))
        return (cb_str){0};
    return cb_str_make(p, hex.n / 2);
}

static void answer(struct cb_buf *b, struct cb_arena *a, struct cb_node *rq)
{
    cb_str what = cb_node_text(rq, "do");
    struct cb_node *files = cb_node_get(rq, "files");
    struct cb_arena *scratch = cb_arena_new();
    struct cb_descriptor_opts opts = {.rules = rules_of(a, rq), .include = files ? include : NULL, .include_ctx = files};
    struct cb_descriptor_at at = at_of(rq);
    struct cb_descriptor d = {0};
    struct cb_err err = {0};

    if (cb_str_eq(what, CB_LIT("yaml"))) {
        put_yaml(b, a, hex_of(a, rq));
    } else if (cb_str_eq(what, CB_LIT("ref"))) {
        struct cb_ref defaults = {cb_node_text(rq, "kind"), cb_node_text(rq, "namespace"), {0}}, ref;

        cb_buf_put_char(b, '{');
        if (cb_ref_parse(&ref, cb_node_text(rq, "text"), &defaults, &err) == CB_OK) {
            put_member(b, "kind", ref.kind);
            put_member(b, "namespace", ref.space);
            put_member(b, "name", ref.name);
            put_member(b, "id", cb_ref_id(a, &ref));
        } else {
            put_member(b, "error", cb_str_cstr(err.text));
        }
        cb_buf_put_char(b, '}');
    } else if (cb_str_eq(what, CB_LIT("url"))) {
        cb_buf_printf(b, "{\"ok\":%s}", cb_url_ok(cb_node_text(rq, "text")) ? "true" : "false");
    } else if (cb_str_eq(what, CB_LIT("entity"))) {
        struct cb_entity e;

        if (cb_descriptor_entity(&e, a, cb_node_get(rq, "entity"), &at, &opts, &d.problems, &d.problem_n, &err) == CB_OK) {
            d.entities = &e;
            d.entity_n = 1;
        }
        put_descriptor(b, &d);
    } else {
        /* The scratch is gone before the result is looked at: nothing of it may be borrowed. */
        opts.scratch = scratch;
        cb_descriptor_read(&d, a, hex_of(a, rq), &at, &opts);
        cb_arena_free(scratch);
        scratch = NULL;
        put_descriptor(b, &d);
    }
    cb_arena_free(scratch);
}

static int read_file(struct cb_buf *b, struct cb_arena *a, const char *path)
{
    struct cb_node *rq = cb_node_new(a, CB_OBJECT);
    struct cb_descriptor_opts opts = {0};
    struct cb_descriptor_at at;
    struct cb_descriptor d;
    FILE *f = fopen(path, "rb");
    struct cb_buf bytes = CB_BUF_INIT;
    size_t n;

    if (!f) {
        perror(path);
        return 1;
    }
    while (bytes.n < FILE_MAX && (n = fread(cb_buf_reserve(&bytes, 65536), 1, 65536, f)) > 0)
        bytes.n += n;
    fclose(f);
    cb_node_put(rq, CB_LIT("path"), cb_node_string(a, cb_str_cstr(path)));
    at = at_of(rq);
    cb_descriptor_read(&d, a, cb_buf_str(&bytes), &at, &opts);
    put_descriptor(b, &d);
    cb_buf_fini(&bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0;

    for (int i = 1; i < argc; i++) {
        cb_buf_clear(&b);
        rc |= read_file(&b, a, argv[i]);
        printf("%s\n", b.p ? b.p : "");
        cb_arena_reset(a);
    }
    while (argc == 1 && (n = getline(&line, &cap, stdin)) > 0) {
        struct cb_err err = {0};
        struct cb_node *rq;

        cb_buf_clear(&b);
        if (cb_node_parse(&rq, a, cb_str_make(line, (size_t)n), &err) == CB_OK)
            answer(&b, a, rq);
        else
            cb_buf_printf(&b, "{\"unreadable\":\"%s\"}", err.text);
        cb_buf_put_char(&b, '\n');
        fwrite(b.p, 1, b.n, stdout);
        fflush(stdout);
        cb_arena_reset(a);
    }
    free(line);
    cb_buf_fini(&b);
    cb_arena_free(a);
    return rc;
}
