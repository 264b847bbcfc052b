/*
 * settings.h - a plugin's section of callboard.yaml, checked against the plugin's own schema, as its host wants it.
 *
 *   plugins:
 *     argocd:
 *       enabled: false       callboard's own keys, the same for every plugin; the schema never sees them
 *       concurrency: 8       calls at the same time, 1 to 64; CALLBOARD_CONCURRENCY unless set
 *       memory: 512          MB of address space of its process
 *       files: 64            descriptors of its process
 *       ca_file: ca.pem      instead of the system's certificates
 *       deadline: 20s        of panels, routes and panel actions, instead of what their rows say
 *       integrations: [git.example.com]   forges that it may do things on, with their tokens, or all (lend.h)
 *       instances: [...]     everything else is the plugin's
 *
 * Secrets   a text whose schema says "writeOnly" may be "file:/path": its first line. They are masked in all that the plugin writes
 * Allow     scheme, host and port of every text whose schema says "format": "uri", defaults included: where its HTTP may go
 * Errors    file, line and column of what is wrong; a secret is never repeated
 */
#ifndef CB_PLUGIN_SETTINGS_H
#define CB_PLUGIN_SETTINGS_H

#include "catalog/base/node.h"
#include "server/config/config.h"

#define CB_PLUGIN_CONCURRENCY 4
#define CB_PLUGIN_CONCURRENCY_MAX 64
#define CB_PLUGIN_MEMORY_MIN 64      /* MB */
#define CB_PLUGIN_MEMORY_MAX 65536
#define CB_PLUGIN_FILES_MIN 16
#define CB_PLUGIN_FILES_MAX 4096
#define CB_PLUGIN_DEADLINE_MAX_US (INT64_C(3600) * 1000000)

struct cb_plugin_settings {
    bool enabled;
    bool configured;      /* there is a section of that name */
    int64_t concurrency, memory_mb, file_n; /* 0: the host's own default */
    int64_t deadline_us;  /* 0: what the rows say */
    cb_str ca_file;       /* absolute, or empty */
    const struct cb_node *lent; /* integrations; NULL: none. In json, allow and secrets once it is checked */
    cb_str json;          /* its configuration; empty before cb_settings_check */
    const cb_str *allow, *secrets;
    size_t allow_n, secret_n;
    const struct cb_node *section; /* what is not callboard's own; an object */
};

/* Our own keys of NAME's section of CONFIG. In A. CB_EINVAL. */
enum cb_code cb_settings_read(struct cb_plugin_settings *out, struct cb_arena *a, const struct cb_config *config, cb_str name,
                              struct cb_err *err) CB_MUSTCHECK;
/* The rest, by SCHEMA (NULL: there may be none). Fills json, allow and secrets. CB_EINVAL. */
enum cb_code cb_settings_check(struct cb_plugin_settings *s, struct cb_arena *a, const struct cb_config *config, cb_str name,
                               const struct cb_node *schema, struct cb_err *err) CB_MUSTCHECK;
/* Would a process that was started with A be told the same by B? */
bool cb_settings_same(const struct cb_plugin_settings *a, const struct cb_plugin_settings *b);
/* TEXT with *** for each of the secrets, in A. */
cb_str cb_settings_mask(struct cb_arena *a, const struct cb_plugin_settings *s, cb_str text);

#endif
