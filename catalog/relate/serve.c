#include "catalog/relate/serve.h"

#include <xxhash.h>

#define WARM_EDGES 16 /* of a list */
#define RELATIONS_OPEN ",\"relations\":["
#define RELATION_BYTES 80 /* of one relation as served: a guess for reserving */

/* ---- relations in order */

static void load_head(const struct cb_seen_run *r, struct cb_seen_list *l)
{
    const struct cb_adjacency *a;
    uint32_t doc;

    if (l->at == l->end)
        return;
    if (!l->part) {
        l->type = r->own->out_type[l->at];
        l->ref = r->own->out_ref[l->at];
    } else {
        a = &l->part->segment->edges;
        doc = a->in_doc[l->at];
        l->type = cb_relations[a->in_type[l->at]].inverse;
        l->ref = l->part->segment->ref_of[doc];
    }
    l->rank = r->names->rank[l->type];
}

/* Past edges of documents that are gone. */
static void skip_dead(struct cb_seen_list *l)
{
    if (!l->part)
        return;
    while (l->at < l->end && !cb_bits_get(l->part->live->w, l->part->segment->edges.in_doc[l->at]))
        l->at++;
}

/* Refs of a list's first edges lie anywhere in memory: ask for all of them before the first is read. */
static void warm(const struct cb_seen_run *r, const struct cb_seen_list *l)
{
    const struct cb_intern *refs = r->names->refs;
    uint32_t end = l->end - l->at > WARM_EDGES ? l->at + WARM_EDGES : l->end;
    const struct cb_segment *g = l->part ? l->part->segment : NULL;

    if (g)
        for (uint32_t i = l->at; i < end; i++)
            __builtin_prefetch(&g->ref_of[g->edges.in_doc[i]]);
    for (uint32_t i = l->at; i < end; i++)
        cb_intern_prefetch(refs, g ? g->ref_of[g->edges.in_doc[i]] : r->own->out_ref[i], false);
    for (uint32_t i = l->at; i < end; i++)
        cb_intern_prefetch(refs, g ? g->ref_of[g->edges.in_doc[i]] : r->own->out_ref[i], true);
}

static void add_list(struct cb_seen_run *r, const struct cb_part *part, uint32_t at, uint32_t end)
{
    struct cb_seen_list *l = &r->lists[r->list_n];

    *l = (struct cb_seen_list){.part = part, .at = at, .end = end};
    skip_dead(l);
    load_head(r, l);
    if (l->at < l->end)
        warm(r, l);
    r->list_n += l->at < l->end;
}

void cb_seen_start(struct cb_seen_run *r, const struct cb_snapshot *s, cb_doc d)
{
    const struct cb_segment *g = s->parts[d.segment].segment;
    uint32_t ref = g->ref_of[d.n];

    r->names = cb_snapshot_names(s);
    r->own = &g->edges;
    r->list_n = 0;
    r->started = false;
    add_list(r, NULL, g->edges.out_at[d.n], g->edges.out_at[d.n + 1]);
    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_adjacency *a;
        uint32_t i;

        if (!s->parts[p].segment)
            continue;
        a = &s->parts[p].segment->edges;
        if ((i = cb_adjacency_target(a, ref)) != UINT32_MAX)
            add_list(r, &s->parts[p], a->in_at[i], a->in_at[i + 1]);
    }
}

static bool before(const struct cb_seen_run *r, const struct cb_seen_list *x,
                   const struct cb_seen_list *y)
{
    if (x->rank != y->rank)
        return x->rank < y->rank;
    if (x->ref == y->ref)
        return false;
    return cb_str_cmp(cb_intern_text(r->names->refs, x->ref),
                      cb_intern_text(r->names->refs, y->ref)) < 0;
}

static bool take_least(struct cb_seen_run *r)
{
    struct cb_seen_list *least = &r->lists[0];

    if (r->list_n == 0)
        return false;
    for (uint32_t i = 1; i < r->list_n; i++)
        if (before(r, &r->lists[i], least))
            least = &r->lists[i];
    r->type = least->type;
    r->ref = least->ref;
    r->stored = !least->part;
    least->at++;
    skip_dead(least);
    load_head(r, least);
    if (least->at == least->end) {
        r->list_n--;
        /* The own edges stay in front, so that of two equal relations the own one is told. */
        for (struct cb_seen_list *l = least; l < r->lists + r->list_n; l++)
            l[0] = l[1];
    }
    return true;
}

bool cb_seen_next(struct cb_seen_run *r)
{
    uint8_t type = r->type;
    uint32_t ref = r->ref;

    do
        if (!take_least(r))
            return false;
    while (r->started && r->type == type && r->ref == ref);
    r->started = true;
    return true;
}

size_t cb_doc_relations(struct cb_relation_seen **out, struct cb_arena *a,
                        const struct cb_snapshot *s, cb_doc d)
{
    struct cb_seen_run run;
    size_t n = 0, most = 0;

    cb_seen_start(&run, s, d);
    for (uint32_t i = 0; i < run.list_n; i++)
        most += run.lists[i].end - run.lists[i].at;
    *out = CB_NEW_N(a, struct cb_relation_seen, most ? most : 1);
    while (cb_seen_next(&run)) {
        cb_doc other = cb_snapshot_where(s, run.ref);

        (*out)[n++] = (struct cb_relation_seen){.type = run.type,
                                                .stored = run.stored,
                                                .missing = other.segment == CB_DOC_NONE,
                                                .other = cb_intern_text(run.names->refs, run.ref),
                                                .other_doc = other};
    }
    return n;
}

/* ---- served bytes */

static char *append(char *to, const void *p, size_t n)
{
    memcpy(to, p, n);
    return to + n;
}

static void put_relation(struct cb_buf *out, const struct cb_seen_run *run, bool first)
{
    static const char head[] = ",{\"type\":\"", middle[] = "\",\"targetRef\":";
    cb_str type = cb_relations[run->type].name, ref = cb_intern_text(run->names->refs, run->ref);
    char *start = cb_buf_reserve(out, sizeof(head) + sizeof(middle) + type.n + ref.n + 4), *to;

    to = append(start, head + first, sizeof(head) - 1 - first);
    to = append(to, type.p, type.n);
    to = append(to, middle, sizeof(middle) - 1);
    if (cb_intern_plain(run->names->refs, run->ref)) {
        *to++ = '"';
        to = append(to, ref.p, ref.n);
        to = append(to, "\"}", 2);
        out->n += (size_t)(to - start);
        return;
    }
    out->n += (size_t)(to - start);
    cb_buf_put_json(out, ref);
    cb_buf_put_char(out, '}');
}

/* A hash of all that is served, in the place that the body keeps for it. */
static void put_etag(char *body, const struct cb_record *r, const char *rest, size_t rest_n)
{
    static const char digits[] = "0123456789abcdef";
    XXH128_hash_t tail = XXH3_128bits(rest, rest_n), sum;
    uint64_t parts[4] = {r->hash[0], r->hash[1], tail.high64, tail.low64}, words[3];
    char *to = body + CB_ENTITY_ETAG_AT;

    sum = XXH3_128bits(parts, sizeof(parts));
    words[0] = sum.high64;
    words[1] = sum.low64;
    words[2] = XXH3_64bits_withSeed(parts, sizeof(parts), 1);
    for (int i = 0; i < CB_ENTITY_ETAG_LEN; i++)
        to[i] = digits[words[i / 16] >> (60 - i % 16 * 4) & 15];
}

size_t cb_doc_put_size(const struct cb_snapshot *s, cb_doc d)
{
    const struct cb_record *r = cb_snapshot_record(s, d);
    const struct cb_adjacency *a = &s->parts[d.segment].segment->edges;
    uint32_t ref = s->parts[d.segment].segment->ref_of[d.n];
    size_t edges = a->out_at[d.n + 1] - a->out_at[d.n];

    for (uint32_t p = 0; p < s->part_n; p++) {
        uint32_t i;

        if (!s->parts[p].segment)
            continue;
        a = &s->parts[p].segment->edges;
        if ((i = cb_adjacency_target(a, ref)) != UINT32_MAX)
            edges += a->in_at[i + 1] - a->in_at[i];
    }
    return r->body_n + r->status_n + 40 + edges * RELATION_BYTES;
}

void cb_doc_put(struct cb_buf *out, const struct cb_snapshot *s, cb_doc d)
{
    const struct cb_record *r = cb_snapshot_record(s, d);
    size_t start = out->n, rest = start + r->body_n - 1;
    struct cb_seen_run run;
    bool first = true;
    char *to;

    /* Room for what most have behind their body, so that the buffer grows once. */
    to = cb_buf_reserve(out, r->body_n + r->status_n + 16 * RELATION_BYTES);
    to = append(to, r->body, r->body_n - 1);
    append(to, RELATIONS_OPEN, sizeof(RELATIONS_OPEN) - 1);
    out->n = rest + sizeof(RELATIONS_OPEN) - 1;
    cb_seen_start(&run, s, d);
    while (cb_seen_next(&run)) {
        put_relation(out, &run, first);
        first = false;
    }
    cb_buf_put_char(out, ']');
    if (r->status_n > 0) {
        cb_buf_put(out, ",\"status\":", 10);
        cb_buf_put(out, r->status, r->status_n);
    }
    cb_buf_put_char(out, '}');
    if (!(r->flags & CB_ENTITY_OWN_ETAG))
        put_etag(out->p + start, r, out->p + rest, out->n - rest);
}
