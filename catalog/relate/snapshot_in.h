/*
 * snapshot_in.h - the inside of a catalog and its snapshots: for relate and search alone.
 *
 *   current    one word: place of the newest snapshot (16 bits), how often it was taken (48 bits). A reader adds 1 and
 *              so both learns which one it is and holds it; the publisher swaps the word and adds what it finds there
 *              to the snapshot's own count. One instruction for a reader, no lock, no loop.
 *   snapshot   parts (a segment and which of its documents live), where each ref is, and what was worked out for it
 *   where      ref id -> document, in pages that a new snapshot shares with the last one save those that changed
 *   dead       snapshots that nobody holds any more: freed by the publisher or the merger, never by a reader
 */
#ifndef CB_RELATE_SNAPSHOT_IN_H
#define CB_RELATE_SNAPSHOT_IN_H

#include <pthread.h>

#include "catalog/relate/build.h"
#include "catalog/relate/fault.h"
#include "catalog/relate/snapshot.h"

#define CB_PART_MAX 64         /* segments of one snapshot */
#define CB_SNAPSHOT_MAX 65536  /* snapshots that are held at one time */
#define CB_WHERE_PAGE 1024     /* refs of a page */
#define CB_DOC_NONE UINT32_MAX /* as cb_doc.segment: nobody */

/* Which documents of a segment live. */
struct cb_live {
    atomic_size_t refs;
    uint32_t n, word_n;
    uint64_t w[];
};

struct cb_part {
    struct cb_segment *segment; /* NULL: an empty place */
    struct cb_live *live;
};

struct cb_where_page {
    atomic_size_t refs;
    cb_doc at[CB_WHERE_PAGE];
};

struct cb_snapshot {
    atomic_int_least64_t refs;
    struct cb_catalog *catalog;
    uint32_t place;
    int64_t generation, published_us;
    char epoch[37];
    bool loaded;
    size_t doc_n, bytes;
    uint32_t part_n; /* places in use lie below it */
    struct cb_part parts[CB_PART_MAX];
    uint32_t page_n;
    struct cb_where_page **pages;
    /* By relation type as seen from a document: who sees one, words of each part one after the other; or NULL. */
    _Atomic(uint64_t *) seers[CB_NAMES_TYPE_MAX];
    _Atomic(uint64_t *) dangling; /* the same of those who name a ref that nobody has registered */
    struct cb_faults *faults;     /* NULL: none are known */
    uint32_t word_at[CB_PART_MAX]; /* where each part's words begin in such a row of words */
    uint32_t word_n;
    struct cb_snapshot *next_dead;
};

struct cb_catalog {
    struct cb_names names;
    atomic_uint_least64_t current;
    _Atomic(struct cb_snapshot *) places[CB_SNAPSHOT_MAX];
    _Atomic(struct cb_snapshot *) dead;
    pthread_mutex_t publish; /* held by whoever makes the next snapshot */
    uint32_t next_place;
};

/*
 * Publish a new snapshot: SEGMENT (taken; may be NULL) on top of the newest one, without the GONE refs; every document
 * of SEGMENT replaces the one that its ref had. FIRST: instead of all that there was.
 */
void cb_catalog_apply(struct cb_catalog *c, struct cb_segment *segment, const struct cb_gone *gone,
                      int64_t generation, const char *epoch, bool first);
/* The same with what changed of problems (fault.h). */
void cb_catalog_apply_news(struct cb_catalog *c, struct cb_segment *segment, const struct cb_gone *gone,
                           const struct cb_fault_news *news, int64_t generation, const char *epoch, bool first);
/* Free what nobody holds. Publisher's or merger's thread. */
void cb_catalog_sweep(struct cb_catalog *c);
/* A copy of the newest snapshot to be changed; publish lock held. */
struct cb_snapshot *cb_snapshot_fork(struct cb_catalog *c);
/* Put it up; publish lock held. */
void cb_snapshot_publish(struct cb_catalog *c, struct cb_snapshot *s);
/* A fork that is not put up after all. */
void cb_snapshot_drop(struct cb_snapshot *s);
/* An unused place among parts; CB_PART_MAX when all are taken. */
uint32_t cb_snapshot_place(const struct cb_snapshot *s);
/* In a fork: where REF is from now on; a part that is its own to change. */
void cb_snapshot_move(struct cb_snapshot *s, uint32_t ref, cb_doc to);
struct cb_live *cb_snapshot_own_live(struct cb_snapshot *s, uint32_t part);
struct cb_live *cb_live_new(uint32_t doc_n);
void cb_live_unref(struct cb_live *l);

static inline cb_doc cb_snapshot_where(const struct cb_snapshot *s, uint32_t ref)
{
    uint32_t page = ref / CB_WHERE_PAGE;

    if (page >= s->page_n || !s->pages[page])
        return (cb_doc){CB_DOC_NONE, 0};
    return s->pages[page]->at[ref % CB_WHERE_PAGE];
}

static inline const struct cb_record *cb_snapshot_record(const struct cb_snapshot *s, cb_doc d)
{
    return &s->parts[d.segment].segment->docs[d.n];
}

static inline const struct cb_names *cb_snapshot_names(const struct cb_snapshot *s)
{
    return &s->catalog->names;
}

/*
 * Documents that see a relation of TYPE, said by themselves or by the other end: words of all parts, part P's from
 * word_at[P]. Worked out once a snapshot.
 */
const uint64_t *cb_snapshot_seers(const struct cb_snapshot *s, uint8_t type);
/* Documents that say a relation to a ref that nobody has registered. Worked out once a snapshot. */
const uint64_t *cb_snapshot_dangling(const struct cb_snapshot *s);
/* Those that see TYPE with OTHER: set in W, which has word_n words. */
void cb_snapshot_seers_of(const struct cb_snapshot *s, uint8_t type, uint32_t other, uint64_t *w);
/* Each document of a part and other end of TYPE as seen from the document, each pair once. Stops at non-zero. */
typedef int cb_pair_fn(cb_doc d, uint32_t other, void *ctx);
int cb_snapshot_each_pair(const struct cb_snapshot *s, uint32_t part, uint8_t type, cb_pair_fn *each, void *ctx);
/*
 * How many documents of MATCH (words of all parts; living ones) see TYPE with each ref: added to N, which has a place
 * for every ref; MET gets the refs whose place was 0 before.
 */
struct cb_ref_pile {
    uint32_t *v;
    size_t n, cap;
};
void cb_snapshot_count_ends(const struct cb_snapshot *s, uint8_t type, const uint64_t *match,
                            uint32_t *n, struct cb_ref_pile *met);
/* Does D say an edge of TYPE to REF itself? */
bool cb_doc_says(const struct cb_snapshot *s, cb_doc d, uint8_t type, uint32_t ref);

#endif
