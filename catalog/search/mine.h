/*
 * mine.h - what some owners own, kind by kind, what is wrong with it first: what a person's home shows.
 *
 * Order     kinds by the worst that one of theirs has, then by how many there are; within a kind by the worst problem,
 *           then by name
 * Problems  what "problems.severity" and "problems.rule" answer (filter.h)
 * Threads   pure on a snapshot
 */
#ifndef CB_SEARCH_MINE_H
#define CB_SEARCH_MINE_H

#include "catalog/relate/snapshot.h"

struct cb_mine_item {
    cb_doc doc;
    cb_str severity;     /* of its worst problem; empty: nothing is wrong with it */
    const cb_str *rules; /* of all its problems, by order of bytes */
    size_t rule_n;
};

struct cb_mine_kind {
    cb_str kind; /* as its authors write it */
    size_t total, troubled;
    size_t worst; /* 0: errors; greater is better */
    struct cb_mine_item *items;
    size_t n; /* at most the limit */
};

struct cb_mine {
    size_t total, troubled;
    struct cb_mine_kind *kinds;
    size_t n;
};

/* Say of each of the N documents in ITEMS how it is. */
void cb_mine_look(struct cb_mine_item *items, size_t n, const struct cb_snapshot *s, struct cb_arena *a);
/* Of what OWNERS (lower-case refs) own, up to LIMIT of each kind. Everything in A. */
void cb_mine_run(struct cb_mine *out, const struct cb_snapshot *s, const cb_str *owners, size_t owner_n, size_t limit,
                 struct cb_arena *a);

#endif
