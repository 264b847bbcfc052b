/* Questions to Argo CD: the token or the session, the share of time of an instance, and what an error says. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/argocd/argocd.h"

#define LOGIN_MS 5000
#define LOGIN_AGAIN_US (INT64_C(30) * 1000000) /* Argo CD throttles logins: one that failed is not tried again at once */
#define TOKEN_MAX 8192                         /* bytes */
#define REQUEST_MS 10000
#define EXTRA_MS 2000
#define EXTRA_LEFT_MS 700                      /* with less time left than this, what one can do without is left out */
#define ACTED_US (INT64_C(30) * 1000000)       /* so long after an action, an old answer is not good enough */
#define MESSAGE_MAX 300                        /* bytes of Argo CD's own words in a sentence */

/* A login, for all calls of the process. It never leaves the memory. */
static struct session {
    pthread_mutex_t lock;
    char token[TOKEN_MAX];
    int64_t failed_us; /* 0: not */
    int code;
    char why[CALLBOARD_SENTENCE_MAX];
    int64_t acted_us;
} sessions[ARGO_INSTANCE_MAX];

void argo_sessions_init(void)
{
    for (size_t i = 0; i < ARGO_INSTANCE_MAX; i++)
        pthread_mutex_init(&sessions[i].lock, NULL);
}

void argo_sessions_fini(void)
{
    for (size_t i = 0; i < ARGO_INSTANCE_MAX; i++)
        pthread_mutex_destroy(&sessions[i].lock);
}

int argo_init(struct argo *a, const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/instances");
    size_t n = host->count(list, "");

    *a = (struct argo){.host = host, .call = call};
    for (size_t i = 0; i < n && i < ARGO_INSTANCE_MAX; i++) {
        const struct callboard_json *config = host->at(list, i);
        const char *url = argo_text(a, config, "/url");
        size_t url_n = strlen(url);

        while (url_n && url[url_n - 1] == '/')
            url_n--;
        a->instances[a->instance_n++] =
            (struct argo_instance){.i = i, .name = argo_text(a, config, "/name"), .url = host->format(call, "%.*s", (int)url_n, url), .config = config};
    }
    if (a->instance_n == 0)
        return host->fail(call, CALLBOARD_EINVAL, "no Argo CD is configured: plugins.argocd.instances is empty");
    return CALLBOARD_OK;
}

void argo_fini(struct argo *a)
{
    free(a->apps);
    a->apps = NULL;
    a->app_n = 0;
}

void argo_problem(struct argo *a, int code, const char *source, const char *format, ...)
{
    char text[CALLBOARD_SENTENCE_MAX];
    va_list args;

    if (a->problem_n == ARGO_PROBLEM_MAX)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    a->problems[a->problem_n++] = (struct argo_problem){code, source, a->host->format(a->call, "%s", text)};
}

/* ---- a request */

struct request {
    const char *method, *path, *body;
    int64_t fresh_s, stale_s, timeout_ms;
};

/* Whatever an answer that is none of ours says, as a sentence. */
static int refused(struct argo *a, const struct argo_instance *in, int status, struct callboard_http *http)
{
    static const struct {
        int status, code;
        const char *what;
    } rows[] = {
        {400, CALLBOARD_EINVAL, "Argo CD does not take it"},
        {401, CALLBOARD_EDENIED, "Argo CD does not accept the credential (401)"},
        {403, CALLBOARD_EDENIED, "the token has no right to it, or there is no such thing (403)"},
        {404, CALLBOARD_ENOTFOUND, "there is no such thing (404)"},
        {409, CALLBOARD_ECONFLICT, "it is in the way of something else (409)"},
        {412, CALLBOARD_ECONFLICT, "it does not fit what is there (412)"},
        {429, CALLBOARD_ELIMIT, "Argo CD was asked too often (429)"},
        {501, CALLBOARD_EUNSUPPORTED, "this Argo CD cannot do it (501)"},
    };
    const struct callboard_json *body = a->host->http_json(http);
    const char *said = argo_cut(a, a->host->text(body, "/message", argo_text(a, body, "/error")), MESSAGE_MAX);
    const char *colon = *said ? ": " : "";

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].status == status) {
            a->why = a->host->format(a->call, "%s: %s%s%s", in->name, rows[i].what, colon, said);
            return rows[i].code;
        }
    a->why = a->host->format(a->call, "%s: Argo CD answered %d%s%s", in->name, status, colon, said);
    return status >= 500 ? CALLBOARD_EUPSTREAM : CALLBOARD_EINVAL;
}

static int unreachable(struct argo *a, const struct argo_instance *in, int code)
{
    a->why = a->host->format(a->call, "%s: %s", in->name, a->host->error(a->call));
    return code;
}

/* The time that a request may take: of the call, of the instance's share. */
static int64_t share_ms(const struct argo *a, int64_t most_ms)
{
    int64_t left = a->host->left_ms(a->call) - 100;

    if (a->until_us) {
        int64_t share = (a->until_us - a->host->now_us(a->call)) / 1000;

        left = share < left ? share : left;
    }
    left = left < most_ms ? left : most_ms;
    return left > 1 ? left : 1;
}

static int login(struct argo *a, const struct argo_instance *in, struct session *s)
{
    const char *user = a->host->dump(a->call, a->host->get(in->config, "/username"), 0);
    const char *password = a->host->dump(a->call, a->host->get(in->config, "/password"), 0);
    const char *body = a->host->format(a->call, "{\"username\":%s,\"password\":%s}", user, password ? password : "\"\"");
    struct callboard_http *http = a->host->http(a->call, "POST", a->host->format(a->call, "%s/api/v1/session", in->url));
    const char *token;
    int status;

    a->host->http_body(http, "application/json", body, strlen(body));
    a->host->http_timeout(http, share_ms(a, LOGIN_MS));
    status = a->host->http_send(http);
    if (status < 0)
        return unreachable(a, in, status);
    if (status != 200) {
        int code = refused(a, in, status, http);

        a->why = a->host->format(a->call, "%s (at the login)", a->why);
        return code;
    }
    token = argo_text(a, a->host->http_json(http), "/token");
    if (!*token || strlen(token) >= TOKEN_MAX) {
        a->why = a->host->format(a->call, "%s: the login was answered without a token", in->name);
        return CALLBOARD_EUPSTREAM;
    }
    snprintf(s->token, sizeof(s->token), "%s", token);
    return 0;
}

/* One login for all calls; OLD (or NULL) is the token that is no good any more. */
static int session_token(const char **out, struct argo *a, const struct argo_instance *in, const char *old)
{
    struct session *s = &sessions[in->i];
    int64_t wait_ms = share_ms(a, LOGIN_MS);
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)(wait_ms / 1000);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    if (pthread_mutex_timedlock(&s->lock, &until) != 0) {
        a->why = a->host->format(a->call, "%s: the login did not come in time", in->name);
        return CALLBOARD_ETIMEOUT;
    }
    if (old && strcmp(s->token, old) == 0)
        s->token[0] = '\0';
    if (!s->token[0] && s->failed_us && a->host->now_us(a->call) - s->failed_us < LOGIN_AGAIN_US) {
        a->why = a->host->format(a->call, "%s", s->why);
        rc = s->code;
    } else if (!s->token[0]) {
        rc = login(a, in, s);
        s->failed_us = rc ? a->host->now_us(a->call) : 0;
        s->code = rc;
        snprintf(s->why, sizeof(s->why), "%s", rc ? a->why : "");
    }
    if (rc == 0) {
        *out = a->host->format(a->call, "%s", s->token);
        a->host->mask(a->call, *out);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* A status, or a negative code with a->why. */
static int send_once(struct callboard_http **out, struct argo *a, const struct argo_instance *in, const struct request *rq, const char *token)
{
    struct callboard_http *http = a->host->http(a->call, rq->method, a->host->format(a->call, "%s%s", in->url, rq->path));
    int status;

    if (token)
        a->host->http_header(http, "Authorization", a->host->format(a->call, "Bearer %s", token));
    a->host->http_header(http, "Accept", "application/json");
    if (rq->body)
        a->host->http_body(http, "application/json", rq->body, strlen(rq->body));
    a->host->http_cache(http, rq->fresh_s, rq->stale_s);
    a->host->http_timeout(http, share_ms(a, rq->timeout_ms));
    status = a->host->http_send(http);
    if (status < 0)
        return unreachable(a, in, status);
    if (a->host->http_answer_header(http, "x-simulated"))
        a->simulated = true;
    *out = http;
    return status;
}

static int ask(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const struct request *rq)
{
    const char *token = a->host->text(in->config, "/token", NULL);
    bool session = !token && a->host->type(in->config, "/username") == CALLBOARD_JSON_TEXT;
    struct callboard_http *http = NULL;
    int status, rc;

    *out = NULL;
    if (session && (rc = session_token(&token, a, in, NULL)) < 0)
        return rc;
    status = send_once(&http, a, in, rq, token);
    if (status == 401 && session) { /* it is over, or Argo CD started anew: once more with a new one */
        if ((rc = session_token(&token, a, in, token)) < 0)
            return rc;
        status = send_once(&http, a, in, rq, token);
    }
    if (status < 0)
        return status;
    if (status < 200 || status > 299)
        return refused(a, in, status, http);
    *out = a->host->http_json(http);
    if (a->host->type(*out, "") == CALLBOARD_JSON_OBJECT)
        return 0;
    *out = NULL;
    a->why = a->host->format(a->call, "%s: the answer of Argo CD is cut off, or is none of its own", in->name);
    return CALLBOARD_EUPSTREAM;
}

int argo_get(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *path)
{
    bool acted = a->host->now_us(a->call) - __atomic_load_n(&sessions[in->i].acted_us, __ATOMIC_RELAXED) < ACTED_US;
    struct request rq = {"GET", path, NULL, acted ? 0 : ARGO_FRESH_S, ARGO_STALE_S, REQUEST_MS};

    return ask(out, a, in, &rq);
}

int argo_get_extra(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *path)
{
    struct request rq = {"GET", path, NULL, ARGO_COMMIT_FRESH_S, ARGO_COMMIT_STALE_S, EXTRA_MS};
    int64_t left = a->host->left_ms(a->call) - EXTRA_LEFT_MS;

    int rc;

    *out = NULL;
    if (left <= 0 || a->no_extra) {
        a->why = "no time was left for it";
        return CALLBOARD_ETIMEOUT;
    }
    rq.timeout_ms = left < EXTRA_MS ? left : EXTRA_MS;
    a->until_us = 0;
    rc = ask(out, a, in, &rq);
    a->no_extra = rc == CALLBOARD_ETIMEOUT;
    return rc;
}

int argo_write(const struct callboard_json **out, struct argo *a, const struct argo_instance *in, const char *method, const char *path, const char *body)
{
    struct request rq = {method, path, body, 0, 0, REQUEST_MS};
    int rc;

    a->until_us = 0;
    rc = ask(out, a, in, &rq);
    __atomic_store_n(&sessions[in->i].acted_us, a->host->now_us(a->call), __ATOMIC_RELAXED);
    return rc;
}

const char *argo_scope(const struct argo *a, const struct argo_app *app)
{
    const char *project = a->host->format(a->call, "project=%s", a->host->escape(a->call, app->project));

    if (!*app->space)
        return project;
    return a->host->format(a->call, "%s&appNamespace=%s", project, a->host->escape(a->call, app->space));
}
