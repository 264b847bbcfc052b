/* Questions to a forge: login, pages, limits, and what an error says. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define TRY_N 4
#define AGAIN_MS 200
#define RESET_S 60 /* of a limit that does not say when it is over */
#define PACE_MS 70 /* between questions to github.com, which allows 900 a minute */

int fg_why(struct fg *f, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->why, sizeof(f->why), format, args);
    va_end(args);
    return code;
}

static const char *address(struct fg *f)
{
    const struct callboard_json *all = f->host->config(f->call);
    const char *url = f->host->text(f->config, "/url", NULL);
    bool github = strcmp(f->kind->type, "github") == 0;

    if (github && (!url || strncmp(url, "https://github.com", 18) == 0))
        return NULL;
    return url ? url : f->host->text(all, "/gitlab_url", "");
}

void fg_init(struct fg *f, const struct callboard_host *host, struct callboard_call *call, size_t index)
{
    const char *api, *url;
    struct fg_text text = {0};
    size_t n;

    *f = (struct fg){.host = host, .call = call, .config = host->at(host->get(host->config(call), "/organizations"), index), .index = index};
    f->name = host->text(f->config, "/name", "");
    f->kind = fg_kind_find(host->text(f->config, "/type", ""));
    f->is_user = host->text(f->config, "/user", NULL) != NULL;
    f->organization = f->is_user ? host->text(f->config, "/user", "") : host->text(f->config, "/organization", "");
    f->memory = fg_memory(index);
    url = address(f);
    api = host->text(f->config, "/api", url ? url : host->text(host->config(call), "/github_api", ""));
    f->paced = !url && !host->text(f->config, "/api", NULL);
    n = strlen(api);
    while (n && api[n - 1] == '/')
        n--;
    fg_put_n(&text, api, n);
    if (url && api == url)
        fg_put(&text, f->kind->api);
    f->api = text.p;
    if (strcmp(f->kind->type, "github") == 0) {
        struct fg_text graphql = {0};

        n = strlen(f->api);
        fg_put_n(&graphql, f->api, n > 7 && strcmp(f->api + n - 7, "/api/v3") == 0 ? n - 3 : n);
        fg_put(&graphql, "/graphql");
        f->graphql = graphql.p;
    }
}

void fg_fini(struct fg *f)
{
    free(f->api);
    free(f->graphql);
    f->api = f->graphql = NULL;
}

bool fg_is_on(const struct fg *f, const char *half)
{
    const struct callboard_json *section = f->host->get(f->config, half);

    if (strcmp(half, "/people") == 0 && f->is_user)
        return false;
    return f->host->boolean(section, "/enabled", 1);
}

/* ---- limits */

static int64_t header_number(struct fg *f, struct callboard_http *http, const char *name, int64_t otherwise)
{
    const char *value = f->host->http_answer_header(http, name);

    return value && *value >= '0' && *value <= '9' ? strtoll(value, NULL, 10) : otherwise;
}

/* How long the forge wants to be left alone, by what it says; 0: it does not. */
static int64_t pause_s(struct fg *f, struct callboard_http *http, int status)
{
    int64_t after = header_number(f, http, "retry-after", 0), now_s = f->host->now_us(f->call) / 1000000;
    int64_t left = header_number(f, http, "x-ratelimit-remaining", header_number(f, http, "ratelimit-remaining", -1));
    int64_t reset = header_number(f, http, "x-ratelimit-reset", header_number(f, http, "ratelimit-reset", 0));
    const char *said = status == 403 ? f->host->text(f->host->http_json(http), "/message", "") : "";
    bool refused = status == 429 || (status == 403 && (after > 0 || left == 0 || strstr(said, "rate limit")));

    if (!refused && left != 0)
        return 0;
    if (after > 0)
        return after;
    if (left == 0 && reset > 0)
        return reset > now_s ? reset - now_s + 1 : 1; /* over by now, or by the forge's clock almost */
    return refused ? RESET_S : 0;
}

void fg_leave_alone(struct fg *f, int64_t s)
{
    int64_t until = f->host->now_us(f->call) + s * 1000000;

    fg_lock();
    if (until > f->memory->not_before_us)
        f->memory->not_before_us = until;
    fg_unlock();
}

/* GitHub stops who asks faster, whatever is left of an hour's limit. */
static int keep_pace(struct fg *f)
{
    int64_t now = f->host->now_us(f->call), wait;

    if (!f->paced)
        return 0;
    fg_lock();
    wait = f->memory->next_us - now > PACE_MS * INT64_C(1000) * 100 ? 0 : f->memory->next_us - now; /* a clock that was set back */
    f->memory->next_us = (wait > 0 ? now + wait : now) + PACE_MS * INT64_C(1000);
    fg_unlock();
    if (wait <= 0)
        return 0;
    return f->host->wait_ms(f->call, (wait + 999) / 1000) == 0 ? 0 : fg_why(f, CALLBOARD_ECANCELLED, "%s", f->host->error(f->call));
}

/* Wait until the forge may be asked again, or say when that is. */
static int wait_for_turn(struct fg *f)
{
    int64_t s, left_ms = f->host->left_ms(f->call);

    fg_lock();
    s = (f->memory->not_before_us - f->host->now_us(f->call) + 999999) / 1000000;
    fg_unlock();
    if (s <= 0)
        return 0;
    if (s > FG_WAIT_S || f->waited_s + s > FG_WAIT_ALL_S || s * 1000 + FG_SPARE_MS > left_ms)
        return fg_why(f, CALLBOARD_ELIMIT, "%s was asked as often as it allows; it may be asked again in %lld s", f->kind->label, (long long)s);
    f->waited_s += s;
    f->host->metric_add(f->call, "waited_seconds", (double)s);
    return f->host->wait_ms(f->call, s * 1000) == 0 ? 0 : fg_why(f, CALLBOARD_ECANCELLED, "%s", f->host->error(f->call));
}

/* ---- one question */

static int refused(struct fg *f, struct callboard_http *http, int status, const char *path)
{
    static const struct {
        int status, code;
        const char *what;
    } rows[] = {
        {401, CALLBOARD_EDENIED, "does not accept the token (401)"},
        {403, CALLBOARD_EDENIED, "gives the token no right to it (403)"},
        {404, CALLBOARD_ENOTFOUND, "has no such thing, or shows it to others alone (404)"},
        {409, CALLBOARD_ECONFLICT, "is in no state for it (409)"},
        {429, CALLBOARD_ELIMIT, "was asked too often (429)"},
        {451, CALLBOARD_EDENIED, "may not show it (451)"},
    };
    int n = (int)strcspn(path, "?");
    const char *said = f->host->text(f->host->http_json(http), "/message", f->host->text(f->host->http_json(http), "/error", ""));

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].status == status)
            return fg_why(f, rows[i].code, "%s %s: %.*s%s%.200s", f->kind->label, rows[i].what, n, path, *said ? ": " : "", said);
    return fg_why(f, status >= 500 ? CALLBOARD_EUPSTREAM : CALLBOARD_EINVAL, "%s answered %d to %.*s%s%.200s", f->kind->label, status, n, path, *said ? ": " : "", said);
}

/* BODY: of a POST to GraphQL. */
static struct callboard_http *request(struct fg *f, const char *method, const char *path, const char *body)
{
    const char *token = f->host->text(f->config, "/token", "");
    struct callboard_http *http;
    struct fg_text text = {0};

    fg_put(&text, body ? f->graphql : f->api);
    fg_put(&text, body ? "" : path);
    http = f->host->http(f->call, method, text.p);
    f->host->http_header(http, "Accept", strcmp(f->kind->type, "github") == 0 ? "application/vnd.github+json" : "application/json");
    if (strcmp(f->kind->type, "github") == 0)
        f->host->http_header(http, "X-GitHub-Api-Version", "2022-11-28");
    if (*token) {
        text.n = 0;
        fg_put(&text, f->kind->scheme);
        fg_put(&text, token);
        f->host->http_header(http, f->kind->login, text.p);
    }
    if (body)
        f->host->http_body(http, "application/json", body, strlen(body));
    f->host->http_timeout(http, FG_REQUEST_MS);
    free(text.p);
    return http;
}

/* The host tries a GET once more by itself; a question by POST changes nothing either. */
static bool once_more(struct fg *f, const char *body, int status, int tries)
{
    return body && tries == 0 && (status == CALLBOARD_EUPSTREAM || status == 502 || status == 503 || status == 504) && f->host->wait_ms(f->call, AGAIN_MS) == 0;
}

static int ask(struct callboard_http **out, struct fg *f, const char *method, const char *path, const char *body)
{
    if (out)
        *out = NULL;
    for (int i = 0;; i++) {
        struct callboard_http *http;
        int64_t pause;
        int rc, status;

        if ((rc = wait_for_turn(f)) != 0 || (rc = keep_pace(f)) != 0)
            return rc;
        if (f->host->cancelled(f->call) || f->host->left_ms(f->call) < FG_SPARE_MS)
            return fg_why(f, CALLBOARD_ETIMEOUT, "%s: the time of one reading is over; the next one goes on from here", f->kind->label);
        http = request(f, method, path, body);
        status = f->host->http_send(http);
        f->host->metric_add(f->call, "requests", 1);
        if (status < 0) {
            fg_why(f, status, "%s: %s", f->kind->label, f->host->error(f->call));
            fg_done(f, http);
            if (once_more(f, body, status, i))
                continue;
            return status;
        }
        if (f->host->http_answer_header(http, "x-simulated"))
            f->memory->simulated = true;
        if ((pause = pause_s(f, http, status)) > 0)
            fg_leave_alone(f, pause);
        if (status >= 200 && status <= 299) {
            if (out)
                *out = http;
            else
                fg_done(f, http);
            return 0;
        }
        rc = refused(f, http, status, path);
        fg_done(f, http);
        if (pause == 0 && once_more(f, body, status, i))
            continue;
        if (pause == 0 || i == TRY_N - 1)
            return rc;
    }
}

int fg_ask(struct callboard_http **out, struct fg *f, const char *method, const char *path)
{
    return ask(out, f, method, path, NULL);
}

static int get(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *path, const char *body)
{
    int rc = ask(http, f, body ? "POST" : "GET", path, body);

    if (rc != 0)
        return rc;
    if ((*out = f->host->http_json(*http)))
        return 0;
    fg_why(f, CALLBOARD_EUPSTREAM, "%s: %.*s: %s", f->kind->label, (int)strcspn(path, "?"), path, f->host->error(f->call));
    fg_done(f, *http);
    *http = NULL;
    return CALLBOARD_EUPSTREAM;
}

int fg_get(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *path)
{
    return get(out, http, f, path, NULL);
}

int fg_post(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *body)
{
    return get(out, http, f, "/graphql", body);
}

void fg_done(struct fg *f, struct callboard_http *http)
{
    if (http)
        f->host->http_forget(http);
}

/* ---- pages */

/*
 * The number of the next page; 0: this was the last. Gitea leaves out of a page what the token may not see, so that one may be short or empty with others
 * behind it: its links say so, where it gives any; of other lists it tells the number of all.
 */
static int next_page(struct fg *f, struct callboard_http *http, int page, size_t n, size_t seen)
{
    const char *link = f->host->http_answer_header(http, "link");
    int64_t next = header_number(f, http, "x-next-page", 0), total = header_number(f, http, "x-total-count", INT64_MAX);

    if (f->kind->paging == FG_BY_NEXT && f->host->http_answer_header(http, "x-next-page"))
        return next > page && next < INT64_C(1000000) ? (int)next : 0;
    if (f->kind->paging != FG_BY_TOTAL || link)
        return link && strstr(link, "rel=\"next\"") ? page + 1 : 0;
    return n && (int64_t)seen < total ? page + 1 : 0;
}

int fg_each(struct fg *f, const char *path, int (*row)(struct fg *f, const struct callboard_json *row, void *ctx), void *ctx)
{
    struct fg_text text = {0};
    size_t seen = 0;
    int rc = 0;

    for (int page = 1, read_n = 0; page && rc == 0;) {
        const struct callboard_json *list;
        struct callboard_http *http;
        size_t n;

        if (read_n++ == FG_PAGE_MAX) {
            rc = fg_why(f, CALLBOARD_ELIMIT, "%s: %s has more than %d pages", f->kind->label, path, FG_PAGE_MAX);
            break;
        }
        text.n = 0;
        fg_printf(&text, "%s%c%s=%d&page=%d", path, strchr(path, '?') ? '&' : '?', f->kind->page_size, f->kind->page, page);
        if ((rc = fg_get(&list, &http, f, text.p)) != 0)
            break;
        if (f->host->type(list, "") != CALLBOARD_JSON_ARRAY) {
            rc = fg_why(f, CALLBOARD_EUPSTREAM, "%s: %.*s is no list", f->kind->label, (int)strcspn(path, "?"), path);
            fg_done(f, http);
            break;
        }
        n = f->host->count(list, "");
        seen += n;
        for (size_t i = 0; i < n && rc == 0; i++)
            rc = row(f, f->host->at(list, i), ctx);
        page = next_page(f, http, page, n, seen);
        fg_done(f, http);
    }
    free(text.p);
    return rc;
}

/* ---- all organisations of one source */

void fg_half_done(struct fg *f, int half, size_t n, size_t other_n)
{
    fg_lock();
    f->memory->half[half].n = n;
    f->memory->half[half].other_n = other_n;
    fg_unlock();
}

static void note(struct fg *f, int half, int rc)
{
    struct fg_half *h = &f->memory->half[half];

    fg_lock();
    h->tried_us = f->host->now_us(f->call);
    if (rc == 0)
        h->read_us = h->tried_us;
    snprintf(h->why, sizeof(h->why), "%s", rc == 0 ? "" : f->why);
    fg_unlock();
}

int fg_read_all(const struct callboard_host *host, struct callboard_call *call, int half, const char *key, fg_read_fn *read,
                int (*emit)(const struct callboard_host *host, struct callboard_call *call))
{
    size_t n = host->count(host->get(host->config(call), "/organizations"), ""), good_n = 0, missing_n = 0, bad_n = 0;
    char why[FG_WHY_MAX + 80] = "";
    int code = 0;

    for (size_t i = 0; i < n; i++) {
        struct fg f;
        int rc;

        fg_init(&f, host, call, i);
        if (!fg_is_on(&f, key)) {
            fg_fini(&f);
            continue;
        }
        rc = read(&f, &f.memory->good[half]);
        note(&f, half, rc);
        good_n += rc == 0;
        if (rc != 0) {
            bad_n++;
            missing_n += f.memory->good[half] == NULL;
            host->log(call, CALLBOARD_LOG_WARN, "%s: %s", f.name, f.why);
            if (!code) {
                code = rc;
                snprintf(why, sizeof(why), "%s: %s", f.name, f.why);
            }
        }
        fg_fini(&f);
    }
    host->metric_set(call, half == FG_PEOPLE ? "failing_people" : "failing_repositories", (double)bad_n);
    if (missing_n || (code && good_n == 0))
        return host->fail(call, code, "%s", why);
    return emit(host, call);
}
