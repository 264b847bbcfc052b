/*
 * path.h - the shortest ways from one entity to another, the shortest first.
 *
 * Way       no entity twice; of two ways through the same entities by different relations the first relation is told
 * Order     by length, then by the refs on it, order of bytes: the same question has the same answer
 * Limits    CB_PATH_MAX ways, CB_PATH_LENGTH_MAX relations each, CB_PATH_STEP_MAX steps of looking for longer ones;
 *           `cut` says that there may be more
 */
#ifndef CB_RELATE_PATH_H
#define CB_RELATE_PATH_H

#include "catalog/relate/reach.h"

#define CB_PATH_MAX 20
#define CB_PATH_LENGTH_MAX 32
#define CB_PATH_STEP_MAX 200000 /* relations looked at */

struct cb_path {
    uint32_t refs[CB_PATH_LENGTH_MAX + 1]; /* n + 1 of them */
    uint8_t types[CB_PATH_LENGTH_MAX];     /* as seen from the ref before */
    uint32_t n;
};

struct cb_paths {
    struct cb_path *v;
    size_t n; /* 0: there is no way */
    bool cut;
};

/* Up to MOST ways along TYPES (as seen from the ref walked from). In A. CB_ETIMEOUT when STOP says so. */
enum cb_code cb_path_between(struct cb_paths *out, const struct cb_snapshot *s, uint32_t from,
                             uint32_t to, uint64_t types, size_t most, const struct cb_stop *stop,
                             struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;

#endif
