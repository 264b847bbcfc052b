#include "catalog/relate/build.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

#include "catalog/relate/dictionary.h"
#include "catalog/relate/place.h"

#define ITEM_SCAN_MAX                                                                              \
    512 /* values of one key of one entity that are compared one by one without regard to case */
#define SEQUENCE_NONE UINT32_MAX

/* What happened to an id, in order: a document, or its end. */
struct event {
    uint32_t ref, doc; /* doc SEQUENCE_NONE: it went */
};

/* One row of the entity at hand. */
struct row {
    struct cb_term term;
    uint32_t group, column, hash;
    bool itemised; /* has a row "key.value" of its own */
    bool left_out; /* is such a row */
};

/* Rows of one key. */
struct group {
    uint32_t from, to;
    bool listed;
};

struct match {
    uint32_t row, group;
};

struct cb_build {
    const struct cb_names *names;
    struct cb_dictionary dict;
    struct cb_blobs bodies, texts;
    CB_PILE(struct cb_record) docs;
    CB_PILE(uint32_t) refs; /* of docs */
    CB_PILE(struct event) events;
    CB_PILE(uint32_t) row_at; /* of each document, in dict.rows */
    CB_PILE(uint32_t) edge_at;
    CB_PILE(uint32_t) edge_ref;
    CB_PILE(uint8_t) edge_type;
    uint32_t last_ref;
    bool unsorted;
    /* of the row at hand */
    CB_PILE(struct row) rows;
    CB_PILE(struct group) groups;
    CB_PILE(struct match) matches;
    struct cb_buf status; /* packed rows of its status */
    struct cb_arena *arena;
};

struct cb_build *cb_build_new(const struct cb_names *names)
{
    struct cb_build *b = calloc(1, sizeof(*b));

    if (!b)
        abort();
    b->names = names;
    b->last_ref = CB_INTERN_NONE;
    b->arena = cb_arena_new();
    cb_dictionary_init(&b->dict, names, &b->texts);
    return b;
}

static void blobs_fini(struct cb_blobs *b)
{
    for (size_t i = 0; i < b->all.n; i++)
        cb_blob_unref(b->all.v[i]);
    cb_pile_fini(&b->all);
}

void cb_build_free(struct cb_build *b)
{
    if (!b)
        return;
    cb_dictionary_fini(&b->dict);
    blobs_fini(&b->bodies);
    blobs_fini(&b->texts);
    cb_pile_fini(&b->docs);
    cb_pile_fini(&b->refs);
    cb_pile_fini(&b->events);
    cb_pile_fini(&b->row_at);
    cb_pile_fini(&b->edge_at);
    cb_pile_fini(&b->edge_ref);
    cb_pile_fini(&b->edge_type);
    cb_pile_fini(&b->rows);
    cb_pile_fini(&b->groups);
    cb_pile_fini(&b->matches);
    cb_buf_fini(&b->status);
    cb_arena_free(b->arena);
    free(b);
}

/* ---- rows of array items: "k.s" beside value s of k */

static struct group *find_group(struct cb_build *b, cb_str key)
{
    size_t low = 0, high = b->groups.n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (cb_str_cmp(b->rows.v[b->groups.v[mid].from].term.key, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < b->groups.n && cb_str_eq(b->rows.v[b->groups.v[low].from].term.key, key))
        return &b->groups.v[low];
    return NULL;
}

static bool lower_is(struct cb_build *b, cb_str value, cb_str lower)
{
    return cb_str_eq(value, lower) || cb_str_eq(cb_arena_lower(b->arena, value), lower);
}

/* The row of group G whose value is LOWER in lower case. */
static struct row *find_item(struct cb_build *b, const struct group *g, cb_str lower)
{
    uint32_t low = g->from, high = g->to;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (cb_str_cmp(b->rows.v[mid].term.value, lower) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < g->to && b->rows.v[low].term.type == CB_TERM_VALUE &&
        cb_str_eq(b->rows.v[low].term.value, lower))
        return &b->rows.v[low];
    for (uint32_t i = g->from; i < g->to && g->to - g->from <= ITEM_SCAN_MAX; i++)
        if (b->rows.v[i].term.type == CB_TERM_VALUE && lower_is(b, b->rows.v[i].term.value, lower))
            return &b->rows.v[i];
    return NULL;
}

static void match_item(struct cb_build *b, uint32_t at)
{
    cb_str key = b->rows.v[at].term.key;

    for (size_t dot = 1; dot < key.n; dot++) {
        struct group *g;
        struct row *item;

        if (key.p[dot] != '.' || !(g = find_group(b, (cb_str){key.p, dot})))
            continue;
        if (!(item = find_item(b, g, (cb_str){key.p + dot + 1, key.n - dot - 1})))
            continue;
        item->itemised = true;
        cb_pile_push(&b->matches, (struct match){at, (uint32_t)(g - b->groups.v)});
    }
}

/* A key whose values all have their item row is listed; those rows need not be kept. */
static void leave_out_items(struct cb_build *b)
{
    b->matches.n = 0;
    for (uint32_t i = 0; i < b->rows.n; i++)
        if (b->rows.v[i].term.type == CB_TERM_VALUE &&
            cb_str_eq(b->rows.v[i].term.value, CB_LIT("true")))
            match_item(b, i);
    if (b->matches.n == 0)
        return;
    for (size_t k = 0; k < b->groups.n; k++) {
        struct group *g = &b->groups.v[k];
        uint32_t n = 0, itemised = 0;

        for (uint32_t i = g->from; i < g->to; i++)
            if (b->rows.v[i].term.type == CB_TERM_VALUE) {
                n++;
                itemised += b->rows.v[i].itemised;
            }
        g->listed = n > 0 && itemised == n;
    }
    for (size_t k = 0; k < b->matches.n; k++)
        if (b->groups.v[b->matches.v[k].group].listed)
            b->rows.v[b->matches.v[k].row].left_out = true;
}

/* Column and hash of every row that is kept. */
static void hash_rows(struct cb_build *b)
{
    uint32_t column = 0, group = UINT32_MAX;

    for (uint32_t i = 0; i < b->rows.n; i++) {
        struct row *r = &b->rows.v[i];

        if (r->left_out)
            continue;
        if (r->group != group)
            column = cb_dictionary_column(&b->dict, r->term.key);
        group = r->group;
        r->column = column;
        r->hash = cb_dictionary_hash(&b->dict, column, r->term.value);
    }
}

static void put_terms(struct cb_build *b, cb_str terms, cb_str status, cb_str body)
{
    struct cb_term term;

    b->rows.n = b->groups.n = 0;
    while (status.n ? cb_term_next_of(&term, &terms, &status) : cb_term_next(&term, &terms)) {
        uint32_t i = (uint32_t)b->rows.n;

        if (i == 0 || !cb_str_eq(b->rows.v[i - 1].term.key, term.key))
            cb_pile_push(&b->groups, (struct group){.from = i, .to = i});
        b->groups.v[b->groups.n - 1].to = i + 1;
        cb_pile_push(&b->rows, (struct row){.term = term, .group = (uint32_t)b->groups.n - 1});
    }
    leave_out_items(b);
    hash_rows(b);
    for (uint32_t i = 0; i < b->rows.n; i++) {
        const struct row *r = &b->rows.v[i];

        if (r->left_out)
            continue;
        if (r->term.type == CB_TERM_VALUE)
            cb_dictionary_put(&b->dict, r->column, r->term.value, r->hash, body);
        else
            cb_dictionary_put_mark(&b->dict, r->column, CB_MARK_BARE);
        if (b->groups.v[r->group].listed)
            cb_dictionary_put_mark(&b->dict, r->column, CB_MARK_LISTED);
    }
}

/* ---- documents */

/* A status is rare and changes without its entity: its rows are made here, and are kept nowhere else. */
static cb_str pack_status(struct cb_build *b, cb_str json)
{
    struct cb_node *status;

    cb_buf_clear(&b->status);
    if (json.n == 0 || cb_node_parse(&status, b->arena, json, NULL) != CB_OK ||
        cb_term_pack_status(&b->status, status, NULL) != CB_OK)
        return CB_LIT("");
    return cb_buf_str(&b->status);
}

static void put_edges(struct cb_build *b, const struct cb_version_row *row)
{
    for (size_t i = 0; i < row->edge_n; i++) {
        if (row->edges[i].type >= cb_relation_n)
            continue;
        cb_pile_push(&b->edge_ref, cb_intern_put(b->names->refs, row->edges[i].target));
        cb_pile_push(&b->edge_type, row->edges[i].type);
    }
}

void cb_build_put(struct cb_build *b, const struct cb_version_row *row)
{
    uint32_t ref = cb_intern_put(b->names->refs, row->id);
    struct cb_record *r;
    XXH128_hash_t hash;

    if (b->last_ref != CB_INTERN_NONE && !b->unsorted)
        b->unsorted = cb_str_cmp(cb_intern_text(b->names->refs, b->last_ref), row->id) >= 0;
    b->last_ref = ref;
    cb_pile_push(&b->events, (struct event){ref, row->gone ? SEQUENCE_NONE : (uint32_t)b->docs.n});
    if (row->gone) {
        b->unsorted = true;
        return;
    }
    assert(b->docs.n < CB_SEGMENT_DOC_MAX);
    hash = XXH3_128bits(row->body.p, row->body.n);
    cb_pile_push(&b->docs, (struct cb_record){.body = cb_blobs_put(&b->bodies, row->body),
                                              .body_n = (uint32_t)row->body.n,
                                              .hash = {hash.high64, hash.low64},
                                              .source = row->source_id,
                                              .flags = row->flags});
    cb_pile_push(&b->refs, ref);
    r = &b->docs.v[b->docs.n - 1];
    if (row->status.n > 0) {
        r->status = cb_blobs_put(&b->bodies, row->status);
        r->status_n = (uint32_t)row->status.n;
    }
    if (r->body_n < CB_ENTITY_ETAG_AT + CB_ENTITY_ETAG_LEN)
        r->flags |= CB_ENTITY_OWN_ETAG;
    cb_pile_push(&b->row_at, (uint32_t)b->dict.rows.n);
    cb_pile_push(&b->edge_at, (uint32_t)b->edge_ref.n);
    b->dict.doc = (uint32_t)b->docs.n - 1;
    put_terms(b, row->terms, pack_status(b, row->status), (cb_str){r->body, r->body_n});
    put_edges(b, row);
    cb_arena_reset(b->arena);
}

/* ---- the end */

struct last {
    uint32_t ref, doc, when;
};

static int by_ref_when(const void *x, const void *y)
{
    const struct last *a = x, *b = y;

    if (a->ref != b->ref)
        return a->ref < b->ref ? -1 : 1;
    return a->when < b->when ? -1 : a->when > b->when;
}

static int by_id(const void *x, const void *y, void *build)
{
    const struct cb_build *b = build;
    const uint32_t *i = x, *k = y;

    return cb_str_cmp(cb_intern_text(b->names->refs, b->refs.v[*i]),
                      cb_intern_text(b->names->refs, b->refs.v[*k]));
}

/* Numbers of the documents that count, in order of id, into ORDER; what went into GONE. */
static uint32_t settle(struct cb_build *b, uint32_t *order, struct cb_gone *gone)
{
    uint32_t n = 0;
    struct last *last;

    if (!b->unsorted || b->events.n == 0) {
        for (uint32_t i = 0; i < b->docs.n; i++)
            order[n++] = i;
        return n;
    }
    last = cb_block_new(b->events.n * sizeof(*last));
    for (uint32_t i = 0; i < b->events.n; i++)
        last[i] = (struct last){b->events.v[i].ref, b->events.v[i].doc, i};
    qsort(last, b->events.n, sizeof(*last), by_ref_when);
    for (uint32_t i = 0; i < b->events.n; i++) {
        if (i + 1 < b->events.n && last[i + 1].ref == last[i].ref)
            continue;
        if (last[i].doc != SEQUENCE_NONE)
            order[n++] = last[i].doc;
        else if (gone)
            cb_pile_push(gone, last[i].ref);
    }
    cb_block_free(last, b->events.n * sizeof(*last));
    if (n > 0)
        qsort_r(order, n, sizeof(*order), by_id, b);
    return n;
}

static void take_edges(struct cb_segment *s, struct cb_build *b, const uint32_t *order)
{
    uint32_t *at = cb_block_new((s->doc_n + 1) * sizeof(*at)), n = 0;
    CB_PILE(uint32_t) ref = {0};
    CB_PILE(uint8_t) type = {0};

    cb_pile_push(&b->edge_at, (uint32_t)b->edge_ref.n);
    for (uint32_t d = 0; d < s->doc_n; d++) {
        at[d] = n;
        for (uint32_t i = b->edge_at.v[order[d]]; i < b->edge_at.v[order[d] + 1]; i++, n++) {
            cb_pile_push(&ref, b->edge_ref.v[i]);
            cb_pile_push(&type, b->edge_type.v[i]);
        }
    }
    at[s->doc_n] = n;
    cb_adjacency_init(&s->edges, b->names, s->doc_n, at, ref.v, type.v);
    cb_block_free(at, (s->doc_n + 1) * sizeof(*at));
    cb_pile_fini(&ref);
    cb_pile_fini(&type);
}

static void take_blobs(struct cb_segment *s, struct cb_blobs *from)
{
    for (size_t i = 0; i < from->all.n; i++) {
        cb_blob_fit(from->all.v[i]);
        cb_pile_push(&s->blobs.all, from->all.v[i]);
    }
    cb_pile_fini(&from->all);
}

struct cb_segment *cb_build_finish(struct cb_build *b, struct cb_gone *gone)
{
    size_t order_bytes = b->docs.n * sizeof(uint32_t);
    uint32_t *order = cb_block_new(order_bytes);
    uint32_t n = settle(b, order, gone);
    struct cb_segment *s = NULL;

    if (n == 0)
        goto out;
    s = calloc(1, sizeof(*s));
    if (!s)
        abort();
    atomic_init(&s->refs, 1);
    s->names = b->names;
    s->doc_n = n;
    s->docs = cb_block_new(n * sizeof(*s->docs));
    s->ref_of = cb_block_new(n * sizeof(*s->ref_of));
    for (uint32_t i = 0; i < n; i++) {
        s->docs[i] = b->docs.v[order[i]];
        s->ref_of[i] = b->refs.v[order[i]];
    }
    cb_pile_push(&b->row_at, (uint32_t)b->dict.rows.n);
    cb_dictionary_finish(&b->dict, s, order, b->row_at.v);
    take_edges(s, b, order);
    take_blobs(s, &b->bodies);
    take_blobs(s, &b->texts);
    s->bytes = cb_segment_measure(s);

out:
    cb_block_free(order, order_bytes);
    cb_build_free(b);
    return s;
}
