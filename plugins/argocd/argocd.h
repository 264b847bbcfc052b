/*
 * argocd.h - what the panels and actions of this plugin share: instances, the applications that an entity's annotations select,
 * questions to Argo CD, and its words as states.
 *
 * Instances   plugins.argocd.instances of the configuration; an annotation may choose among them by name, never say an address
 * Bounds      an instance's "projects" and "namespaces": an application outside of them is as good as not there, whoever selects it
 * Problems    one bad instance never hides the others: what failed is gathered, and written as the panel's "partial"
 * Lifetime    of one call, as all that the host returns; argo_fini frees the rest
 * Threads     a struct argo belongs to its call. Tokens of sessions are shared, and locked, inside client.c
 */
#ifndef ARGOCD_ARGOCD_H
#define ARGOCD_ARGOCD_H

#include <callboard/plugin.h>
#include <stdbool.h>

#define ARGO_INSTANCE_MAX 32     /* as in the schema of the configuration */
#define ARGO_NAME_MAX 50         /* names in one argocd/app-name */
#define ARGO_ROW_MAX 500         /* applications that a table shows, worst first */
#define ARGO_DETAIL_MAX 20       /* applications whose details are asked for one by one */
#define ARGO_TREE_MAX 5          /* applications whose resources are asked for */
#define ARGO_PROBLEM_MAX 64
#define ARGO_FRESH_S 10          /* answers of Argo CD, shared by the panels */
#define ARGO_STALE_S 600
#define ARGO_COMMIT_FRESH_S 3600 /* what a revision is never changes */
#define ARGO_COMMIT_STALE_S 86400

/* Only what a table shows; an Argo CD that does not know the parameter answers with all of it. */
#define ARGO_FIELDS                                                                                                              \
    "items.metadata.name,items.metadata.namespace,items.metadata.labels,items.metadata.creationTimestamp,items.spec.project,"    \
    "items.spec.destination,items.spec.source,items.spec.sources,items.status.sync.status,items.status.sync.revision,"           \
    "items.status.health,items.status.summary,items.status.operationState.startedAt,items.status.operationState.finishedAt,"    \
    "items.status.operationState.phase,items.operation.sync"

/* Argo CD's words as ours, the worse the higher. PLAIN: a cell without a state. */
enum argo_state { ARGO_PLAIN = -1, ARGO_OK, ARGO_INFO, ARGO_UNKNOWN, ARGO_PROGRESS, ARGO_WARNING, ARGO_ERROR };

struct argo_instance {
    size_t i;                /* its place in the configuration */
    const char *name, *url;  /* without a slash at its end */
    const struct callboard_json *config;
    bool chosen;
};

struct argo_app {
    const struct argo_instance *instance;
    const struct callboard_json *json; /* argoproj.io Application */
    const char *name, *space, *project;
    bool trimmed;                      /* of a list with "fields": no history, no conditions */
};

struct argo_problem {
    int code;
    const char *source, *message;
};

struct argo {
    const struct callboard_host *host;
    struct callboard_call *call;
    struct argo_instance instances[ARGO_INSTANCE_MAX];
    size_t instance_n;
    struct argo_app *apps;
    size_t app_n, app_room;
    struct argo_problem problems[ARGO_PROBLEM_MAX];
    size_t problem_n;
    const char *why;         /* of the question that failed last: "prod: ..." */
    int64_t until_us;        /* when the instance that is asked now has had its share of the time; 0: no share */
    bool simulated;
    bool no_extra;           /* one was too slow: the others of this call are not asked for */
};

/* ---- client.c: questions */

int argo_init(struct argo *a, const struct callboard_host *host, struct callboard_call *call);
void argo_fini(struct argo *a);
/* Before the first call, and once. */
void argo_sessions_init(void);
void argo_sessions_fini(void);

/* GET PATH ("/api/v1/..."); 0 and *OUT (an object), or a code with a->why. */
int argo_get(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *path);
/* The same of what never changes, and without which one can do: at most 2 s, and none when time is short. */
int argo_get_extra(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *path);
/* Changes something: no cache, no second try but after a new login. BODY may be NULL. *OUT may be NULL behind 0. */
int argo_write(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *method, const char *path, const char *body);
/* "project=..&appNamespace=.." of an application, for a query. */
const char *argo_scope(const struct argo *a, const struct argo_app *app);
/* Remember for "partial". */
void argo_problem(struct argo *a, int code, const char *source, const char *format, ...) CALLBOARD_PRINTF(4, 5);

/* ---- select.c: whom an entity means */

/*
 * Fills a->apps by the entity's annotations, asking the instances they name, or of these only ONLY. CALLBOARD_ABSENT: no annotation
 * of ours. CALLBOARD_FAILED: they contradict each other, or nothing at all could be read; a panel may just return it.
 */
int argo_select(struct argo *a, const char *only);
/* Whole applications instead of trimmed ones, for the first ARGO_DETAIL_MAX. */
void argo_details(struct argo *a);
/* Worst first when they are many, else by name. */
void argo_sort(struct argo *a);
bool argo_allows(const struct argo *a, const struct argo_instance *in, const char *project, const char *space);

/* ---- words.c */

const char *argo_text(const struct argo *a, const struct callboard_json *json, const char *pointer); /* "" when there is none */
const char *argo_state_name(enum argo_state state);
enum argo_state argo_sync_state(const char *status);
enum argo_state argo_health_state(const char *status);
enum argo_state argo_phase_state(const char *phase);
enum argo_state argo_condition_state(const char *type);
enum argo_state argo_app_state(const struct argo *a, const struct argo_app *app); /* the worst of it */
bool argo_running(const struct argo *a, const struct argo_app *app);              /* an operation is under way */
const char *argo_app_url(const struct argo *a, const struct argo_app *app);
const char *argo_short(const struct argo *a, const char *revision);              /* seven digits of a commit; else as it is */
const char *argo_quote(const struct argo *a, const char *text);                  /* as JSON */
const char *argo_join(const struct argo *a, const char *list, const char *separator, const char *item); /* LIST may be "" */
const char *argo_cut(const struct argo *a, const char *text, size_t n);          /* its first line, at most N bytes */
int64_t argo_time_s(const char *iso);                                            /* "2026-11-25T10:00:00Z"; 0: it is none */
const char *argo_duration(const struct argo *a, const char *from, const char *to); /* "12 s"; "" when it cannot be told */

/* Of a source and a revision of it: the page of the commit, "" when there is none, without any credential in the address. */
const char *argo_commit_url(const struct argo *a, const struct callboard_json *source, const char *revision);
/* "Fix the rounding (Jane)": asked of Argo CD; "" when it cannot be told. INDEX: of several sources, else -1. */
const char *argo_commit(struct argo *a, const struct argo_app *app, const struct callboard_json *source, const char *revision, int index);
/* The source that a person means: of several, the first that is Git and has a path. INDEX: its place, or -1. */
const struct callboard_json *argo_source(const struct argo *a, const struct callboard_json *spec, int *index);
/* "a1b2c3d, 1.2.3" of what has "revision" or "revisions" below POINTER. */
const char *argo_revisions(const struct argo *a, const struct callboard_json *json, const char *pointer);
/* The one of argo_source. */
const char *argo_revision(const struct argo *a, const struct callboard_json *json, const char *pointer, int index);

/* source, partial; what every panel begins with. */
void argo_put_head(struct argo *a, const char *type);
void argo_put_cell(const struct argo *a, const char *key, const char *text, enum argo_state state, const char *title, const char *url);
bool argo_is_on(const struct argo *a, const char *action); /* configured */
/* One of "actions": what ACTION needs for APP. EXTRA: more members of the input as JSON, or NULL. */
void argo_put_action(const struct argo *a, const char *action, const char *title, const struct argo_app *app, int64_t id);

/* ---- the panels and what they do */

callboard_fn argo_render_app, argo_render_history, argo_render_resources, argo_render_drift, argo_render_environments;
callboard_fn argo_sync, argo_refresh, argo_terminate, argo_rollback;

#endif
