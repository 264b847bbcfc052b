/*
 * callboard serve: the process from start to stop.
 *
 * Start  config, log, database (private PostgreSQL), schema, first snapshot, plugins, schedule, listen
 * Stop   the reverse, with a deadline: no new connections and answers in flight, schedule, plugins, follower, jobs, pool, PostgreSQL
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/publish.h"
#include "catalog/persist/local_pg.h"
#include "catalog/persist/migrate.h"
#include "catalog/relate/follow.h"
#include "catalog/sync/prune.h"
#include "catalog/sync/schedule.h"
#include "server/auth/policy.h"
#include "server/cli/command.h"
#include "server/cli/serve_plugins.h"
#include "server/config/option.h"
#include "server/http/plugin_ask.h"
#include "server/http/server.h"
#include "server/plugin/panel.h"
#include "server/scaffold/runner.h"

#define PG_CHECK_MS 2000              /* how often the private PostgreSQL is looked at */
#define FIRST_LOAD_US (600 * CB_S_US) /* the first snapshot: a big catalog from a cold disk */
#define JOB_QUEUE_MAX 10000
#define PLUGINS_US (2 * CB_S_US)      /* how long the start waits for plugins that load */
#define PLUGINS_LOOK_US 5000
#define PLUGINS_STOP_US (3 * CB_S_US)
#define RUNNER_STOP_US (5 * CB_S_US)  /* steps of templates that run may end */

struct serving {
    struct cb_config_flags flags;
    struct cb_config *config;         /* the one the server was started with */
    struct cb_config *current;        /* the last one that was read; the same until a reload */
    CB_VEC(struct cb_config *) old;   /* those in between: requests in flight may still look at them */
    struct cb_local_pg *pg;
    char *url;
    struct cb_pool *pool;
    struct cb_catalog *catalog;
    struct cb_follow *follow;
    struct cb_credential_set *secrets;
    CB_VEC(struct cb_credential_set *) old_secrets; /* until the end: a request may hold them */
    struct cb_sync_conf *sync;
    struct cb_schedule *schedule;
    struct cb_jobs *jobs;
    struct cb_identity *identity;
    struct cb_past *past;
    struct cb_prune *prune;
    struct cb_server_env env;         /* for questions of plugins; empty before all of it is there */
    struct cb_plugins *plugins;
    struct cb_panels *panels;
    struct cb_runner *runner;
    cb_str plugin_sources;            /* what plugins read, as it was told to the schedule; in current's arena */
    int news;                         /* eventfd: plugins changed */
    struct cb_server *server;
    pthread_mutex_t lock;             /* over server and schedule while the hooks may call */
};

/* ---- hooks, on other threads */

static void published(void *ctx, int64_t generation)
{
    struct serving *s = ctx;

    pthread_mutex_lock(&s->lock);
    if (s->server)
        cb_server_published(s->server, generation);
    pthread_mutex_unlock(&s->lock);
}

static int64_t newest(struct serving *s)
{
    struct cb_snapshot *now = cb_catalog_snapshot(s->catalog);
    int64_t generation = cb_snapshot_generation(now);

    cb_snapshot_unref(now);
    return generation;
}

static void nudged(void *ctx)
{
    struct serving *s = ctx;

    pthread_mutex_lock(&s->lock);
    if (s->schedule)
        cb_schedule_wake(s->schedule);
    pthread_mutex_unlock(&s->lock);
}

static void access_changed(void *ctx)
{
    struct serving *s = ctx;

    cb_identity_forget(s->identity);
}

/* The runner rings bells, which come back to task_news: not under the lock. It is there until the follower has been stopped. */
static void task_told(void *ctx, cb_str notice)
{
    struct serving *s = ctx;
    struct cb_runner *runner;

    pthread_mutex_lock(&s->lock);
    runner = s->runner;
    pthread_mutex_unlock(&s->lock);
    if (runner)
        cb_runner_hear(runner, notice);
}

static void passed(void *ctx, int64_t source_id, const struct cb_pass_result *result, int64_t took_us, const struct cb_err *err)
{
    struct serving *s = ctx;

    (void)source_id;
    (void)took_us;
    (void)err;
    if (result && result->generation)
        cb_follow_wake(s->follow);
}

/* ---- readiness, as systemd wants it: one datagram */

static void tell_systemd(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = path ? strlen(path) : 0;
    int fd;

    if (n == 0 || n >= sizeof(to.sun_path))
        return;
    memcpy(to.sun_path, path, n);
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        cb_log(CB_LOG_WARN, "systemd.notify", "errno=%d", errno);
    close(fd);
}

/* ---- from configuration to what the conductor takes */

static const char *text_or_null(cb_str s)
{
    return s.n ? s.p : NULL;
}

/* "http://git.internal:3000/" -> "git.internal:3000"; NULL for a path. */
static const char *clone_host(struct cb_arena *a, cb_str clone)
{
    size_t from = cb_str_find(clone, CB_LIT("://")), at;
    cb_str host;

    if (from == SIZE_MAX)
        return NULL;
    host = cb_str_sub(clone, from + 3, clone.n);
    host = cb_str_sub(host, 0, cb_str_find_char(host, '/', 0));
    while ((at = cb_str_find_char(host, '@', 0)) != SIZE_MAX)
        host = cb_str_sub(host, at + 1, host.n);
    return host.n ? cb_arena_str(a, host).p : NULL;
}

/* A forge's repositories may be cloned from another host than its pages are on: the credential is for both. */
static void put_credential(struct serving *s, const struct cb_config_integration *in)
{
    struct cb_credential c = {
        .host = in->host.p,
        .username = text_or_null(in->username),
        .token = text_or_null(in->token),
        .ssh_key = text_or_null(in->ssh_key),
        .known_hosts = text_or_null(in->known_hosts),
        .ca_file = text_or_null(in->ca_file),
    };

    cb_credential_set_put(s->secrets, &c);
    c.host = clone_host(s->current->arena, in->clone);
    if (c.host && strcmp(c.host, in->host.p) != 0)
        cb_credential_set_put(s->secrets, &c);
}

static void build_sync(struct serving *s)
{
    const struct cb_config *c = s->current;
    struct cb_arena *a = c->arena;
    struct cb_source_conf *theirs;
    size_t their_n = cb_serve_sources(&theirs, &s->plugin_sources, a, s->plugins, s->pool);
    struct cb_sync_conf *sync = CB_NEW(a, struct cb_sync_conf);
    struct cb_forge_table *forges = CB_NEW(a, struct cb_forge_table);
    struct cb_forge *rows = CB_NEW_N(a, struct cb_forge, c->integration_n + 1);

    s->secrets = cb_credential_set_new();
    forges->v = rows;
    for (size_t i = 0; i < c->integration_n; i++) {
        const struct cb_config_integration *in = &c->integrations[i];

        if (in->username.n || in->token.n || in->ssh_key.n || in->known_hosts.n || in->ca_file.n)
            put_credential(s, in);
        if (cb_forge_type_parse(&rows[forges->n].type, in->type)) {
            rows[forges->n].host = in->host.p;
            rows[forges->n++].clone = text_or_null(in->clone);
        }
    }
    sync->sources = CB_NEW_N(a, struct cb_source_conf, c->source_n + their_n + 1);
    for (size_t i = 0; i < c->source_n; i++)
        sync->sources[i] = (struct cb_source_conf){
            .git = c->sources[i].git,
            .url = c->sources[i].url,
            .branch = c->sources[i].branch,
            .paths = c->sources[i].paths,
            .path_n = c->sources[i].path_n,
            .interval_us = c->sources[i].interval_us,
            .rules = c->sources[i].rules,
        };
    for (size_t i = 0; i < their_n; i++) /* behind those of the configuration: a contested name is theirs last */
        sync->sources[c->source_n + i] = theirs[i];
    sync->source_n = c->source_n + their_n;
    sync->secrets = s->secrets;
    sync->forges = forges;
    sync->publish_hosts = c->publish_hosts;
    sync->rules = c->rules;
    sync->interval_us = c->location_interval_us;
    sync->data_dir = cb_arena_str(a, c->data_dir).p;
    sync->repositories = s->config->repositories; /* until a restart */
    s->sync = sync;
}

static void apply_log(const struct cb_config *c)
{
    enum cb_log_level level;

    if (cb_log_level_parse(&level, c->log_level))
        cb_log_set_level(level);
}

/* ---- start */

static enum cb_code start_database(struct serving *s, struct cb_err *err)
{
    const struct cb_config *c = s->config;
    enum cb_code rc;
    int applied = 0;

    if (mkdir(c->data_dir.p, 0755) < 0 && errno != EEXIST)
        return cb_fail(err, CB_EINVAL, "cannot make data_dir %" CB_FMT ": %s", CB_ARG(c->data_dir), strerror(errno));
    if (c->database.n) {
        s->url = strdup(c->database.p);
    } else {
        cb_str dir = cb_arena_printf(c->arena, "%" CB_FMT "/postgres", CB_ARG(c->data_dir));

        if ((rc = cb_local_pg_start(&s->pg, dir.p, err)) != CB_OK)
            return rc;
        s->url = strdup(cb_local_pg_url(s->pg));
    }
    if (!s->url)
        abort();
    if ((rc = cb_pool_new(&s->pool, s->url, (int)c->pool_max, err)) != CB_OK ||
        (rc = cb_migrate_run(s->pool, &applied, err)) != CB_OK)
        return rc;
    if (applied)
        cb_log(CB_LOG_INFO, "schema.migrated", "applied=%d", applied);
    return CB_OK;
}

/* The newest answers of plugins that were loaded anew are wanted at once. */
static void plugins_changed(void *ctx)
{
    struct serving *s = ctx;
    uint64_t one = 1;

    pthread_mutex_lock(&s->lock);
    if (s->panels)
        cb_panels_expire(s->panels, CB_LIT(""), CB_LIT(""));
    pthread_mutex_unlock(&s->lock);
    if (write(s->news, &one, sizeof(one)) < 0)
        cb_log(CB_LOG_WARN, "plugin.news", "errno=%d", errno);
}

/* Before the rest is there nothing can be answered. */
static enum cb_code answer_plugin(void *ctx, const struct cb_plugin_ask *ask, struct cb_buf *out, struct cb_err *err)
{
    struct serving *s = ctx;
    bool ready;

    pthread_mutex_lock(&s->lock);
    ready = s->env.catalog != NULL;
    pthread_mutex_unlock(&s->lock);
    return ready ? cb_plugin_answer(&s->env, ask, out, err) : cb_fail(err, CB_EUNAVAILABLE, "callboard is starting: ask again in a moment");
}

/* They load while the rest starts; a portal that opens at once should find their panels, so a moment is given to them. */
static enum cb_code start_plugins(struct serving *s, struct cb_err *err)
{
    cb_str workspaces = cb_arena_str(s->config->arena, s->config->workspaces);
    struct cb_plugins_env env = {
        .config = s->config, .jobs = s->jobs, .answer = answer_plugin, .ctx = s, .changed = plugins_changed, .workspaces = workspaces.p};
    int64_t until_us = cb_clock_mono_us() + PLUGINS_US;
    enum cb_code rc;

    if (mkdir(workspaces.p, 0700) < 0 && errno != EEXIST)
        return cb_fail(err, CB_EINVAL, "cannot make %s: %s", workspaces.p, strerror(errno));
    if ((rc = cb_plugins_start(&s->plugins, &env, err)) != CB_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    s->panels = cb_panels_new(s->plugins, s->jobs);
    pthread_mutex_unlock(&s->lock);
    while (!cb_plugins_settled(s->plugins) && cb_clock_mono_us() < until_us)
        usleep(PLUGINS_LOOK_US);
    return CB_OK;
}

/* A run said something: whoever watches it is to look. */
static void task_news(void *ctx)
{
    struct serving *s = ctx;

    pthread_mutex_lock(&s->lock);
    if (s->server)
        cb_server_news(s->server);
    pthread_mutex_unlock(&s->lock);
}

static enum cb_code start_runner(struct serving *s, struct cb_err *err)
{
    struct cb_runner_env env = {.config = s->config, .pool = s->pool, .plugins = s->plugins, .news = task_news, .ctx = s};
    struct cb_runner *runner;
    enum cb_code rc = cb_runner_start(&runner, &env, err);

    if (rc != CB_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    s->runner = runner;
    pthread_mutex_unlock(&s->lock);
    return CB_OK;
}

static enum cb_code start_all(struct serving *s, struct cb_err *err)
{
    struct cb_follow_hooks follow_hooks = {s, published, nudged, access_changed, task_told};
    struct cb_schedule_hooks schedule_hooks = {s, passed};
    struct cb_server_env env;
    struct cb_server *server;
    struct cb_schedule *schedule;
    enum cb_code rc;

    if ((rc = cb_policy_listen(s->config->listen_host, s->config->auth_configured, err)) != CB_OK ||
        (rc = start_database(s, err)) != CB_OK)
        return rc;
    s->catalog = cb_catalog_new();
    if ((rc = cb_identity_new(&s->identity, s->config, s->pool, err)) != CB_OK ||
        (rc = cb_jobs_new(&s->jobs, s->config->workers, JOB_QUEUE_MAX, err)) != CB_OK ||
        (rc = cb_follow_start(&s->follow, s->catalog, s->pool, s->url, &follow_hooks, err)) != CB_OK ||
        (rc = cb_follow_wait(s->follow, 0, FIRST_LOAD_US, err)) != CB_OK)
        return rc;
    if ((rc = cb_past_new(&s->past, s->pool, s->config->history_memory_bytes, s->config->history_idle_us, err)) != CB_OK)
        return rc;
    if (s->config->history_keep_us && (rc = cb_prune_start(&s->prune, s->pool, s->config->history_keep_us, err)) != CB_OK)
        return rc;
    if ((rc = start_plugins(s, err)) != CB_OK)
        return rc;
    if ((rc = start_runner(s, err)) != CB_OK)
        return rc;
    build_sync(s);
    cb_publish_sweep(s->sync->data_dir, s->sync->repositories);
    if ((rc = cb_schedule_start(&schedule, s->sync, s->pool, &schedule_hooks, err)) != CB_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    s->schedule = schedule;
    pthread_mutex_unlock(&s->lock);
    env = (struct cb_server_env){s->config, s->catalog, s->follow, s->schedule, s->pool, s->jobs, s->identity,
                                 s->past,   s->plugins, s->panels, s->runner};
    pthread_mutex_lock(&s->lock);
    s->env = env;
    pthread_mutex_unlock(&s->lock);
    if ((rc = cb_server_start(&server, &env, err)) != CB_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    s->server = server;
    cb_server_published(server, newest(s)); /* what came while it was not there yet */
    pthread_mutex_unlock(&s->lock);
    cb_log(CB_LOG_INFO, "serve.ready", "url=%s sources=%zu data_dir=%s version=%s", cb_server_url(server), s->config->source_n,
           cb_log_quote(s->config->arena, s->config->data_dir, 300), CB_VERSION);
    tell_systemd("READY=1");
    return CB_OK;
}

/* ---- SIGHUP: what option.c calls reloadable changes, and sources, integrations and rules */

static void reload(struct serving *s)
{
    struct cb_config *fresh, *old = s->current;
    struct cb_credential_set *old_secrets = s->secrets;
    struct cb_err err;
    const char *fixed;

    if (cb_config_load(&fresh, &s->flags, &err) != CB_OK) {
        cb_log(CB_LOG_ERROR, "config.refused", "why=\"%s\" hint=\"the old configuration stays in use\"", err.text);
        return;
    }
    if ((fixed = cb_config_fixed_change(s->config, fresh)))
        cb_log(CB_LOG_WARN, "config.needs_restart", "option=%s", fixed);
    s->current = fresh;
    build_sync(s);
    if (cb_schedule_configure(s->schedule, s->sync, &err) != CB_OK)
        cb_log(CB_LOG_ERROR, "config.sources", "why=\"%s\"", err.text);
    apply_log(fresh);
    cb_vec_push(&s->old_secrets, old_secrets); /* somebody may be looking at a repository with them */
    cb_server_configure(s->server, fresh);
    cb_plugins_configure(s->plugins, fresh);
    if (old != s->config)
        cb_vec_push(&s->old, old);
    cb_log(CB_LOG_INFO, "config.reloaded", "sources=%zu", fresh->source_n);
}

/* Plugins came, went, or have other sources: the schedule hears of it when it is so. */
static void take_plugin_sources(struct serving *s)
{
    struct cb_credential_set *old_secrets = s->secrets;
    cb_str before = s->plugin_sources, now;
    struct cb_source_conf *theirs;
    struct cb_arena *a = cb_arena_new();
    struct cb_err err;
    bool same;
    uint64_t n;

    if (read(s->news, &n, sizeof(n)) < 0)
        cb_log(CB_LOG_DEBUG, "plugin.news", "errno=%d", errno);
    cb_serve_sources(&theirs, &now, a, s->plugins, s->pool);
    same = cb_str_eq(now, before);
    cb_arena_free(a);
    if (same)
        return;
    build_sync(s);
    if (cb_schedule_configure(s->schedule, s->sync, &err) != CB_OK)
        cb_log(CB_LOG_ERROR, "config.sources", "why=\"%s\"", err.text);
    cb_vec_push(&s->old_secrets, old_secrets); /* as at a reload */
}

/* ---- run and stop */

static void run(struct serving *s, int signals)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = signals, .events = POLLIN}, {.fd = s->news, .events = POLLIN}};
        struct signalfd_siginfo info;
        struct cb_err err;

        if (poll(fds, 2, PG_CHECK_MS) == 0) {
            if (s->pg && cb_local_pg_check(s->pg, &err) != CB_OK)
                cb_log(CB_LOG_ERROR, "postgres.down", "why=\"%s\"", err.text);
            continue;
        }
        if (fds[1].revents)
            take_plugin_sources(s);
        if (!fds[0].revents)
            continue;
        if (read(signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
            continue;
        if (info.ssi_signo == SIGHUP) {
            reload(s);
            continue;
        }
        cb_log(CB_LOG_INFO, "serve.stopping", "signal=%u", info.ssi_signo);
        return;
    }
}

static bool stop_all(struct serving *s)
{
    struct cb_server *server = s->server;
    struct cb_schedule *schedule = s->schedule;
    bool clean;

    tell_systemd("STOPPING=1");
    pthread_mutex_lock(&s->lock);
    s->server = NULL;
    s->schedule = NULL;
    pthread_mutex_unlock(&s->lock);
    clean = !server || cb_server_stop(server, cb_clock_mono_us() + s->config->stop_timeout_us);
    cb_runner_stop(s->runner, cb_clock_mono_us() + RUNNER_STOP_US);
    cb_plugins_close(s->plugins, cb_clock_mono_us() + PLUGINS_STOP_US); /* readers wait for them */
    cb_schedule_stop(schedule);
    cb_prune_stop(s->prune);
    cb_plugins_stop(s->plugins);
    cb_panels_free(s->panels);
    if (s->follow)
        cb_follow_stop(s->follow);
    cb_runner_free(s->runner);
    cb_jobs_free(s->jobs);
    if (clean) /* else requests that were cut off may still hold some of it */
        cb_past_free(s->past);
    cb_identity_free(s->identity);
    if (s->catalog)
        cb_catalog_free(s->catalog);
    cb_pool_free(s->pool);
    if (s->pg)
        cb_local_pg_stop(s->pg);
    cb_credential_set_free(s->secrets);
    for (size_t i = 0; i < s->old_secrets.n; i++)
        cb_credential_set_free(s->old_secrets.v[i]);
    cb_vec_fini(&s->old_secrets);
    free(s->url);
    if (s->current != s->config)
        cb_config_free(s->current);
    for (size_t i = 0; i < s->old.n; i++)
        cb_config_free(s->old.v[i]);
    cb_vec_fini(&s->old);
    cb_config_free(s->config);
    return clean;
}

/* Blocked before any thread is made, so that only the signalfd hears of them. */
static int block_signals(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (fd < 0)
        abort();
    return fd;
}

static int print_options(void)
{
    struct cb_buf out = CB_BUF_INIT;

    cb_option_document(&out);
    fwrite(out.p, 1, out.n, stdout);
    cb_buf_fini(&out);
    return CB_EXIT_DONE;
}

static int serve(int argc, char **argv)
{
    struct serving s = {.lock = PTHREAD_MUTEX_INITIALIZER};
    bool helped, options = false;
    struct cb_flag flags[] = {
        {"--config", 'c', &s.flags.file, NULL},     {"--listen", 'l', &s.flags.listen, NULL},
        {"--data-dir", 0, &s.flags.data_dir, NULL}, {"--database", 0, &s.flags.database, NULL},
        {"--options", 0, NULL, &options},
    };
    struct cb_err err = {0};
    int signals, status = CB_EXIT_DONE;

    if (!cb_command_flags(&cb_cmd_serve, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (options)
        return print_options();
    if (argc > 1)
        return cb_command_usage(&cb_cmd_serve, "it takes no operand");
    if (cb_config_load(&s.config, &s.flags, &err) != CB_OK)
        return cb_command_fail(&cb_cmd_serve, &err);
    s.current = s.config;
    apply_log(s.config);
    signals = block_signals();
    if ((s.news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        abort();
    if (start_all(&s, &err) != CB_OK) {
        fprintf(stderr, "callboard serve: %s\n", err.text);
        status = CB_EXIT_COULD_NOT;
    } else {
        run(&s, signals);
    }
    if (!stop_all(&s))
        cb_log(CB_LOG_WARN, "serve.cut_off", "hint=\"answers were still in flight at http.stop_timeout\"");
    close(s.news);
    close(signals);
    cb_log(CB_LOG_INFO, "serve.stopped", "status=%d", status);
    return status;
}

const struct cb_command cb_cmd_serve = {
    .name = "serve",
    .usage = "serve [--config FILE] [--listen HOST:PORT] [--data-dir DIR] [--database URL]",
    .sentence = "Read the sources, keep the catalog, answer over HTTP",
    .help = "  -c, --config FILE     callboard.yaml (CALLBOARD_CONFIG; ./callboard.yaml when it is there)\n"
            "  -l, --listen ADDR     127.0.0.1:7007, [::]:7007 (CALLBOARD_LISTEN)\n"
            "      --data-dir DIR    mirrors and the private PostgreSQL (CALLBOARD_DATA_DIR)\n"
            "      --database URL    a PostgreSQL of your own instead of the private one (CALLBOARD_DATABASE)\n"
            "      --options         print every option as a table\n\n"
            "SIGHUP reads the configuration again, SIGTERM and SIGINT stop it without dropping a request.\n",
    .run = serve,
};
