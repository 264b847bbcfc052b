/*
 * build.h - rows of entities -> one segment.
 *
 * Rows      in any order; of several for one id the last counts. In ascending order of id, each once, nothing is
 *           sorted again (a first load)
 * Memory    a row is taken in and forgotten: its body once, each distinct value once (as a pointer into a body where
 *           it stands there), 4 bytes a row of the index
 * Threads   one
 */
#ifndef CB_RELATE_BUILD_H
#define CB_RELATE_BUILD_H

#include "catalog/persist/entity_store.h"
#include "catalog/relate/segment.h"

struct cb_build;

/* Ids of refs that went. */
struct cb_gone {
    uint32_t *v;
    size_t n, cap;
};

struct cb_build *cb_build_new(const struct cb_names *names);
void cb_build_free(struct cb_build *b); /* accepts NULL */
void cb_build_put(struct cb_build *b, const struct cb_version_row *row);
/* Frees B. NULL when nothing was put, or all of it went again; GONE (a pile, may be NULL) gets what went. */
struct cb_segment *cb_build_finish(struct cb_build *b, struct cb_gone *gone);

#endif
