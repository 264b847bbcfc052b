/*
 * callboard/plugin.h - all that a plugin of callboard is compiled against. It includes only the C standard library.
 *
 * A plugin is a shared object with one exported function, callboard_plugin_v1. callboard starts a process of its own for each
 * plugin (callboard-plugin-host), which loads it and runs its calls on threads: a plugin may block, crash or leak, and what a
 * person sees of it is one panel that says so. It draws by returning data, never markup: see "Panels" below.
 *
 *     #include <callboard/plugin.h>
 *
 *     static int render(const struct callboard_host *host, struct callboard_call *call)
 *     {
 *         const char *name = host->annotation(call, "example.com/greeting");
 *
 *         if (!name)
 *             return CALLBOARD_ABSENT;
 *         host->put_text(call, "type", "text");
 *         host->put_textf(call, "markdown", "Hello, **%s**", name);
 *         return CALLBOARD_OK;
 *     }
 *
 *     static const struct callboard_panel panels[] = {
 *         {.name = "greeting", .title = "Greeting", .annotations = "example.com/greeting", .ttl_s = 60, .render = render},
 *         {0},
 *     };
 *
 *     CALLBOARD_PLUGIN(.name = "hello", .version = "1.0.0", .summary = "Says hello", .panels = panels);
 *
 * Build     cc -shared -fPIC -fvisibility=hidden -o hello.so hello.c
 * Try       callboard plugin check ./hello.so
 * Use       put it into the directory that plugins: {directory: ...} names; "plugins: {hello: {...}}" is its configuration
 *
 * Text      UTF-8, NUL-terminated. What the host returns is never to be freed
 * Lifetime  whatever a host function returns lives until the call ends; rows and texts of the plugin's tables until it is unloaded
 * Threads   calls run at the same time, CALLBOARD_CONCURRENCY of them unless the configuration says otherwise; a call stays on one
 *           thread, and its handle must not be used on another, nor after it returned. The host table is the same for all calls
 * Errors    a function of the plugin returns CALLBOARD_OK, CALLBOARD_ABSENT, or CALLBOARD_FAILED after host->fail. Host functions
 *           that can fail return 0 or a negative CALLBOARD_E..., and leave a sentence in host->error(call)
 * Limits    named below; going over one fails the call with a sentence, never the process
 *
 * Versions  The major version is part of the exported symbol's name. Within it, structs and tables only grow at their ends, and
 *           callboard looks at the sizes and the minor version which a plugin was compiled with: a plugin that was built once loads
 *           in each later callboard of the same major. A plugin that needs a later minor than the callboard has is refused.
 *
 * Changes   1.0  first
 */
#ifndef CALLBOARD_PLUGIN_H
#define CALLBOARD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CALLBOARD_ABI_MAJOR 1
#define CALLBOARD_ABI_MINOR 0

/* ---- limits */

#define CALLBOARD_CONCURRENCY 4                    /* calls of one plugin at the same time; configuration: concurrency: */
#define CALLBOARD_DEADLINE_MS 10000                /* of a panel, route or panel action, unless its row or configuration says otherwise */
#define CALLBOARD_ACTION_DEADLINE_MS (600 * 1000)  /* of a template step */
#define CALLBOARD_SOURCE_DEADLINE_MS (600 * 1000)  /* of one reading of a source */
#define CALLBOARD_REFRESH_S 10                     /* between readings of a source that host->source_refresh asked for */
#define CALLBOARD_ANSWER_MAX (4 * 1024 * 1024)     /* bytes of JSON that a call may write */
#define CALLBOARD_DEPTH_MAX 64                     /* nesting of JSON written or read */
#define CALLBOARD_HTTP_BODY_MAX (32 * 1024 * 1024) /* bytes of an upstream's answer */
#define CALLBOARD_STATE_KEY_MAX 256                /* bytes */
#define CALLBOARD_STATE_VALUE_MAX (256 * 1024)     /* bytes */
#define CALLBOARD_NAME_MAX 63                      /* bytes of a plugin's, panel's, action's name: [a-z][a-z0-9-]*; an action's may have ':' */
#define CALLBOARD_ROW_MAX 256                      /* rows of one capability table */
#define CALLBOARD_SENTENCE_MAX 1024                /* bytes of what host->fail keeps */

/* ---- what functions return */

enum {
    CALLBOARD_OK = 0,
    CALLBOARD_ABSENT = 1,          /* nothing to show for this entity; not an error */
    CALLBOARD_FAILED = -1,         /* host->fail said why */
    CALLBOARD_EINVAL = -2,         /* what was asked for makes no sense */
    CALLBOARD_ENOTFOUND = -3,
    CALLBOARD_EDENIED = -4,        /* upstream: 401, 403; a host that is not configured; a right that is missing */
    CALLBOARD_ECONFLICT = -5,
    CALLBOARD_ELIMIT = -6,         /* over a limit of the above; upstream: 429 */
    CALLBOARD_ETIMEOUT = -7,
    CALLBOARD_EUPSTREAM = -8,      /* unreachable, 5xx, or an answer that makes no sense */
    CALLBOARD_ECANCELLED = -9,
    CALLBOARD_EUNSUPPORTED = -10   /* this callboard has no such thing */
};

enum { CALLBOARD_LOG_DEBUG, CALLBOARD_LOG_INFO, CALLBOARD_LOG_WARN, CALLBOARD_LOG_ERROR };

enum callboard_json_type {
    CALLBOARD_JSON_NONE, /* there is no such value */
    CALLBOARD_JSON_NULL,
    CALLBOARD_JSON_BOOLEAN,
    CALLBOARD_JSON_NUMBER,
    CALLBOARD_JSON_TEXT,
    CALLBOARD_JSON_ARRAY,
    CALLBOARD_JSON_OBJECT
};

/* Opaque. A JSON value that something read; an HTTP request being made; a call under way. */
struct callboard_json;
struct callboard_http;
struct callboard_call;

#if defined(__GNUC__) || defined(__clang__)
#define CALLBOARD_PRINTF(f, a) __attribute__((__format__(__printf__, f, a)))
#define CALLBOARD_EXPORT __attribute__((visibility("default")))
#else
#define CALLBOARD_PRINTF(f, a)
#define CALLBOARD_EXPORT
#endif

/*
 * ---- what callboard does for a plugin
 *
 * JSON pointers are RFC 6901 ("/spec/type", "/items/0/name", "" is the value itself). Wherever a JSON value is taken, NULL is as
 * good as CALLBOARD_JSON_NONE, so that lookups can be chained without a test between them.
 */
struct callboard_host {
    size_t size;             /* of this table, as the running callboard has it */
    unsigned minor;          /* CALLBOARD_ABI_MINOR of the running callboard */

    /* -- the call: who, about what, how long */
    const char *(*ref)(struct callboard_call *call);                          /* "component:default/checkout"; NULL when it is about no entity */
    const char *(*user)(struct callboard_call *call);                         /* who asked: "user:default/jane"; NULL when it is callboard itself */
    const char *(*annotation)(struct callboard_call *call, const char *key);  /* trimmed; NULL when missing, empty, with control characters or over 1 KiB */
    const struct callboard_json *(*entity)(struct callboard_call *call);      /* whole, with its relations */
    const struct callboard_json *(*config)(struct callboard_call *call);      /* this plugin's, defaults of the schema filled in, secrets resolved */
    /* of an action or panel action: its input; of a route: {"path": {}, "query": {}, "headers": {}, "body", "raw"}; of an undo: {"input","output"} */
    const struct callboard_json *(*input)(struct callboard_call *call);
    int64_t (*now_us)(struct callboard_call *call);                           /* UTC */
    int64_t (*left_ms)(struct callboard_call *call);                          /* until the deadline; 0: it is over */
    int (*cancelled)(struct callboard_call *call);                            /* nobody waits for the answer any more: return soon */
    int (*wait_ms)(struct callboard_call *call, int64_t ms);                  /* sleep; CALLBOARD_ECANCELLED or CALLBOARD_ETIMEOUT when it ends early */

    /* -- errors and logs. What host->mask was told, and every secret of the configuration, is written as *** everywhere */
    int (*fail)(struct callboard_call *call, int code, const char *format, ...) CALLBOARD_PRINTF(3, 4); /* returns CALLBOARD_FAILED */
    const char *(*error)(struct callboard_call *call);                        /* of the host function that failed last */
    void (*log)(struct callboard_call *call, int level, const char *format, ...) CALLBOARD_PRINTF(3, 4); /* of an action: a line of its task */
    void (*mask)(struct callboard_call *call, const char *secret);            /* for this call and what it answers */

    /* -- reading JSON */
    enum callboard_json_type (*type)(const struct callboard_json *value, const char *pointer);
    const struct callboard_json *(*get)(const struct callboard_json *value, const char *pointer);  /* NULL: none */
    const char *(*text)(const struct callboard_json *value, const char *pointer, const char *otherwise);
    double (*number)(const struct callboard_json *value, const char *pointer, double otherwise);   /* a text that is a number counts as one */
    int64_t (*integer)(const struct callboard_json *value, const char *pointer, int64_t otherwise);
    int (*boolean)(const struct callboard_json *value, const char *pointer, int otherwise);
    size_t (*count)(const struct callboard_json *value, const char *pointer);                      /* elements of an array, members of an object; else 0 */
    const struct callboard_json *(*at)(const struct callboard_json *value, size_t i);              /* the i-th element or member */
    const char *(*key_at)(const struct callboard_json *value, size_t i);                           /* name of the i-th member */
    const struct callboard_json *(*parse)(struct callboard_call *call, const char *text, size_t n); /* NULL with host->error */
    const char *(*dump)(struct callboard_call *call, const struct callboard_json *value, int indent); /* indent 0: compact */
    const char *(*format)(struct callboard_call *call, const char *format, ...) CALLBOARD_PRINTF(2, 3); /* a text that lives as long as the call */
    const char *(*escape)(struct callboard_call *call, const char *text);     /* as a part of a URL's path or query */
    const char *(*hmac_sha256)(struct callboard_call *call, const char *key, const char *data, size_t n); /* hex; compare with same_text */
    int (*same_text)(const char *a, const char *b);                           /* in constant time: for signatures and tokens */

    /*
     * -- writing the answer: members of one object, from its beginning. KEY is NULL inside an array. Ends may be left out at the end
     * of the call. Over CALLBOARD_ANSWER_MAX or CALLBOARD_DEPTH_MAX, or an end without its begin, the call fails when it returns
     */
    void (*begin_object)(struct callboard_call *call, const char *key);
    void (*begin_array)(struct callboard_call *call, const char *key);
    void (*end)(struct callboard_call *call);
    void (*put_text)(struct callboard_call *call, const char *key, const char *text);  /* TEXT NULL: null; not UTF-8: replaced */
    void (*put_textf)(struct callboard_call *call, const char *key, const char *format, ...) CALLBOARD_PRINTF(3, 4);
    void (*put_integer)(struct callboard_call *call, const char *key, int64_t i);
    void (*put_number)(struct callboard_call *call, const char *key, double d);        /* NaN and infinities: null */
    void (*put_boolean)(struct callboard_call *call, const char *key, int b);
    void (*put_time)(struct callboard_call *call, const char *key, int64_t at_us);     /* ISO 8601, UTC */
    void (*put_json)(struct callboard_call *call, const char *key, const struct callboard_json *value); /* a copy */
    void (*reset)(struct callboard_call *call);                                        /* forget what was written */

    /*
     * -- HTTP, by callboard's client. A URL's scheme, host and port must be those of a text in the plugin's configuration whose schema
     * says "format": "uri" (its default counts). Redirects are followed on the same host only. GET and HEAD are tried once more on a
     * lost connection, 502, 503, 504, and on 429 with a short Retry-After; writes never are. Connect 2 s, whole request 10 s, both
     * within the call's deadline.
     *
     * send returns the status (100 to 599; 4xx and 5xx too), or a negative code. With a cache: an answer younger than FRESH_S is
     * used without asking; one younger than STALE_S is used when the upstream is down or slow, or when http_json finds that what came
     * is no JSON, and the panel is marked with its age. Answers of 2xx, 404 and 410 are kept; 401, 403 and other 4xx are handed on and
     * leave what is kept as it is. The key is method, URL, headers and body. The same request under way is asked once for all calls that want it.
     */
    struct callboard_http *(*http)(struct callboard_call *call, const char *method, const char *url); /* never NULL */
    void (*http_header)(struct callboard_http *http, const char *name, const char *value);
    void (*http_body)(struct callboard_http *http, const char *type, const char *body, size_t n);
    void (*http_cache)(struct callboard_http *http, int64_t fresh_s, int64_t stale_s);
    void (*http_timeout)(struct callboard_http *http, int64_t ms);
    int (*http_send)(struct callboard_http *http);
    const char *(*http_text)(struct callboard_http *http, size_t *n);       /* N may be NULL */
    const struct callboard_json *(*http_json)(struct callboard_http *http); /* NULL with host->error when it is none */
    const char *(*http_answer_header)(struct callboard_http *http, const char *name); /* of a list: the last one; NULL: none */
    int64_t (*http_age_s)(struct callboard_http *http);                     /* of an answer from the cache; 0: fresh */

    /* -- the catalog, as the generation that is served now has it */
    const struct callboard_json *(*catalog_entity)(struct callboard_call *call, const char *ref);   /* NULL: none, or host->error */
    const struct callboard_json *(*catalog_query)(struct callboard_call *call, const char *query);  /* "filter=kind=component&limit=20&fields=metadata.name": as GET by-query */
    int (*location_register)(struct callboard_call *call, const char *type, const char *target);    /* 0; CALLBOARD_ECONFLICT: it was already */

    /* -- Git, done by the server with its own credentials. URL as in a Location's target; WHAT is JSON, see docs/plugins.md */
    int (*git_export)(struct callboard_call *call, const char *url, const char *folder);            /* into the workspace */
    const struct callboard_json *(*git_publish)(struct callboard_call *call, const char *what);     /* {"commit","remoteUrl","repoContentsUrl"}; NULL: host->error */
    const char *(*workspace)(struct callboard_call *call);                   /* of an action: its task's folder; else NULL */

    /* -- what a plugin remembers: rows in PostgreSQL, its own only, the same for all callboards of a database. TTL_S 0: for ever */
    const char *(*state_get)(struct callboard_call *call, const char *key, size_t *n);              /* NULL: none, or host->error */
    int (*state_put)(struct callboard_call *call, const char *key, const char *value, size_t n, int64_t ttl_s);
    int (*state_del)(struct callboard_call *call, const char *key);

    /* -- numbers in callboard's /metrics: callboard_plugin_<NAME>{plugin="..."}; at most 64 names a plugin, [a-z_]+ */
    void (*metric_add)(struct callboard_call *call, const char *name, double by);
    void (*metric_set)(struct callboard_call *call, const char *name, double to);

    /* -- a source's entities, one by one; JSON as a descriptor's document */
    int (*emit)(struct callboard_call *call, const char *entity, size_t n);
    int (*emit_location)(struct callboard_call *call, const char *target);   /* a url: location that callboard then follows */

    /* -- of an action and its undo: {"id","step","dryRun","baseUrl"}, baseUrl being where the template was read from; else NULL */
    const struct callboard_json *(*task)(struct callboard_call *call);

    /*
     * -- for sources. Have the source of that name of this plugin read now, as a webhook does that says what has changed: however many ask while
     * it waits or is read are one reading more, and those that are asked for begin at least CALLBOARD_REFRESH_S after one another. Any call; 0, or
     * CALLBOARD_ENOTFOUND: there is no such source. And: what was read from an answer is needed no more, of a reading that has thousands of them
     */
    int (*source_refresh)(struct callboard_call *call, const char *name);
    void (*http_forget)(struct callboard_http *http);

    /* -- GET of callboard's own API, "/api/graph/...", as far as every reader may, whoever asked; JSON, or NULL with host->error */
    const struct callboard_json *(*api_get)(struct callboard_call *call, const char *path);

    /* -- for an undo: the registration that location_register of the same made goes; 0, also when there is none */
    int (*location_remove)(struct callboard_call *call, const char *type, const char *target);

    /* 1.0 ends here */
};

typedef int callboard_fn(const struct callboard_host *host, struct callboard_call *call);

/*
 * ---- Panels: facts about one entity
 *
 * The answer is one object (plugins/abi/panel.schema.json is the whole rule):
 *   type        "status" | "table" | "series" | "timeline" | "tree" | "diff" | "links" | "text" | "keyvalues" | "group"
 *   summary     one sentence that says what the picture says
 *   source      {"name", "url", "simulated"}     links [{"title","url"}]      partial [{"source","message"}]: of several, what failed
 *   actions     [{"action", "input", "title"}]: which of the panel's actions fit now, with what they need
 * and by type:
 *   status      items   [{"label","state","text","detail","since","url"}]   state: ok | progress | warning | error | unknown | info
 *   table       columns [{"key","title","kind","unit"}], rows [{key: value or {"text","url","state","title"}}], truncated
 *               kind: text | status | time | duration | number | bytes | code | link | entity
 *   series      from, to, step_s, series [{"name","unit","labels","points":[[unix_s, number or null]]}]
 *   timeline    events  [{"at","until","title","text","state","actor","url"}]
 *   tree        nodes   [{"id","parent","title","kind","state","text","url"}]
 *   diff        files   [{"title","before","after","language"}]
 *   links       items   [{"title","url","text"}]
 *   text        markdown
 *   keyvalues   items   [{"key","value","url","state"}]
 *   group       panels  of the above, not of groups
 */
struct callboard_panel {
    const char *name, *title;
    const char *annotations;  /* comma list, any of them makes the panel apply; NULL: it applies to all entities of its kinds */
    const char *kinds;        /* comma list, "component,api"; NULL: all */
    int64_t ttl_s;            /* how long an answer is fresh; 0: 30 */
    int64_t stale_s;          /* how long it is shown, marked with its age, when a new one cannot be had; 0: 600 */
    int64_t deadline_ms;      /* 0: CALLBOARD_DEADLINE_MS */
    callboard_fn *render;
    const char *help;         /* for an entity without the annotation: what to write to have the panel */
};

/* What a person may do from a panel. A POST with a right, a question beforehand, and a row in the audit. */
struct callboard_panel_action {
    const char *panel, *name, *title;
    const char *confirm;      /* the question: "Sync {{app}} in production?", {{x}} from the input */
    const char *right;        /* role it needs: "reader", "editor" (NULL) or "admin" */
    const char *input;        /* JSON schema, draft 7; NULL: no input */
    int64_t deadline_ms;
    callboard_fn *run;        /* answers {"message", "url"} */
};

/* A step that a software template may use: "acme:ticket:create". The answer's members are its output. */
struct callboard_action {
    const char *name, *summary;
    const char *input, *output; /* JSON schemas, draft 7; NULL: none */
    const char *examples;       /* JSON [{"description","example"}], or NULL */
    int dry_run;                /* 1: may run in a dry run, and changes nothing outside the workspace */
    int64_t deadline_ms;        /* 0: CALLBOARD_ACTION_DEADLINE_MS */
    callboard_fn *run;
    callboard_fn *undo;         /* input: {"input","output"} of a run whose task failed later; NULL: cannot be undone */
};

/*
 * Entities from elsewhere. A reading emits all that there is; what it no longer emits goes, unless it returned CALLBOARD_FAILED:
 * then nothing is taken away. Names, claims, problems and history are those of any source.
 */
struct callboard_source {
    const char *name, *summary;
    int64_t interval_s;         /* 0: 300 */
    int64_t deadline_ms;        /* 0: CALLBOARD_SOURCE_DEADLINE_MS */
    callboard_fn *read;
};

/* JSON of its own: METHOD /api/plugins/<plugin>/<path>. */
struct callboard_route {
    const char *method, *path;  /* "GET", "forecast/{region}" */
    const char *right;          /* "reader" (NULL), "editor", "admin", or "open": anybody, for webhooks that check a signature of their own */
    const char *summary;
    int64_t deadline_ms;
    callboard_fn *answer;
};

struct callboard_plugin {
    size_t size;                /* the macro's */
    unsigned major, minor;
    size_t panel_size, panel_action_size, action_size, source_size, route_size;

    const char *name;           /* "argocd": its key under plugins: in the configuration */
    const char *version, *summary;
    const char *config;         /* JSON schema (draft 7) of its configuration; NULL: it has none */
    const struct callboard_panel *panels;               /* each table ends with a row of zeros; NULL: none */
    const struct callboard_panel_action *panel_actions;
    const struct callboard_action *actions;
    const struct callboard_source *sources;
    const struct callboard_route *routes;
    callboard_fn *open;         /* once, before the first call; CALLBOARD_FAILED: the plugin is refused with that sentence. NULL: none */
    callboard_fn *close;        /* once, behind the last one; NULL: none */
    /* 1.0 ends here */
};

typedef const struct callboard_plugin *callboard_plugin_fn(void);

/* What every plugin exports; CALLBOARD_PLUGIN writes it. */
CALLBOARD_EXPORT const struct callboard_plugin *callboard_plugin_v1(void);

/* CALLBOARD_PLUGIN(.name = "x", .version = "1.0.0", .summary = "...", .panels = panels); once, at the end of the file. C99 and C++20. */
#define CALLBOARD_PLUGIN(...)                                                                                                    \
    CALLBOARD_EXPORT const struct callboard_plugin *callboard_plugin_v1(void)                                                    \
    {                                                                                                                            \
        static const struct callboard_plugin callboard_this_plugin = {.size = sizeof(struct callboard_plugin),                   \
                                                                      .major = CALLBOARD_ABI_MAJOR,                              \
                                                                      .minor = CALLBOARD_ABI_MINOR,                              \
                                                                      .panel_size = sizeof(struct callboard_panel),              \
                                                                      .panel_action_size = sizeof(struct callboard_panel_action), \
                                                                      .action_size = sizeof(struct callboard_action),            \
                                                                      .source_size = sizeof(struct callboard_source),            \
                                                                      .route_size = sizeof(struct callboard_route),              \
                                                                      __VA_ARGS__};                                              \
        return &callboard_this_plugin;                                                                                           \
    }                                                                                                                            \
    extern int callboard_plugin_semicolon

#ifdef __cplusplus
}
#endif

#endif
