/*
 * serve.h - the relations of one document in the order they are served in: one run over sorted lists, no allocation.
 *
 *   struct cb_seen_run run;
 *   cb_seen_start(&run, s, d);
 *   while (cb_seen_next(&run)) use(run.type, run.ref, run.stored);
 */
#ifndef CB_RELATE_SERVE_H
#define CB_RELATE_SERVE_H

#include "catalog/relate/snapshot_in.h"

struct cb_seen_list {
    const struct cb_part *part; /* NULL: the document's own edges */
    uint32_t at, end;
    uint8_t rank, type;
    uint32_t ref;
};

struct cb_seen_run {
    const struct cb_names *names;
    const struct cb_adjacency *own;
    struct cb_seen_list lists[CB_PART_MAX + 1];
    uint32_t list_n;
    bool started;
    /* the relation at hand */
    uint8_t type;
    uint32_t ref;
    bool stored;
};

void cb_seen_start(struct cb_seen_run *r, const struct cb_snapshot *s, cb_doc d);
bool cb_seen_next(struct cb_seen_run *r);

#endif
