/*
 * dangling.h - what is named and nobody has registered: each such ref once, with all who name it.
 *
 * Order     the most often named first, then by ref, order of bytes; who names it by ref, then by relation
 * Once      an entity that names it twice by the same relation counts once
 */
#ifndef CB_RELATE_DANGLING_H
#define CB_RELATE_DANGLING_H

#include "catalog/relate/reach.h"

struct cb_naming {
    uint32_t ref; /* who names it */
    uint8_t type; /* as he says it */
};

struct cb_dangling {
    uint32_t ref;
    const struct cb_naming *by;
    size_t by_n;
};

struct cb_danglings {
    struct cb_dangling *v;
    size_t n, naming_n;
};

/* Is this one to be counted? */
typedef bool cb_naming_fn(const struct cb_naming *by, uint32_t target, void *ctx);

/* All that WANTED (NULL: any) lets through, in A. CB_ETIMEOUT when STOP says so. */
enum cb_code cb_dangling_all(struct cb_danglings *out, const struct cb_snapshot *s, cb_naming_fn *wanted, void *ctx,
                             const struct cb_stop *stop, struct cb_arena *a,
                             struct cb_err *err) CB_MUSTCHECK;

#endif
