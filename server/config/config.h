/*
 * config.h - callboard.yaml, the environment and flags, as one struct.
 *
 * Order     default < file < CALLBOARD_… in the environment < flag. The table of scalar options is option.c: name, type,
 *           default, unit, bounds, reloadable, sentence; docs/configuration.md is generated from it.
 * Errors    an unknown key, a wrong type, a value out of bounds: file, line, column, and what would be right
 * Secrets   ${ENV} anywhere in a text; "file:/path" where a secret is expected; never printed back
 * Lifetime  a config owns its arena; process-long, or until the next reload is swapped in
 */
#ifndef CB_CONFIG_CONFIG_H
#define CB_CONFIG_CONFIG_H

#include "catalog/base/node.h"
#include "catalog/entity/rules.h"

struct cb_config_source {
    bool git;            /* false: file */
    cb_str url;          /* clone URL as written (may hold user info; never log) or absolute path of the file */
    cb_str branch;       /* empty: the remote's HEAD */
    const cb_str *paths; /* globs; default "catalog-info.yaml", "**" "/catalog-info.yaml" */
    size_t path_n;
    int64_t interval_us; /* default 60 s; at least 1 s */
    struct cb_rules rules; /* its own, added to the global ones; n 0: none */
    uint32_t line;
};

/* Secrets of which any will do, so that one can be changed without a gap. */
struct cb_config_secrets {
    const cb_str *v;
    size_t n;
};

/* The kinds of webhook: each is a path, /api/webhooks/<name>, and a scheme of signing (server/auth/webhook.h). */
enum cb_webhook_forge {
    CB_WEBHOOK_GITHUB,
    CB_WEBHOOK_GITLAB,
    CB_WEBHOOK_GITEA,
    CB_WEBHOOK_BITBUCKET,
    CB_WEBHOOK_GENERIC,
    CB_WEBHOOK_FORGE_N
};

struct cb_config_integration {
    cb_str host, type;   /* github gitlab gitea forgejo bitbucketCloud bitbucketServer azure git */
    cb_str clone;        /* base of clone URLs; empty: https://host/ */
    cb_str api;          /* base of its API; empty: what its type has (server/plugin/lend.h) */
    cb_str username, token, ssh_key, known_hosts, ca_file; /* resolved; empty: none */
    struct cb_config_secrets webhook; /* good for repositories of this host alone */
};

struct cb_config {
    struct cb_arena *arena;
    cb_str file;             /* where it was read from; empty: none */
    /* http */
    cb_str listen_host;      /* "127.0.0.1" */
    int64_t listen_port;     /* 0: any free one, said in the log */
    cb_str tls_certificate, tls_key;
    bool http2;
    int64_t threads;         /* loops; 0: one a core */
    int64_t workers;         /* job threads */
    int64_t connections_max;
    int64_t body_max_bytes;
    int64_t request_timeout_us;
    int64_t wait_timeout_us; /* of ?wait= */
    int64_t waiting_max;     /* requests that wait at one time */
    int64_t watchers_max;
    int64_t heartbeat_us;    /* of a watch that has nothing to tell */
    cb_str portal_dir;       /* built portal; empty: beside the binary or installed */
    /* identity */
    bool auth_configured;    /* any of the below: tokens required or trusted proxy set */
    bool auth_tokens;        /* auth: {tokens: true}: every request needs a token or session even on loopback */
    const cb_str *trusted_proxies; /* addresses or CIDR */
    size_t trusted_proxy_n;
    cb_str proxy_user_header; /* "X-Forwarded-User" */
    const cb_str *hosts;     /* names accepted in Host; empty: listen address, localhost and public_url's */
    size_t host_n;
    cb_str public_url;
    cb_str guest;            /* ref of the guest; default user:default/guest */
    const cb_str *cors_origins;
    size_t cors_origin_n;
    /* data */
    cb_str data_dir;         /* absolute */
    cb_str database;         /* URL; empty: the private one */
    int64_t pool_max;
    struct cb_config_source *sources;
    size_t source_n;
    struct cb_config_integration *integrations;
    size_t integration_n;
    struct cb_rules rules;
    const struct cb_node *plugins; /* the map as it is written, with lines; NULL: none */
    cb_str plugins_file;           /* where it is written, for sentences */
    cb_str plugins_dir;            /* relative paths in it begin there */
    cb_str plugin_directory;       /* absolute; empty: beside the binary or installed */
    int64_t history_keep_us; /* 0: all of it */
    int64_t history_memory_bytes, history_idle_us;
    cb_str publish_hosts;    /* comma list of hosts, with their ports; "*": any */
    cb_str location_types;   /* comma list of what may be registered: "url" */
    cb_str location_conflict; /* "reject" or "refresh": what registering a known location does */
    int64_t location_interval_us;
    bool locations_readonly;
    struct cb_config_secrets webhooks[CB_WEBHOOK_FORGE_N]; /* good for any host */
    int64_t webhook_body_max_bytes;
    /* software templates */
    int64_t task_concurrency, task_waiting_max;
    cb_str workspaces, repositories; /* absolute */
    int64_t workspace_quota_bytes, task_timeout_us, task_lease_us;
    int64_t task_keep_us;    /* 0: for ever */
    int64_t task_body_max_bytes;
    struct cb_config_secrets task_keys; /* n 0: none is configured */
    const struct cb_node *task_parameters, *task_secrets; /* scaffolder.default_environment; NULL: none */
    cb_str log_level;
    bool access_log;
    int64_t stop_timeout_us;
};

struct cb_config_flags {
    const char *file;   /* --config; NULL: CALLBOARD_CONFIG, ./callboard.yaml when it is there */
    const char *listen; /* --listen */
    const char *data_dir;
    const char *database;
};

enum cb_code cb_config_load(struct cb_config **out, const struct cb_config_flags *flags, struct cb_err *err) CB_MUSTCHECK;
void cb_config_free(struct cb_config *c);
/* Is there a secret for any webhook? */
bool cb_config_hears_webhooks(const struct cb_config *c);
/* What a reload may not change: names the first such option that differs, or NULL. */
const char *cb_config_fixed_change(const struct cb_config *old, const struct cb_config *new);

#endif
