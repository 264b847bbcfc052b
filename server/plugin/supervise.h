/*
 * supervise.h - one thread that owns the processes of all plugins: starts, feeds, watches, ends and starts them again.
 *
 *   loading -> ready                 its descriptor is known, its configuration is right, its open() was content
 *   loading -> refused               no plugin, another version, a wrong configuration, open() said no. Until its file or configuration changes
 *   loading -> disabled              enabled: false, or it needs a configuration and there is none
 *   ready   -> loading               its process ended: started again at once the first time, then
 *           -> failing               after a pause that doubles, with jitter (CB_PLUGIN_BACKOFF_..._US)
 *           -> broken                CB_PLUGIN_BREAK_N ends within CB_PLUGIN_BREAK_WINDOW_US: nobody is served for CB_PLUGIN_BREAK_US, then one try
 *
 * Which     every *.so of the directory, under the name of its file, which must be the plugin's own. One with a section under plugins:
 *           gets that; one without gets {}, and is disabled when its schema asks for more
 * Process   plugins/host, with a socket on descriptor 3, an environment of our making, stdout and stderr into our log line by line
 * Reload    a file that changed (inotify), a changed configuration (SIGHUP), or by name: the new process is made ready first, then
 *           calls go there; the old one finishes what it has and stops. When the new one cannot, the old one stays
 * Limits    CB_PLUGIN_N_MAX plugins; CB_PLUGIN_LOG_RATE lines a second each; frames as in plugins/abi/wire.h; a wrong one is the end of its process
 * Threads   any, without waiting, but for start and stop
 */
#ifndef CB_PLUGIN_SUPERVISE_H
#define CB_PLUGIN_SUPERVISE_H

#include "catalog/base/buf.h"
#include "server/config/config.h"
#include "server/job/queue.h"
#include "server/plugin/call.h"
#include "server/plugin/describe.h"

#define CB_PLUGIN_N_MAX 64
#define CB_PLUGIN_LOAD_US (INT64_C(15) * 1000000)         /* from start to "opened" */
#define CB_PLUGIN_DRAIN_US (INT64_C(30) * 1000000)        /* an old process finishes its calls */
#define CB_PLUGIN_CLOSE_US (INT64_C(5) * 1000000)         /* and runs its close() */
#define CB_PLUGIN_BACKOFF_MIN_US (INT64_C(250) * 1000)
#define CB_PLUGIN_BACKOFF_MAX_US (INT64_C(30) * 1000000)
#define CB_PLUGIN_BREAK_N 5
#define CB_PLUGIN_BREAK_WINDOW_US (INT64_C(60) * 1000000)
#define CB_PLUGIN_BREAK_US (INT64_C(30) * 1000000)        /* doubles with each time in a row, up to */
#define CB_PLUGIN_BREAK_MAX_US (INT64_C(600) * 1000000)
#define CB_PLUGIN_WELL_US (INT64_C(60) * 1000000)         /* ready for so long: what was before is forgotten */
#define CB_PLUGIN_LOG_RATE 50                             /* lines a second of one plugin; the rest are counted */
#define CB_PLUGIN_LINE_MAX 2048                           /* bytes of one */
#define CB_PLUGIN_METRIC_MAX 64                           /* names of numbers of its own */
#define CB_PLUGIN_ASK_MAX 256                             /* questions of one process that are being answered */
#define CB_PLUGIN_GIT_N 8                                 /* exports and pushes at the same time, on threads of their own */
#define CB_PLUGIN_GIT_WAIT_US (INT64_C(600) * 1000000)    /* how long one may wait for its turn */

struct cb_plugins;

enum cb_plugin_state {
    CB_PLUGIN_IS_LOADING, CB_PLUGIN_IS_READY, CB_PLUGIN_IS_REFUSED, CB_PLUGIN_IS_FAILING, CB_PLUGIN_IS_BROKEN, CB_PLUGIN_IS_DISABLED,
    CB_PLUGIN_STATE_N
};

/* "loading", "ready", "refused", "failing", "broken", "disabled". */
const char *cb_plugin_state_name(enum cb_plugin_state state);

/* A question of a plugin, to be answered by whoever knows the catalog; on a worker. */
struct cb_plugin_ask {
    cb_str plugin;
    cb_str what;          /* "api_get", "catalog_entity", "catalog_query", "location_register", "location_remove", "git_export", "git_publish", "state_get", "state_put", "state_del",
                             "source_refresh" */
    const struct cb_node *head; /* its other members: "ref", "key", "ttl_s", ... */
    cb_str body;
    cb_str user, workspace, task; /* of the call that asks; may be empty */
    struct cb_arena *arena; /* for its answer */
    const struct cb_job *job;
};

/* Put what was asked for into OUT. Not CB_OK: the plugin hears the sentence. */
typedef enum cb_code cb_plugin_answer_fn(void *ctx, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err);

struct cb_plugins_env {
    const struct cb_config *config;
    struct cb_jobs *jobs;
    cb_plugin_answer_fn *answer; /* NULL: whatever is asked is unsupported */
    void *ctx;
    void (*changed)(void *ctx);  /* sources may have come or gone; may be NULL. On the supervisor's thread */
    const char *workspaces;      /* the folder that plugins with actions may write below; NULL: nowhere */
    const char *only;            /* one file instead of the directory, not watched: for `plugin check` */
};

/* ENV is copied; what it names is borrowed until stop. CB_EUNAVAILABLE: no thread or descriptors. A wrong plugin is no error. */
enum cb_code cb_plugins_start(struct cb_plugins **out, const struct cb_plugins_env *env, struct cb_err *err) CB_MUSTCHECK;
/* SIGHUP: CONFIG lives until stop. Plugins whose settings changed are reloaded. */
void cb_plugins_configure(struct cb_plugins *p, const struct cb_config *config);
/* NAME, or all when it is empty, anew. CB_ENOTFOUND. Answers before it is done. */
enum cb_code cb_plugins_reload(struct cb_plugins *p, cb_str name, struct cb_err *err) CB_MUSTCHECK;
/* Calls that wait or run, and later ones, end with CB_PLUGIN_STOPPING; processes are asked to stop, then killed at DEADLINE_US. Accepts NULL. */
void cb_plugins_close(struct cb_plugins *p, int64_t deadline_us);
/* Behind it, when nobody calls any more: waits for them to be gone, and frees. Accepts NULL. */
void cb_plugins_stop(struct cb_plugins *p);
/* Has every plugin that was there at the start become something other than loading? */
bool cb_plugins_settled(struct cb_plugins *p);

/* ---- what is there. A copy: texts in the arena, the descriptor counted (unref it) */

#define CB_PLUGIN_BOUND_N 12 /* buckets of the latency histogram, the last has no bound */
extern const int64_t cb_plugin_bounds_us[CB_PLUGIN_BOUND_N - 1];

struct cb_plugin_metric {
    cb_str name;
    double value;
    bool counter; /* something was added, not set */
};

struct cb_plugin_view {
    cb_str name, file;
    enum cb_plugin_state state;
    bool configured;           /* there is a section of its name */
    cb_str why;                /* unless ready or loading; of a ready one: why the last reload did not happen */
    int64_t since_us, next_us; /* of the state; when a failing or broken one is tried again, else 0 */
    struct cb_describe *describe; /* NULL: it never loaded */
    int64_t pid;               /* 0: no process */
    int64_t started_us;
    int64_t queued_n, running_n, restart_n, reload_n, log_dropped_n;
    int64_t calls[CB_PLUGIN_WHAT_N][CB_PLUGIN_END_N];
    int64_t latency[CB_PLUGIN_BOUND_N], took_us;
    const struct cb_plugin_metric *metrics;
    size_t metric_n;
    cb_str last_error;         /* sentence of the last call that failed */
    int64_t last_error_us;
};

/* All, by name. */
size_t cb_plugins_all(struct cb_plugin_view **out, struct cb_arena *a, struct cb_plugins *p);
/* One; false when there is none of that name. */
bool cb_plugins_find(struct cb_plugin_view *out, struct cb_arena *a, struct cb_plugins *p, cb_str name);
/* Memory of a process as the kernel tells it; 0: there is none. */
int64_t cb_plugin_resident(int64_t pid);
void cb_plugin_views_free(struct cb_plugin_view *v, size_t n);
/* Its tables alone, counted; NULL when there is no such plugin or it never loaded. Cheap: for loops. */
struct cb_describe *cb_plugins_describe(struct cb_plugins *p, cb_str name, enum cb_plugin_state *state);

#endif
