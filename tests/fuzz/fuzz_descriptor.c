/*
 * Any bytes as a file of descriptors: each document gives an entity, a problem or nothing; bodies begin as entity.h
 * says and are JSON; a body read again as an entity gives itself.
 */
#include <assert.h>
#include <stdint.h>

#include "catalog/base/hash.h"
#include "catalog/parse/descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path,
                            struct cb_err *err)
{
    (void)from;
    if (target.n % 3 == 0)
        return cb_fail(err, CB_ENOTFOUND, "no such file");
    *path = cb_arena_str(a, target);
    *bytes = *(cb_str *)ctx;
    return CB_OK;
}

static void check_entity(const struct cb_entity *e)
{
    cb_str head = CB_LIT("{\"metadata\":{\"uid\":\""), next = CB_LIT("\",\"etag\":\"");
    uint8_t uid[16], of_id[16];
    struct cb_term term;
    cb_str rest = e->terms;

    assert(e->id.n && e->ref.kind.n && e->ref.space.n && e->ref.name.n);
    assert(e->body.n > CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN && e->body.n <= CB_ENTITY_BODY_MAX);
    assert(cb_str_starts(e->body, head));
    assert(cb_str_eq(cb_str_sub(e->body, CB_ENTITY_UID_AT + 36, CB_ENTITY_ETAG_AT), next));
    assert(cb_uuid_parse(uid, cb_str_sub(e->body, CB_ENTITY_UID_AT, CB_ENTITY_UID_AT + 36)));
    cb_uuid5(of_id, e->id);
    assert(memcmp(uid, of_id, sizeof(uid)) == 0);
    while (cb_term_next(&term, &rest))
        ;
    assert(rest.n == 0);
    for (size_t i = 0; i < e->edge_n; i++)
        assert(e->edges[i].type < cb_relation_n && e->edges[i].target.n);
}

static void check_again(struct cb_arena *a, const struct cb_entity *e, const struct cb_descriptor_at *at)
{
    struct cb_err err = {0};
    struct cb_node *doc;
    struct cb_entity same;
    enum cb_code rc = cb_node_parse(&doc, a, e->body, &err);

    assert(rc == CB_OK);
    if (!(e->flags & CB_ENTITY_OWN_ETAG))
        cb_node_del(cb_node_get(doc, "metadata"), CB_LIT("etag"));
    rc = cb_descriptor_entity(&same, a, doc, at, &(struct cb_descriptor_opts){0}, NULL, NULL, &err);
    /* A placeholder that was left alone, or came out of another, may be one now. */
    if (cb_str_find(e->body, CB_LIT("\"$")) == SIZE_MAX) {
        assert(rc == CB_OK);
        assert(cb_str_eq(same.body, e->body) && cb_str_eq(same.terms, e->terms) && same.edge_n == e->edge_n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_arena *a = cb_arena_new(), *scratch = cb_arena_new();
    cb_str bytes = {(const char *)data, size};
    struct cb_descriptor_at at = {.path = CB_LIT("a.yaml"), .location = CB_LIT("url:https://h/a.yaml"),
                                  .origin_location = CB_LIT("url:https://h/a.yaml"), .view_url = CB_LIT("https://h/a.yaml"),
                                  .location_type = CB_LIT("url")};
    struct cb_descriptor_opts opts = {.include = include, .include_ctx = &bytes, .scratch = scratch};
    struct cb_descriptor d;

    cb_descriptor_read(&d, a, bytes, &at, &opts);
    cb_arena_free(scratch);
    assert(d.entity_n + d.broken_n <= d.doc_n && (d.broken_n <= d.problem_n || d.problem_n == CB_PROBLEM_N_MAX));
    for (size_t i = 0; i < d.problem_n; i++)
        assert(d.problems[i].rule && d.problems[i].message.n && d.problems[i].remedy.n &&
               d.problems[i].message.n <= CB_PROBLEM_MESSAGE_MAX && cb_str_is_utf8(d.problems[i].message));
    for (size_t i = 0; i < d.entity_n; i++) {
        check_entity(&d.entities[i]);
        check_again(a, &d.entities[i], &at);
    }
    cb_arena_free(a);
    return 0;
}
