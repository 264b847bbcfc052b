#include "server/config/option.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "catalog/base/clock.h"

#define SECRET_N_MAX 16 /* of one set */
#define SECRET_FILE_MAX 65536 /* bytes of a file that holds a secret */
#define AT(field) offsetof(struct cb_config, field)
#define MINUTE_US (60 * CB_S_US)

const struct cb_option cb_options[] = {
    {"data_dir", CB_OPTION_PATH, "./var", 0, 0, false, AT(data_dir),
     "Mirrors, the private PostgreSQL and plugin state live here."},
    {"database", CB_OPTION_SECRET, "", 0, 0, false, AT(database),
     "URL of the PostgreSQL to use (postgresql://...). Left out: callboard runs a private one under data_dir."},
    {"database_connections", CB_OPTION_INT, "10", 4, 64, false, AT(pool_max), "Connections to PostgreSQL, at most."},
    {"public_url", CB_OPTION_TEXT, "", 0, 0, true, AT(public_url),
     "How people reach this callboard (https://callboard.example.com); its host is accepted in Host."},
    {"tls.certificate", CB_OPTION_PATH, "", 0, 0, false, AT(tls_certificate), "PEM file of the certificate and its chain."},
    {"tls.key", CB_OPTION_PATH, "", 0, 0, false, AT(tls_key), "PEM file of its private key."},
    {"http.threads", CB_OPTION_INT, "0", 0, 64, false, AT(threads), "Event loops; 0 is one a core."},
    {"http.workers", CB_OPTION_INT, "4", 1, 64, false, AT(workers), "Threads for what blocks or takes long."},
    {"http.connections_max", CB_OPTION_INT, "4096", 1, 100000, false, AT(connections_max),
     "Connections at once; more wait in the kernel's queue."},
    {"http.body_max", CB_OPTION_BYTES, "100KiB", 1024, 16 * 1024 * 1024, true, AT(body_max_bytes),
     "Largest body of a request (Backstage's limit is 100 kB)."},
    {"http.request_timeout", CB_OPTION_DURATION, "30s", CB_S_US, 10 * MINUTE_US, false, AT(request_timeout_us),
     "How long a connection may take for one request, and be idle between two."},
    {"http.wait_timeout", CB_OPTION_DURATION, "10s", CB_S_US / 10, 5 * MINUTE_US, false, AT(wait_timeout_us),
     "How long a read waits for the generation that its `?wait=` names."},
    {"http.waiting_max", CB_OPTION_INT, "2000", 1, 100000, false, AT(waiting_max), "Requests that wait for a generation at one time."},
    {"http.watchers_max", CB_OPTION_INT, "2000", 0, 100000, true, AT(watchers_max),
     "Watches (`/api/watch`) at one time; each holds one of the connections."},
    {"http.watch_heartbeat", CB_OPTION_DURATION, "15s", CB_S_US / 5, 5 * MINUTE_US, false, AT(heartbeat_us),
     "How often a watch says that it is alive while nothing changes."},
    {"http.http2", CB_OPTION_BOOL, "false", 0, 0, false, AT(http2), "Offer HTTP/2 (over TLS); see docs/operations.md first."},
    {"http.stop_timeout", CB_OPTION_DURATION, "20s", 0, 10 * MINUTE_US, true, AT(stop_timeout_us),
     "How long a graceful stop waits for answers in flight."},
    {"portal_dir", CB_OPTION_PATH, "", 0, 0, false, AT(portal_dir), "The built portal, when it is not beside the binary or installed."},
    {"auth.tokens", CB_OPTION_BOOL, "false", 0, 0, false, AT(auth_tokens),
     "Every request needs an API token or a signed-in session."},
    {"auth.user_header", CB_OPTION_TEXT, "X-Forwarded-User", 0, 0, false, AT(proxy_user_header),
     "Header in which a trusted proxy names the user."},
    {"auth.guest", CB_OPTION_TEXT, "user:default/guest", 0, 0, true, AT(guest), "Who somebody without credentials is on open loopback."},
    {"history.keep", CB_OPTION_DURATION, "0", 0, 36500 * 24 * 60 * MINUTE_US, false, AT(history_keep_us),
     "How far back the past can be told, for example 90d; older versions are deleted. 0: all of it is kept."},
    {"history.memory", CB_OPTION_BYTES, "256MiB", 4 * 1024 * 1024, (int64_t)64 * 1024 * 1024 * 1024, false, AT(history_memory_bytes),
     "Memory for catalogs of past moments (?at=), all together."},
    {"history.idle", CB_OPTION_DURATION, "5m", CB_S_US / 10, 24 * 60 * MINUTE_US, false, AT(history_idle_us),
     "After this long without a question a past moment is let go from memory."},
    {"locations.types", CB_OPTION_TEXT, "url", 0, 0, true, AT(location_types), "Types of location that may be registered; a comma list."},
    {"locations.on_conflict", CB_OPTION_TEXT, "reject", 0, 0, true, AT(location_conflict),
     "What registering a known location does: reject (409) or refresh."},
    {"locations.interval", CB_OPTION_DURATION, "1m", CB_S_US, 24 * 60 * MINUTE_US, true, AT(location_interval_us),
     "How often what registered locations lead to is read, when nothing else says that it changed."},
    {"locations.readonly", CB_OPTION_BOOL, "false", 0, 0, true, AT(locations_readonly),
     "Nobody may register, update or remove a location."},
    {"scaffolder.concurrent_tasks", CB_OPTION_INT, "10", 0, 64, false, AT(task_concurrency),
     "Runs of software templates that this callboard has under way at one time; 0: it runs none, others of the same database may."},
    {"scaffolder.waiting_tasks", CB_OPTION_INT, "1000", 1, 1000000, false, AT(task_waiting_max),
     "Runs of software templates that wait in the database; while there are so many, another one is refused (503)."},
    {"scaffolder.workspaces", CB_OPTION_PATH, "", 0, 0, false, AT(workspaces),
     "Folder of the folders in which runs work; left out: workspaces under data_dir."},
    {"scaffolder.workspace_quota", CB_OPTION_BYTES, "1GiB", 1024 * 1024, (int64_t)1024 * 1024 * 1024 * 1024, false, AT(workspace_quota_bytes),
     "Largest size of one run's folder; a run that goes over it fails."},
    {"scaffolder.task_timeout", CB_OPTION_DURATION, "24h", CB_S_US, 30 * 24 * 60 * MINUTE_US, false, AT(task_timeout_us),
     "How long a run may take, from its first step to its last."},
    {"scaffolder.lease", CB_OPTION_DURATION, "15s", CB_S_US, 10 * MINUTE_US, false, AT(task_lease_us),
     "After so long without a sign of life from the callboard that runs it, a run goes on, or ends, elsewhere."},
    {"scaffolder.keep", CB_OPTION_DURATION, "0", 0, 36500 * 24 * 60 * MINUTE_US, false, AT(task_keep_us),
     "How long runs that have ended are kept with their logs, for example 90d. 0: for ever."},
    {"scaffolder.secrets_key", CB_OPTION_SECRETS, "", 0, 0, false, AT(task_keys),
     "Key under which secrets of runs lie in the database, the same for all callboards of one database: 32 bytes as hex or base64, "
     "`openssl rand -hex 32`; the first one of a list is used for new runs. With the private PostgreSQL it is made by itself."},
    {"scaffolder.repositories", CB_OPTION_PATH, "", 0, 0, false, AT(repositories),
     "Folder of the repositories that templates make on this machine; left out: repositories under data_dir."},
    {"scaffolder.publish_hosts", CB_OPTION_TEXT, "", 0, 0, true, AT(publish_hosts),
     "Hosts that templates may push to (publish:git) beside known forges, those of integrations and those of sources; a comma list such as "
     "git.example.com, 10.0.0.7:3000. *: any."},
    {"scaffolder.body_max", CB_OPTION_BYTES, "10MB", 102400, 64 * 1024 * 1024, false, AT(task_body_max_bytes),
     "Largest body of a request that begins a run or tries a template (Backstage's limit is 10 MB)."},
    {"webhooks.github", CB_OPTION_SECRETS, "", 0, 0, true, AT(webhooks[CB_WEBHOOK_GITHUB]),
     "Secret of GitHub's webhooks (/api/webhooks/github); a list, or more lines in its file, while one is changed."},
    {"webhooks.gitlab", CB_OPTION_SECRETS, "", 0, 0, true, AT(webhooks[CB_WEBHOOK_GITLAB]),
     "Secret token of GitLab's webhooks, or their signing token (whsec_...)."},
    {"webhooks.gitea", CB_OPTION_SECRETS, "", 0, 0, true, AT(webhooks[CB_WEBHOOK_GITEA]), "Secret of Gitea's and Forgejo's webhooks."},
    {"webhooks.bitbucket", CB_OPTION_SECRETS, "", 0, 0, true, AT(webhooks[CB_WEBHOOK_BITBUCKET]),
     "Secret of Bitbucket's webhooks, Cloud and Server."},
    {"webhooks.generic", CB_OPTION_SECRETS, "", 0, 0, true, AT(webhooks[CB_WEBHOOK_GENERIC]),
     "Key of the signature that anything else may send (docs/api.md, Webhooks)."},
    {"webhooks.body_max", CB_OPTION_BYTES, "1MiB", 65536, 25 * 1024 * 1024, false, AT(webhook_body_max_bytes),
     "Largest body of a webhook; counts when a webhook has a secret at start."},
    {"log.level", CB_OPTION_TEXT, "info", 0, 0, true, AT(log_level), "Least level that is logged: debug, info, warn, error."},
    {"log.access", CB_OPTION_BOOL, "true", 0, 0, true, AT(access_log), "One log line a request."},
};
const size_t cb_option_n = CB_COUNT(cb_options);

const struct cb_option *cb_option_find(cb_str key)
{
    for (size_t i = 0; i < cb_option_n; i++)
        if (cb_str_eq(key, cb_str_cstr(cb_options[i].key)))
            return &cb_options[i];
    return NULL;
}

cb_str cb_option_env(struct cb_arena *a, const struct cb_option *o)
{
    cb_str name = cb_arena_printf(a, "CALLBOARD_%s", o->key);
    char *p = cb_arena_dup(a, name.p, name.n);

    for (size_t i = 0; i < name.n; i++)
        p[i] = p[i] == '.' ? '_' : (char)toupper((unsigned char)p[i]);
    return cb_str_make(p, name.n);
}

cb_str cb_option_path(struct cb_arena *a, cb_str path, cb_str base_dir)
{
    if (path.n == 0 || path.p[0] == '/')
        return cb_arena_str(a, path);
    while (cb_str_starts(path, CB_LIT("./")))
        path = cb_str_sub(path, 2, path.n);
    if (cb_str_eq(path, CB_LIT(".")))
        return cb_arena_str(a, base_dir);
    return cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(base_dir), CB_ARG(path));
}

/* The bytes behind "file:PATH" in ROOM. */
static enum cb_code read_secret(cb_str *out, char room[SECRET_FILE_MAX], struct cb_arena *a, cb_str text, cb_str base_dir,
                                struct cb_err *err)
{
    cb_str path;
    ssize_t n;
    int fd;

    path = cb_option_path(a, cb_str_sub(text, 5, text.n), base_dir);
    if ((fd = open(path.p, O_RDONLY | O_CLOEXEC)) < 0)
        return cb_fail(err, CB_EINVAL, "cannot read the secret in %" CB_FMT ": %s", CB_ARG(path), strerror(errno));
    n = read(fd, room, SECRET_FILE_MAX);
    close(fd);
    if (n < 0)
        return cb_fail(err, CB_EINVAL, "cannot read the secret in %" CB_FMT ": %s", CB_ARG(path), strerror(errno));
    *out = cb_str_make(room, (size_t)n);
    if (cb_str_trim(cb_str_sub(*out, 0, cb_str_find_char(*out, '\n', 0))).n == 0)
        return cb_fail(err, CB_EINVAL, "the first line of %" CB_FMT " is empty: a secret is expected there", CB_ARG(path));
    return CB_OK;
}

enum cb_code cb_option_secret(cb_str *out, struct cb_arena *a, cb_str text, cb_str base_dir, struct cb_err *err)
{
    char room[SECRET_FILE_MAX];
    cb_str bytes;
    enum cb_code rc;

    if (!cb_str_starts(text, CB_LIT("file:"))) {
        *out = cb_arena_str(a, text);
        return CB_OK;
    }
    if ((rc = read_secret(&bytes, room, a, text, base_dir, err)) != CB_OK)
        return rc;
    *out = cb_arena_str(a, cb_str_trim(cb_str_sub(bytes, 0, cb_str_find_char(bytes, '\n', 0))));
    explicit_bzero(room, sizeof(room));
    return CB_OK;
}

enum cb_code cb_option_secrets(struct cb_config_secrets *to, struct cb_arena *a, cb_str text, cb_str base_dir, struct cb_err *err)
{
    char room[SECRET_FILE_MAX];
    cb_str rest = text, line, *v;
    bool file = cb_str_starts(text, CB_LIT("file:"));
    enum cb_code rc;

    if (file && (rc = read_secret(&rest, room, a, text, base_dir, err)) != CB_OK)
        return rc;
    v = CB_NEW_N(a, cb_str, to->n + SECRET_N_MAX);
    if (to->n)
        memcpy(v, to->v, to->n * sizeof(*v));
    to->v = v;
    while (cb_str_split(&line, &rest, '\n')) {
        line = cb_str_trim(line);
        if (line.n && to->n == SECRET_N_MAX)
            return cb_fail(err, CB_EINVAL, "has more than %d secrets", SECRET_N_MAX);
        if (line.n)
            v[to->n++] = cb_arena_str(a, line);
    }
    if (file)
        explicit_bzero(room, sizeof(room));
    return CB_OK;
}

static bool parse_bytes(int64_t *out, cb_str text)
{
    static const struct {
        const char *unit;
        int64_t times;
    } units[] = {{"kB", 1000}, {"KB", 1000}, {"MB", 1000000}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
    int64_t times = 1;

    for (size_t i = 0; i < CB_COUNT(units); i++) {
        cb_str unit = cb_str_cstr(units[i].unit);

        if (cb_str_ends(text, unit)) {
            text = cb_str_trim(cb_str_sub(text, 0, text.n - unit.n));
            times = units[i].times;
            break;
        }
    }
    if (!cb_str_to_int(out, text, 0, INT64_MAX / (1024 * 1024 * 1024)))
        return false;
    *out *= times;
    return true;
}

static enum cb_code set_number(int64_t *field, const struct cb_option *o, cb_str text, struct cb_err *err)
{
    bool ok = o->type == CB_OPTION_INT       ? cb_str_to_int(field, text, o->min, o->max)
              : o->type == CB_OPTION_BYTES   ? parse_bytes(field, text)
                                             : cb_duration_parse(field, text);

    if (ok && *field >= o->min && *field <= o->max)
        return CB_OK;
    if (o->type == CB_OPTION_DURATION)
        return cb_fail(err, CB_EINVAL, "must be a duration such as 250ms, 30s or 5m, from %lldms to %llds, not \"%" CB_FMT "\"",
                       (long long)(o->min / CB_MS_US), (long long)(o->max / CB_S_US), CB_ARG(text));
    if (o->type == CB_OPTION_BYTES)
        return cb_fail(err, CB_EINVAL, "must be a size such as 100kB or 4MiB, from %lld to %lld bytes, not \"%" CB_FMT "\"",
                       (long long)o->min, (long long)o->max, CB_ARG(text));
    return cb_fail(err, CB_EINVAL, "must be a whole number from %lld to %lld, not \"%" CB_FMT "\"", (long long)o->min,
                   (long long)o->max, CB_ARG(text));
}

enum cb_code cb_option_set(struct cb_config *c, const struct cb_option *o, cb_str text, cb_str base_dir, struct cb_err *err)
{
    void *field = (char *)c + o->offset;

    switch (o->type) {
    case CB_OPTION_TEXT:
        *(cb_str *)field = cb_arena_str(c->arena, text);
        return CB_OK;
    case CB_OPTION_PATH:
        *(cb_str *)field = cb_option_path(c->arena, text, base_dir);
        return CB_OK;
    case CB_OPTION_SECRET:
        return cb_option_secret(field, c->arena, text, base_dir, err);
    case CB_OPTION_SECRETS:
        *(struct cb_config_secrets *)field = (struct cb_config_secrets){0};
        return cb_option_secrets(field, c->arena, text, base_dir, err);
    case CB_OPTION_BOOL:
        if (!cb_str_eq(text, CB_LIT("true")) && !cb_str_eq(text, CB_LIT("false")))
            return cb_fail(err, CB_EINVAL, "must be true or false, not \"%" CB_FMT "\"", CB_ARG(text));
        *(bool *)field = text.n == 4;
        return CB_OK;
    default:
        return set_number(field, o, text, err);
    }
}

void cb_option_document(struct cb_buf *out)
{
    static const char *const types[] = {"text", "true or false", "number", "size", "duration", "path", "secret", "secrets"};
    struct cb_arena *a = cb_arena_new();

    cb_buf_put_cstr(out, "| key | environment | type | default | reload | what it does |\n| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < cb_option_n; i++) {
        const struct cb_option *o = &cb_options[i];

        cb_buf_printf(out, "| `%s` | `%" CB_FMT "` | %s | %s%s%s | %s | %s |\n", o->key, CB_ARG(cb_option_env(a, o)),
                      types[o->type], *o->preset ? "`" : "", *o->preset ? o->preset : "–", *o->preset ? "`" : "",
                      o->reloadable ? "yes" : "no", o->sentence);
    }
    cb_arena_free(a);
}
