/*
 * fault.h - which refs have which problems: what "problems.rule" and "problems.severity" are answered from.
 *
 * Rows      one for each rule and severity that a ref has in a source: how often does not count. A ref that nobody serves
 *           may be among them; the places of the served ones are looked up in the snapshot that is asked
 * Step      a pass that changes a problem makes a generation: with each one the rows of the sources that it touched are
 *           read anew (persist/problem_store.h), all others are taken over. References to nothing are not here: they are the
 *           snapshot's own (cb_snapshot_dangling)
 * Lifetime  counted; snapshots share them
 */
#ifndef CB_RELATE_FAULT_H
#define CB_RELATE_FAULT_H

#include <stdatomic.h>

#include "catalog/relate/block.h"

struct cb_fault {
    int64_t source;
    uint32_t ref;            /* id of the ref */
    uint32_t rule, severity; /* ids of the texts, among the keys */
};

struct cb_faults {
    atomic_size_t refs;
    size_t n;
    struct cb_fault v[];
};

/* What a database says of the touched sources. */
struct cb_fault_news {
    CB_PILE(int64_t) sources; /* each once, one after the other */
    CB_PILE(struct cb_fault) all;
    bool whole; /* all sources: nothing is taken over */
};

/* OLD (may be NULL) without the sources of NEWS, and what NEWS has. */
struct cb_faults *cb_faults_new(const struct cb_faults *old, const struct cb_fault_news *news);
struct cb_faults *cb_faults_ref(struct cb_faults *f); /* accepts NULL */
void cb_faults_unref(struct cb_faults *f);            /* accepts NULL */
void cb_fault_news_fini(struct cb_fault_news *news);

#endif
