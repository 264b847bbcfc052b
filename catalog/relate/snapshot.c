#include "catalog/relate/snapshot_in.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/relate/merge.h"

#define PLACE_SHIFT 48
#define TAKEN_MASK ((UINT64_C(1) << PLACE_SHIFT) - 1)
#define CURRENT_BIAS (INT64_C(1) << 62) /* in the count of the snapshot that is current */

/* ---- live documents */

struct cb_live *cb_live_new(uint32_t doc_n)
{
    uint32_t word_n = cb_bits_words(doc_n);
    struct cb_live *l = malloc(sizeof(*l) + word_n * sizeof(l->w[0]));

    if (!l)
        abort();
    atomic_init(&l->refs, 1);
    l->n = doc_n;
    l->word_n = word_n;
    cb_bits_fill(l->w, doc_n);
    return l;
}

void cb_live_unref(struct cb_live *l)
{
    if (l && atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) == 1)
        free(l);
}

struct cb_live *cb_snapshot_own_live(struct cb_snapshot *s, uint32_t part)
{
    struct cb_live *old = s->parts[part].live, *l;

    if (atomic_load(&old->refs) == 1)
        return old;
    l = malloc(sizeof(*l) + old->word_n * sizeof(l->w[0]));
    if (!l)
        abort();
    atomic_init(&l->refs, 1);
    l->n = old->n;
    l->word_n = old->word_n;
    memcpy(l->w, old->w, old->word_n * sizeof(l->w[0]));
    s->parts[part].live = l;
    cb_live_unref(old);
    return l;
}

/* ---- where each ref is */

static void page_unref(struct cb_where_page *p)
{
    if (p && atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1)
        free(p);
}

static struct cb_where_page *page_new(const struct cb_where_page *from)
{
    struct cb_where_page *p = malloc(sizeof(*p));

    if (!p)
        abort();
    atomic_init(&p->refs, 1);
    if (from)
        memcpy(p->at, from->at, sizeof(p->at));
    else
        memset(p->at, 0xff, sizeof(p->at));
    return p;
}

void cb_snapshot_move(struct cb_snapshot *s, uint32_t ref, cb_doc to)
{
    uint32_t page = ref / CB_WHERE_PAGE;

    if (page >= s->page_n) {
        uint32_t n = page + 1;

        s->pages = realloc(s->pages, n * sizeof(*s->pages));
        if (!s->pages)
            abort();
        memset(s->pages + s->page_n, 0, (n - s->page_n) * sizeof(*s->pages));
        s->page_n = n;
    }
    if (!s->pages[page]) {
        s->pages[page] = page_new(NULL);
    } else if (atomic_load(&s->pages[page]->refs) > 1) {
        struct cb_where_page *old = s->pages[page];

        s->pages[page] = page_new(old);
        page_unref(old);
    }
    s->pages[page]->at[ref % CB_WHERE_PAGE] = to;
}

/* ---- snapshots */

static struct cb_snapshot *snapshot_new(struct cb_catalog *c)
{
    struct cb_snapshot *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    s->catalog = c;
    atomic_init(&s->refs, CURRENT_BIAS);
    snprintf(s->epoch, sizeof(s->epoch), "00000000-0000-0000-0000-000000000000");
    return s;
}

static void snapshot_free(struct cb_snapshot *s)
{
    for (uint32_t i = 0; i < s->part_n; i++) {
        cb_live_unref(s->parts[i].live);
        cb_segment_unref(s->parts[i].segment);
    }
    for (uint32_t i = 0; i < s->page_n; i++)
        page_unref(s->pages[i]);
    for (int i = 0; i < CB_NAMES_TYPE_MAX; i++)
        free(atomic_load(&s->seers[i]));
    free(atomic_load(&s->dangling));
    cb_faults_unref(s->faults);
    free(s->pages);
    free(s);
}

/* Nobody holds S any more: into the row of the dead. Its place is free from now on. */
static void bury(struct cb_snapshot *s)
{
    struct cb_catalog *c = s->catalog;

    s->next_dead = atomic_load_explicit(&c->dead, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&c->dead, &s->next_dead, s, memory_order_release,
                                                  memory_order_relaxed))
        ;
}

static void release(struct cb_snapshot *s, int64_t n)
{
    if (atomic_fetch_sub_explicit(&s->refs, n, memory_order_acq_rel) == n)
        bury(s);
}

void cb_catalog_sweep(struct cb_catalog *c)
{
    struct cb_snapshot *s = atomic_exchange_explicit(&c->dead, NULL, memory_order_acquire), *next;

    for (; s; s = next) {
        next = s->next_dead;
        atomic_store_explicit(&c->places[s->place], NULL, memory_order_release);
        snapshot_free(s);
    }
}

struct cb_snapshot *cb_catalog_snapshot(struct cb_catalog *c)
{
    uint64_t word = atomic_fetch_add_explicit(&c->current, 1, memory_order_acquire);

    return atomic_load_explicit(&c->places[word >> PLACE_SHIFT], memory_order_acquire);
}

struct cb_snapshot *cb_snapshot_ref(struct cb_snapshot *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void cb_snapshot_unref(struct cb_snapshot *s)
{
    if (s)
        release(s, 1);
}

static void take_place(struct cb_catalog *c, struct cb_snapshot *s)
{
    for (uint32_t tried = 0;; tried++) {
        uint32_t place = c->next_place++ % CB_SNAPSHOT_MAX;

        if (!atomic_load_explicit(&c->places[place], memory_order_acquire)) {
            s->place = place;
            atomic_store_explicit(&c->places[place], s, memory_order_release);
            return;
        }
        if (tried % CB_SNAPSHOT_MAX == CB_SNAPSHOT_MAX - 1) {
            cb_catalog_sweep(c);
            sched_yield();
        }
    }
}

void cb_snapshot_publish(struct cb_catalog *c, struct cb_snapshot *s)
{
    struct cb_snapshot *old;
    uint64_t word;

    s->doc_n = s->bytes = 0;
    s->word_n = 0;
    for (uint32_t i = 0; i < s->part_n; i++) {
        if (!s->parts[i].segment)
            continue;
        s->doc_n += s->parts[i].live->n;
        s->bytes += s->parts[i].segment->bytes;
        s->word_at[i] = s->word_n;
        s->word_n += s->parts[i].segment->pools.word_n;
    }
    take_place(c, s);
    word = atomic_exchange_explicit(&c->current, (uint64_t)s->place << PLACE_SHIFT,
                                    memory_order_acq_rel);
    old = atomic_load(&c->places[word >> PLACE_SHIFT]);
    /* Its takers since it went up, minus those who gave it back already, are what is left of its count. */
    release(old, CURRENT_BIAS - (int64_t)(word & TAKEN_MASK));
}

struct cb_snapshot *cb_snapshot_fork(struct cb_catalog *c)
{
    struct cb_snapshot *old = cb_catalog_snapshot(c), *s = snapshot_new(c);

    s->generation = old->generation;
    s->published_us = old->published_us;
    memcpy(s->epoch, old->epoch, sizeof(s->epoch));
    s->loaded = old->loaded;
    s->part_n = old->part_n;
    for (uint32_t i = 0; i < s->part_n; i++) {
        if (!old->parts[i].segment)
            continue;
        s->parts[i].segment = cb_segment_ref(old->parts[i].segment);
        s->parts[i].live = old->parts[i].live;
        atomic_fetch_add_explicit(&s->parts[i].live->refs, 1, memory_order_relaxed);
    }
    s->faults = cb_faults_ref(old->faults);
    s->page_n = old->page_n;
    s->pages = malloc((s->page_n ? s->page_n : 1) * sizeof(*s->pages));
    if (!s->pages)
        abort();
    for (uint32_t i = 0; i < s->page_n; i++)
        if ((s->pages[i] = old->pages[i]))
            atomic_fetch_add_explicit(&s->pages[i]->refs, 1, memory_order_relaxed);
    cb_snapshot_unref(old);
    return s;
}

void cb_snapshot_drop(struct cb_snapshot *s)
{
    snapshot_free(s);
}

uint32_t cb_snapshot_place(const struct cb_snapshot *s)
{
    uint32_t i = 0;

    while (i < s->part_n && s->parts[i].segment)
        i++;
    return i;
}

/* ---- the catalog */

struct cb_catalog *cb_catalog_new(void)
{
    struct cb_catalog *c = calloc(1, sizeof(*c));
    struct cb_snapshot *s;

    if (!c)
        abort();
    cb_names_init(&c->names);
    pthread_mutex_init(&c->publish, NULL);
    s = snapshot_new(c);
    take_place(c, s);
    atomic_init(&c->current, (uint64_t)s->place << PLACE_SHIFT);
    return c;
}

void cb_catalog_free(struct cb_catalog *c)
{
    uint64_t word;
    struct cb_snapshot *s;

    if (!c)
        return;
    word = atomic_load(&c->current);
    s = atomic_load(&c->places[word >> PLACE_SHIFT]);
    release(s, CURRENT_BIAS - (int64_t)(word & TAKEN_MASK));
    cb_catalog_sweep(c);
    cb_names_fini(&c->names);
    pthread_mutex_destroy(&c->publish);
    free(c);
}

static void kill_ref(struct cb_snapshot *s, uint32_t ref)
{
    cb_doc d = cb_snapshot_where(s, ref);
    struct cb_live *l;

    if (d.segment == CB_DOC_NONE)
        return;
    l = cb_snapshot_own_live(s, d.segment);
    cb_bits_clear(l->w, d.n);
    l->n--;
    cb_snapshot_move(s, ref, (cb_doc){CB_DOC_NONE, 0});
}

static void drop_empty_parts(struct cb_snapshot *s)
{
    for (uint32_t i = 0; i < s->part_n; i++)
        if (s->parts[i].segment && s->parts[i].live->n == 0) {
            cb_live_unref(s->parts[i].live);
            cb_segment_unref(s->parts[i].segment);
            s->parts[i] = (struct cb_part){0};
        }
    while (s->part_n > 0 && !s->parts[s->part_n - 1].segment)
        s->part_n--;
}

static void put_segment(struct cb_snapshot *s, struct cb_segment *segment)
{
    uint32_t place = cb_snapshot_place(s);

    assert(place < CB_PART_MAX);
    for (uint32_t d = 0; d < segment->doc_n; d++) {
        kill_ref(s, segment->ref_of[d]);
        cb_snapshot_move(s, segment->ref_of[d], (cb_doc){place, d});
    }
    s->parts[place] = (struct cb_part){segment, cb_live_new(segment->doc_n)};
    if (place >= s->part_n)
        s->part_n = place + 1;
}

void cb_catalog_apply(struct cb_catalog *c, struct cb_segment *segment, const struct cb_gone *gone,
                      int64_t generation, const char *epoch, bool first)
{
    cb_catalog_apply_news(c, segment, gone, NULL, generation, epoch, first);
}

static void take_news(struct cb_snapshot *s, const struct cb_fault_news *news)
{
    struct cb_faults *old = s->faults;

    s->faults = cb_faults_new(old, news);
    cb_faults_unref(old);
}

void cb_catalog_apply_news(struct cb_catalog *c, struct cb_segment *segment, const struct cb_gone *gone,
                           const struct cb_fault_news *news, int64_t generation, const char *epoch, bool first)
{
    struct cb_snapshot *s;

    if (segment)
        cb_merge_make_room(c);
    pthread_mutex_lock(&c->publish);
    s = first ? snapshot_new(c) : cb_snapshot_fork(c);
    for (size_t i = 0; gone && i < gone->n; i++)
        kill_ref(s, gone->v[i]);
    if (segment)
        put_segment(s, segment);
    drop_empty_parts(s);
    if (news)
        take_news(s, news);
    s->generation = generation;
    s->loaded = true;
    if (epoch)
        snprintf(s->epoch, sizeof(s->epoch), "%s", epoch);
    s->published_us = cb_clock_now_us();
    cb_snapshot_publish(c, s);
    cb_catalog_sweep(c);
    pthread_mutex_unlock(&c->publish);
}

/* ---- questions */

int64_t cb_snapshot_generation(const struct cb_snapshot *s)
{
    return s->generation;
}

bool cb_snapshot_loaded(const struct cb_snapshot *s)
{
    return s->loaded;
}

const char *cb_snapshot_epoch(const struct cb_snapshot *s)
{
    return s->epoch;
}

int64_t cb_snapshot_published_us(const struct cb_snapshot *s)
{
    return s->published_us;
}

size_t cb_snapshot_doc_n(const struct cb_snapshot *s)
{
    return s->doc_n;
}

size_t cb_snapshot_bytes(const struct cb_snapshot *s)
{
    return s->bytes + s->page_n * sizeof(struct cb_where_page) +
           cb_intern_bytes(s->catalog->names.refs) + cb_intern_bytes(s->catalog->names.keys);
}

size_t cb_snapshot_segment_n(const struct cb_snapshot *s)
{
    size_t n = 0;

    for (uint32_t i = 0; i < s->part_n; i++)
        n += s->parts[i].segment != NULL;
    return n;
}

bool cb_snapshot_find(cb_doc *out, const struct cb_snapshot *s, cb_str id)
{
    uint32_t ref = cb_intern_find(s->catalog->names.refs, id);
    cb_doc d;

    if (ref == CB_INTERN_NONE || (d = cb_snapshot_where(s, ref)).segment == CB_DOC_NONE)
        return false;
    *out = d;
    return true;
}

bool cb_snapshot_find_uid(cb_doc *out, const struct cb_snapshot *s, const uint8_t uid[16])
{
    char text[CB_UUID_TEXT + 1];

    cb_uuid_format(text, uid);
    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_segment *g = s->parts[p].segment;
        struct cb_column *c = g ? cb_segment_column(g, s->catalog->names.uid_key) : NULL;
        uint32_t low, high, at = 0, d;

        if (!c)
            continue;
        for (low = c->first, high = c->first + c->n; low < high;) {
            uint32_t mid = low + (high - low) / 2;

            if (cb_value_cmp_str(g->values.v[mid].text, cb_str_cstr(text)) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        if (low == c->first + c->n ||
            cb_value_cmp_str(g->values.v[low].text, cb_str_cstr(text)) != 0)
            continue;
        while ((d = cb_posting_next(&g->pools, g->values.v[low].docs, &at)) != UINT32_MAX)
            if (cb_bits_get(s->parts[p].live->w, d)) {
                *out = (cb_doc){p, d};
                return true;
            }
    }
    return false;
}

cb_str cb_doc_id(const struct cb_snapshot *s, cb_doc d)
{
    return cb_segment_id(s->parts[d.segment].segment, d.n);
}

cb_str cb_doc_body(const struct cb_snapshot *s, cb_doc d)
{
    const struct cb_record *r = cb_snapshot_record(s, d);

    return (cb_str){r->body, r->body_n};
}

cb_str cb_doc_status(const struct cb_snapshot *s, cb_doc d)
{
    const struct cb_record *r = cb_snapshot_record(s, d);

    return (cb_str){r->status, r->status_n};
}

int64_t cb_doc_source(const struct cb_snapshot *s, cb_doc d)
{
    return cb_snapshot_record(s, d)->source;
}
