#include "catalog/relate/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/thread.h"
#include "catalog/relate/dictionary.h"
#include "catalog/relate/place.h"

#define BLOB_SMALL ((size_t)256 * 1024) /* blobs below it are copied into one */
#define DEAD_SHARE 3                    /* one in so many dead: write anew */
#define SWEEP_S 1                       /* the merger looks for dead snapshots so often */

struct input {
    const struct cb_segment *g;
    const uint64_t *live;
    uint32_t part, at; /* document the merge is at */
    uint32_t *to;      /* by document: its number in the result, or CB_DOC_NONE */
};

struct job {
    const struct cb_names *names;
    struct input in[CB_PART_MAX];
    uint32_t in_n;
    struct cb_segment *out;
    struct cb_blobs texts;
    struct {
        const char *from, *to;
        bool kept;
    } * ranges; /* of the inputs' blobs, ascending */
    size_t range_n;
    struct cb_buf scratch;
};

/* ---- which blobs are taken over as they are */

static int by_address(const void *x, const void *y)
{
    const struct cb_blob *const *a = x, *const *b = y;

    return (*a)->p < (*b)->p ? -1 : (*a)->p > (*b)->p;
}

static size_t range_of(const struct job *j, const char *p)
{
    size_t low = 0, high = j->range_n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (j->ranges[mid].to <= p)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void count_live_bytes(const struct job *j, size_t *live)
{
    for (uint32_t i = 0; i < j->in_n; i++)
        for (uint32_t d = 0; d < j->in[i].g->doc_n; d++) {
            const struct cb_record *r = &j->in[i].g->docs[d];

            if (!cb_bits_get(j->in[i].live, d))
                continue;
            live[range_of(j, r->body)] += r->body_n;
            if (r->status_n)
                live[range_of(j, r->status)] += r->status_n;
        }
}

/* Big blobs with mostly living bodies stay; the rest is copied. A blob of texts alone has no bodies: it is copied. */
static void choose_blobs(struct job *j)
{
    CB_PILE(struct cb_blob *) all = {0};
    size_t *live, n = 0;

    for (uint32_t i = 0; i < j->in_n; i++)
        for (size_t b = 0; b < j->in[i].g->blobs.all.n; b++)
            cb_pile_push(&all, j->in[i].g->blobs.all.v[b]);
    if (all.n > 1)
        qsort(all.v, all.n, sizeof(all.v[0]), by_address);
    for (size_t i = 0; i < all.n; i++)
        if (i == 0 || all.v[i] != all.v[i - 1])
            all.v[n++] = all.v[i];
    all.n = n;
    j->ranges = calloc(n ? n : 1, sizeof(*j->ranges));
    live = calloc(n + 1, sizeof(*live));
    if (!j->ranges || !live)
        abort();
    for (j->range_n = 0; j->range_n < n; j->range_n++) {
        j->ranges[j->range_n].from = all.v[j->range_n]->p;
        j->ranges[j->range_n].to = all.v[j->range_n]->p + all.v[j->range_n]->n;
    }
    count_live_bytes(j, live);
    for (size_t i = 0; i < n; i++) {
        j->ranges[i].kept = all.v[i]->n >= BLOB_SMALL && live[i] * 2 > all.v[i]->n;
        if (j->ranges[i].kept)
            cb_pile_push(&j->out->blobs.all, cb_blob_ref(all.v[i]));
    }
    free(live);
    cb_pile_fini(&all);
}

static bool is_kept(const struct job *j, const char *p)
{
    size_t i = range_of(j, p);

    return i < j->range_n && p >= j->ranges[i].from && j->ranges[i].kept;
}

/* ---- documents */

static struct input *least_input(struct job *j)
{
    struct input *least = NULL;

    for (uint32_t i = 0; i < j->in_n; i++) {
        struct input *x = &j->in[i];

        x->at = cb_bits_next(x->live, x->g->doc_n, x->at);
        if (x->at == x->g->doc_n)
            continue;
        if (!least ||
            cb_str_cmp(cb_segment_id(x->g, x->at), cb_segment_id(least->g, least->at)) < 0)
            least = x;
    }
    return least;
}

static void put_document(struct job *j, struct input *x, struct cb_blobs *bodies)
{
    struct cb_record r = x->g->docs[x->at];

    if (!is_kept(j, r.body))
        r.body = cb_blobs_put(bodies, (cb_str){r.body, r.body_n});
    if (r.status_n && !is_kept(j, r.status))
        r.status = cb_blobs_put(bodies, (cb_str){r.status, r.status_n});
    j->out->ref_of[j->out->doc_n] = x->g->ref_of[x->at];
    x->to[x->at++] = j->out->doc_n;
    j->out->docs[j->out->doc_n++] = r;
}

static void merge_documents(struct job *j, struct cb_blobs *bodies)
{
    struct input *x;
    size_t most = 0;

    for (uint32_t i = 0; i < j->in_n; i++) {
        size_t bytes = j->in[i].g->doc_n * sizeof(uint32_t);

        most += cb_bits_count(j->in[i].live, j->in[i].g->pools.word_n);
        j->in[i].to = cb_block_new(bytes);
        memset(j->in[i].to, 0xff, bytes);
    }
    j->out->docs = cb_block_new(most * sizeof(*j->out->docs));
    j->out->ref_of = cb_block_new(most * sizeof(*j->out->ref_of));
    while ((x = least_input(j)))
        put_document(j, x, bodies);
}

static void merge_edges(struct job *j)
{
    uint32_t *at = cb_block_new((j->out->doc_n + 1) * sizeof(*at)), next[CB_PART_MAX] = {0};
    CB_PILE(uint32_t) ref = {0};
    CB_PILE(uint8_t) type = {0};

    for (uint32_t d = 0; d < j->out->doc_n; d++) {
        at[d] = (uint32_t)ref.n;
        for (uint32_t i = 0; i < j->in_n; i++) {
            const struct input *x = &j->in[i];
            uint32_t k = next[i];

            while (k < x->g->doc_n && x->to[k] == CB_DOC_NONE)
                k++;
            next[i] = k;
            if (k == x->g->doc_n || x->to[k] != d)
                continue;
            for (uint32_t e = x->g->edges.out_at[k]; e < x->g->edges.out_at[k + 1]; e++) {
                cb_pile_push(&ref, x->g->edges.out_ref[e]);
                cb_pile_push(&type, x->g->edges.out_type[e]);
            }
            next[i]++;
            break;
        }
    }
    at[j->out->doc_n] = (uint32_t)ref.n;
    cb_adjacency_init(&j->out->edges, j->names, j->out->doc_n, at, ref.v, type.v);
    cb_block_free(at, (j->out->doc_n + 1) * sizeof(*at));
    cb_pile_fini(&ref);
    cb_pile_fini(&type);
}

/* ---- columns */

struct cursor {
    const struct input *in;
    const struct cb_column *c;
    uint32_t at;
};

static int by_number(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

struct docs { /* a pile */
    uint32_t *v;
    size_t n, cap;
};

static void add_docs(struct docs *docs, const struct input *in, struct cb_posting q)
{
    uint32_t i = 0, d;

    while ((d = cb_posting_next(&in->g->pools, q, &i)) != UINT32_MAX)
        if (in->to[d] != CB_DOC_NONE)
            cb_pile_push(docs, in->to[d]);
}

/* The text of a value whose first document in the result is DOC: as it is while its blob is kept, else placed anew. */
static cb_value_text move_text(struct job *j, cb_value_text text, uint32_t doc)
{
    struct cb_arena *a;
    cb_value_text moved;
    const struct cb_record *r = &j->out->docs[doc];

    if (cb_value_n(text) == 0 || is_kept(j, cb_value_at(text)))
        return text;
    a = cb_arena_new();
    moved =
        cb_place(&j->texts, cb_value_text_of(text, a), (cb_str){r->body, r->body_n}, &j->scratch);
    cb_arena_free(a);
    return moved;
}

static void put_value(struct job *j, struct cb_column *c, cb_value_text text, struct docs *docs,
                      bool mixed)
{
    struct cb_value v;

    if (docs->n == 0)
        return;
    if (mixed)
        qsort(docs->v, docs->n, sizeof(docs->v[0]), by_number);
    v.text = move_text(j, text, docs->v[0]);
    v.docs = cb_posting_from_docs(&j->out->pools, docs->v, (uint32_t)docs->n);
    v.docs.same = c->n > 0 && cb_value_same(j->out->values.v[j->out->values.n - 1].text, v.text);
    cb_pile_push(&j->out->values, v);
    c->n++;
}

/* One key: its dictionaries side by side, the least text first. */
static void merge_values(struct job *j, struct cb_column *c, struct cursor *cs, uint32_t n,
                         struct docs *docs)
{
    for (;;) {
        const struct cb_value *least = NULL;
        uint32_t from = 0;

        for (uint32_t i = 0; i < n; i++) {
            const struct cb_value *v;

            if (cs[i].at == cs[i].c->n)
                continue;
            v = &cs[i].in->g->values.v[cs[i].c->first + cs[i].at];
            if (!least || (n > 1 && cb_value_cmp_exact(v->text, least->text) < 0)) {
                least = v;
                from = i;
            }
        }
        if (!least)
            return;
        docs->n = 0;
        for (uint32_t i = from, first = 1; i < n; i++) {
            const struct cb_value *v;

            if (cs[i].at == cs[i].c->n)
                continue;
            v = &cs[i].in->g->values.v[cs[i].c->first + cs[i].at];
            if (!first && cb_value_cmp_exact(v->text, least->text) != 0)
                continue;
            first = 0;
            add_docs(docs, cs[i].in, v->docs);
            cs[i].at++;
        }
        put_value(j, c, least->text, docs, n > 1);
    }
}

/* Documents of the result that some input's posting has, as words. */
static size_t merge_posting(struct job *j, const struct cursor *cs, uint32_t n, bool listed,
                            uint64_t *w)
{
    memset(w, 0, j->out->pools.word_n * sizeof(*w));
    for (uint32_t i = 0; i < n; i++) {
        const struct input *in = cs[i].in;
        uint32_t at = 0, d;

        while ((d = cb_posting_next(&in->g->pools, listed ? cs[i].c->listed : cs[i].c->any, &at)) !=
               UINT32_MAX)
            if (in->to[d] != CB_DOC_NONE)
                cb_bits_set(w, in->to[d]);
    }
    return cb_bits_count(w, j->out->pools.word_n);
}

static void merge_column(struct job *j, uint32_t key, struct cursor *cs, uint32_t n, uint64_t *work,
                         struct docs *docs)
{
    struct cb_column c = {.key = key, .first = (uint32_t)j->out->values.n};
    size_t any;

    merge_values(j, &c, cs, n, docs);
    cb_dictionary_close_column(j->out, &c, NULL, work);
    any = merge_posting(j, cs, n, false, work);
    if (any == 0)
        return;
    if (any > c.valued.n)
        c.any = cb_posting_from_bits(&j->out->pools, work);
    if (merge_posting(j, cs, n, true, work) > 0)
        c.listed = cb_posting_from_bits(&j->out->pools, work);
    cb_pile_push(&j->out->columns, c);
}

/* Keys of all inputs in ascending order of id. */
static void merge_columns(struct job *j)
{
    size_t bytes = j->out->pools.word_n * sizeof(uint64_t), at[CB_PART_MAX] = {0};
    uint64_t *work = cb_block_new(bytes);
    struct docs docs = {0};

    for (;;) {
        struct cursor cs[CB_PART_MAX];
        uint32_t key = UINT32_MAX, n = 0;

        for (uint32_t i = 0; i < j->in_n; i++)
            if (at[i] < j->in[i].g->columns.n && j->in[i].g->columns.v[at[i]].key < key)
                key = j->in[i].g->columns.v[at[i]].key;
        if (key == UINT32_MAX)
            break;
        for (uint32_t i = 0; i < j->in_n; i++)
            if (at[i] < j->in[i].g->columns.n && j->in[i].g->columns.v[at[i]].key == key)
                cs[n++] = (struct cursor){&j->in[i], &j->in[i].g->columns.v[at[i]++], 0};
        merge_column(j, key, cs, n, work, &docs);
    }
    cb_pile_fini(&docs);
    cb_block_free(work, bytes);
}

/* ---- the whole */

static void take_blobs(struct cb_segment *out, struct cb_blobs *from)
{
    for (size_t i = 0; i < from->all.n; i++) {
        cb_blob_fit(from->all.v[i]);
        cb_pile_push(&out->blobs.all, from->all.v[i]);
    }
    cb_pile_fini(&from->all);
}

static struct cb_segment *merge_segments(struct job *j)
{
    struct cb_blobs bodies = {0};
    struct cb_segment *out = calloc(1, sizeof(*out));

    if (!out)
        abort();
    atomic_init(&out->refs, 1);
    out->names = j->names;
    j->out = out;
    choose_blobs(j);
    merge_documents(j, &bodies);
    if (out->doc_n > 0) {
        cb_pools_init(&out->pools, out->doc_n);
        merge_edges(j);
        merge_columns(j);
        cb_pile_fit(&out->columns);
        cb_pile_fit(&out->values);
        cb_pile_fit(&out->pools.few);
        cb_pile_fit(&out->pools.many);
    }
    take_blobs(out, &bodies);
    take_blobs(out, &j->texts);
    out->bytes = cb_segment_measure(out);
    return out;
}

/* Put the result up in place of its inputs; documents that died or moved meanwhile are dead in it from the start. */
static void publish(struct cb_catalog *c, struct job *j)
{
    struct cb_segment *out = j->out;
    struct cb_snapshot *s;
    struct cb_live *live;
    uint32_t place;

    pthread_mutex_lock(&c->publish);
    s = cb_snapshot_fork(c);
    for (uint32_t i = 0; i < j->in_n; i++)
        if (s->parts[j->in[i].part].segment != j->in[i].g)
            goto obsolete;
    live = out->doc_n ? cb_live_new(out->doc_n) : NULL;
    for (uint32_t i = 0; i < j->in_n; i++) {
        struct cb_part *part = &s->parts[j->in[i].part];

        for (uint32_t d = 0; d < j->in[i].g->doc_n; d++)
            if (j->in[i].to[d] != CB_DOC_NONE && !cb_bits_get(part->live->w, d)) {
                cb_bits_clear(live->w, j->in[i].to[d]);
                live->n--;
            }
        cb_live_unref(part->live);
        cb_segment_unref(part->segment);
        *part = (struct cb_part){0};
    }
    place = cb_snapshot_place(s);
    if (!live || live->n == 0) {
        cb_live_unref(live);
        cb_segment_unref(out);
    } else {
        s->parts[place] = (struct cb_part){out, live};
        s->part_n = place >= s->part_n ? place + 1 : s->part_n;
        for (uint32_t d = 0; d < out->doc_n; d++)
            if (cb_bits_get(live->w, d))
                cb_snapshot_move(s, out->ref_of[d], (cb_doc){place, d});
    }
    while (s->part_n > 0 && !s->parts[s->part_n - 1].segment)
        s->part_n--;
    cb_snapshot_publish(c, s);
    cb_catalog_sweep(c);
    pthread_mutex_unlock(&c->publish);
    return;

obsolete: /* the catalog was loaded anew meanwhile */
    cb_segment_unref(out);
    cb_snapshot_drop(s);
    pthread_mutex_unlock(&c->publish);
}

void cb_merge_parts(struct cb_catalog *c, const struct cb_snapshot *s, uint64_t parts)
{
    struct job j = {.names = &c->names};

    for (uint32_t p = 0; p < s->part_n; p++)
        if (parts >> p & 1 && s->parts[p].segment)
            j.in[j.in_n++] =
                (struct input){.g = s->parts[p].segment, .live = s->parts[p].live->w, .part = p};
    if (j.in_n == 0)
        return;
    merge_segments(&j);
    publish(c, &j);
    for (uint32_t i = 0; i < j.in_n; i++)
        cb_block_free(j.in[i].to, j.in[i].g->doc_n * sizeof(uint32_t));
    free(j.ranges);
    cb_buf_fini(&j.scratch);
}

static int tier_of(uint32_t doc_n)
{
    int tier = 0;

    for (; doc_n >= CB_MERGE_RATIO; doc_n /= CB_MERGE_RATIO)
        tier++;
    return tier;
}

/* The parts to merge next, lowest tier first; 0 when all is well. */
static uint64_t due(const struct cb_snapshot *s)
{
    uint64_t tiers[16] = {0}, some = 0;

    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment)
            tiers[tier_of(s->parts[p].live->n)] |= UINT64_C(1) << p;
    for (int t = 0; t < 16; t++) {
        some |= tiers[t];
        if (__builtin_popcountll(tiers[t]) >= CB_MERGE_FAN)
            return some;
    }
    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment && (s->parts[p].segment->doc_n - s->parts[p].live->n) * DEAD_SHARE >
                                       s->parts[p].segment->doc_n)
            return UINT64_C(1) << p;
    return 0;
}

void cb_merge_make_room(struct cb_catalog *c)
{
    for (;;) {
        struct cb_snapshot *s = cb_catalog_snapshot(c);
        uint64_t parts = 0;
        uint32_t biggest = 0;

        if (cb_snapshot_segment_n(s) + 1 < CB_PART_MAX) {
            cb_snapshot_unref(s);
            return;
        }
        for (uint32_t p = 0; p < s->part_n; p++)
            if (s->parts[p].live->n > s->parts[biggest].live->n)
                biggest = p;
        for (uint32_t p = 0; p < s->part_n; p++)
            parts |= (uint64_t)(p != biggest) << p;
        cb_merge_parts(c, s, parts);
        cb_snapshot_unref(s);
    }
}

bool cb_merge_once(struct cb_catalog *c)
{
    struct cb_snapshot *s = cb_catalog_snapshot(c);
    uint64_t parts = due(s);

    if (parts)
        cb_merge_parts(c, s, parts);
    cb_snapshot_unref(s);
    return parts != 0;
}

/* ---- the thread */

struct cb_merger {
    struct cb_catalog *catalog;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop, work;
};

static void *merger_run(void *arg)
{
    struct cb_merger *m = arg;
    bool stop = false;

    cb_thread_begin(CB_THREAD_TIDY, "cb-merge");
    while (!stop) {
        struct timespec until;

        while (cb_merge_once(m->catalog) && !__atomic_load_n(&m->stop, __ATOMIC_RELAXED))
            ;
        pthread_mutex_lock(&m->catalog->publish);
        cb_catalog_sweep(m->catalog);
        pthread_mutex_unlock(&m->catalog->publish);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += SWEEP_S;
        pthread_mutex_lock(&m->lock);
        while (!m->work && !m->stop &&
               pthread_cond_timedwait(&m->wake, &m->lock, &until) != ETIMEDOUT)
            ;
        m->work = false;
        stop = m->stop;
        pthread_mutex_unlock(&m->lock);
    }
    return NULL;
}

struct cb_merger *cb_merger_start(struct cb_catalog *c)
{
    struct cb_merger *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    m->catalog = c;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->wake, NULL);
    if (pthread_create(&m->thread, NULL, merger_run, m) != 0)
        abort();
    return m;
}

void cb_merger_wake(struct cb_merger *m)
{
    pthread_mutex_lock(&m->lock);
    m->work = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
}

void cb_merger_stop(struct cb_merger *m)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    __atomic_store_n(&m->stop, true, __ATOMIC_RELAXED);
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    pthread_cond_destroy(&m->wake);
    pthread_mutex_destroy(&m->lock);
    free(m);
}
