/*
 * source.h - one source as the conductor reads it: what the configuration says, and how its tree is opened.
 */
#ifndef CB_SYNC_SOURCE_H
#define CB_SYNC_SOURCE_H

#include "catalog/entity/rules.h"
#include "catalog/fetch/forge.h"
#include "catalog/fetch/mirror.h"

struct cb_source_conf {
    bool git;
    cb_str url;    /* clone URL, or absolute path of a descriptor */
    cb_str branch; /* empty: the remote's HEAD */
    const cb_str *paths;
    size_t path_n;
    int64_t interval_us;
    struct cb_rules rules; /* what this source may bring */
    /* of a source that a plugin reads: its files are what the plugin emits, url is "<plugin>/<source>" */
    bool plugin;
    enum cb_code (*open)(struct cb_tree **out, void *ctx, cb_str url, struct cb_err *err); /* takes as long as the plugin */
    void *open_ctx;
    bool registered;       /* the Location entities of all registered locations: no tree at all */
    /* of a source that Location entities lead to (lead.h): paths is the one file or pattern */
    bool led, optional, unwanted; /* optional: the file may be missing; unwanted: nobody names it any more */
    uint32_t depth;               /* sources from where reading began */
    cb_str origin;                /* of all that it brings */
    cb_str tail;                  /* "<branch>/<path>" */
};

/* What all sources share. Borrowed for as long as the schedule runs. */
struct cb_sync_conf {
    struct cb_source_conf *sources;
    size_t source_n;
    const struct cb_credential_set *secrets;
    const struct cb_forge_table *forges; /* integrations; NULL: the well-known ones alone */
    const char *data_dir;
    cb_str repositories; /* absolute: what templates make on this machine; empty: nothing */
    cb_str publish_hosts; /* comma list of "host" and "host:port" beside forges and sources; "*": any */
    struct cb_rules rules; /* of registered locations */
    int64_t interval_us;   /* and how often what they lead to is read */
};

/* Key of the row in the database: "git:<clean url>#<branch>", "file:<path>", "plugin:<plugin>/<source>". */
cb_str cb_source_key(struct cb_arena *a, const struct cb_source_conf *s);

#endif
