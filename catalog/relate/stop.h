/*
 * stop.h - how long work over the whole graph asks whether it is still wanted.
 *
 * A deadline or a client that went away is known to whoever asked, not here: he gives a function. Whoever works looks every
 * few thousand steps, well below a millisecond apart, and ends with CB_ETIMEOUT.
 */
#ifndef CB_RELATE_STOP_H
#define CB_RELATE_STOP_H

#include "catalog/relate/snapshot.h"

struct cb_stop {
    bool (*over)(const void *ctx); /* NULL: never */
    const void *ctx;
};

static inline bool cb_stop_now(const struct cb_stop *stop)
{
    return stop && stop->over && stop->over(stop->ctx);
}

#endif
