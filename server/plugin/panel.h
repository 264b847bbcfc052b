/*
 * panel.h - what plugins say about entities, kept: fresh for a while, then stale with its age, asked once for all who want it.
 *
 *   cb_panel_get -> HERE                    it is fresh; or the last try failed a moment ago: what there is, with why
 *                -> WAIT ... wait->wake     somebody asks the plugin, for all who wait: wait->view is what came of it
 *
 * Fresh     younger than the panel's ttl, of the same entity as it is now (a hash of it), and not asked for anew (refresh)
 * Stale     the plugin or its upstream fails, or takes longer than CB_PANEL_PATIENCE_US: the last good answer up to ttl + stale, with its age
 *           and why. A slow one is waited for all the same, and its answer kept; who wants a new one (refresh, or behind an action) waits for that.
 *           A plugin that used an old answer of its upstream says so itself
 * Nobody    is asked for in vain: when all who wait have left (cb_panel_leave), the plugin is told to cancel. What was shown stale is wanted
 * Failed    is kept too, for CB_PANEL_RETRY_US or the ttl: what is broken is not asked again by everybody
 * Whom      an answer is the same for all: a panel does not hear who asks
 * Limits    CB_PANEL_CACHE_BYTES, CB_PANEL_CACHE_N; the least recently used goes
 * Threads   any, without waiting: fit for a loop. wake may come before cb_panel_get has returned
 */
#ifndef CB_PLUGIN_PANEL_H
#define CB_PLUGIN_PANEL_H

#include <stdatomic.h>

#include "catalog/base/node.h"
#include "server/plugin/supervise.h"

#define CB_PANEL_CACHE_BYTES (64 * 1024 * 1024)
#define CB_PANEL_CACHE_N 20000
#define CB_PANEL_RETRY_US (INT64_C(5) * 1000000)
#define CB_PANEL_REFRESH_US (INT64_C(1) * 1000000) /* an answer younger than this is not asked for anew, whoever wants to */
#define CB_PANEL_PATIENCE_US (INT64_C(1) * 1000000) /* who has an older answer is not kept waiting longer */
#define CB_PANEL_LOOP_BYTES (64 * 1024)            /* a bigger answer is looked at on a worker */

struct cb_panels;
struct cb_panel_entry;

/* Immutable, counted. Texts are NUL-terminated slices of its own memory. */
struct cb_panel_data {
    atomic_uint ref_n;
    bool absent;          /* there is nothing to show for this entity */
    cb_str json;          /* the answer, checked; empty when absent */
    cb_str source, links, actions, type, summary; /* parts of it as JSON; empty: none */
    bool simulated;
    int64_t fetched_us;   /* UTC; of the oldest upstream answer in it */
    bool aged;            /* its upstream was down: it is of an older answer */
    struct cb_arena *arena;
};

/* What there is to show. Unref data. */
struct cb_panel_view {
    struct cb_panel_data *data; /* NULL: nothing */
    bool stale;
    enum cb_plugin_end end;     /* of the last try; CB_PLUGIN_OK, or CB_PLUGIN_ABSENT */
    struct cb_err err;          /* its sentence otherwise: why it is stale, or why there is nothing */
    int64_t since_us, next_us;  /* UTC: since when it fails, when it is tried again (0: with the next question) */
    int64_t age_us;
};

struct cb_panel_wait {
    void (*wake)(struct cb_panel_wait *w); /* any thread, once; view is set */
    struct cb_panel_view view;
    /* the cache's own */
    struct cb_panel_wait *next;
    struct cb_panel_entry *entry; /* where it waits; NULL: nowhere any more */
    bool patient;
};

/* Borrowed for the time of the call, but what it names is copied when the plugin must be asked. */
struct cb_panel_want {
    cb_str plugin, ref;
    const struct cb_plugin_panel *panel;
    cb_str entity;        /* JSON */
    uint64_t hash;        /* of the entity */
    bool refresh;
};

enum cb_panel_found { CB_PANEL_HERE, CB_PANEL_WAIT };

struct cb_panels *cb_panels_new(struct cb_plugins *plugins, struct cb_jobs *jobs);
/* When no plugin answers any more. Accepts NULL. */
void cb_panels_free(struct cb_panels *p);
enum cb_panel_found cb_panel_get(struct cb_panel_view *out, struct cb_panels *p, const struct cb_panel_want *want, struct cb_panel_wait *wait);
/* Who waits has gone: WAIT is woken soon, with CB_PLUGIN_CANCELLED, unless it was or is being woken. WAIT must still be there. */
void cb_panel_leave(struct cb_panels *p, struct cb_panel_wait *wait);
/* Ask anew what is asked for next: of NAME's panels, or all when it is empty; of REF alone unless that is empty. */
void cb_panels_expire(struct cb_panels *p, cb_str plugin, cb_str ref);
void cb_panel_data_unref(struct cb_panel_data *d); /* accepts NULL */

struct cb_panels_stats {
    int64_t entry_n, bytes;
    int64_t hit_n, miss_n, join_n, stale_n, error_n, evict_n; /* since the start */
};
void cb_panels_stats(struct cb_panels *p, struct cb_panels_stats *out);

#endif
