/* Argo CD's words, revisions and addresses as a person reads them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "plugins/argocd/argocd.h"

#define SHORT_N 7
#define MESSAGE_MAX 120 /* bytes of a commit's message */

const char *argo_text(const struct argo *a, const struct callboard_json *json, const char *pointer)
{
    return a->host->text(json, pointer, "");
}

/* ---- states */

const char *argo_state_name(enum argo_state state)
{
    static const char *const names[] = {"ok", "info", "unknown", "progress", "warning", "error"};

    return names[state < 0 ? ARGO_UNKNOWN : state];
}

struct word {
    const char *text;
    enum argo_state state;
};

static enum argo_state state_of(const struct word *words, const char *text)
{
    while (words->text && strcmp(words->text, text) != 0)
        words++;
    return words->text ? words->state : ARGO_UNKNOWN;
}

enum argo_state argo_sync_state(const char *status)
{
    static const struct word words[] = {{"Synced", ARGO_OK}, {"OutOfSync", ARGO_WARNING}, {NULL, ARGO_UNKNOWN}};

    return state_of(words, status);
}

enum argo_state argo_health_state(const char *status)
{
    static const struct word words[] = {{"Healthy", ARGO_OK},     {"Progressing", ARGO_PROGRESS}, {"Suspended", ARGO_INFO},
                                        {"Degraded", ARGO_ERROR}, {"Missing", ARGO_ERROR},        {NULL, ARGO_UNKNOWN}};

    return state_of(words, status);
}

enum argo_state argo_phase_state(const char *phase)
{
    static const struct word words[] = {{"Running", ARGO_PROGRESS}, {"Terminating", ARGO_PROGRESS}, {"Failed", ARGO_ERROR},
                                        {"Error", ARGO_ERROR},      {"Succeeded", ARGO_OK},         {NULL, ARGO_UNKNOWN}};

    return state_of(words, phase);
}

enum argo_state argo_condition_state(const char *type)
{
    size_t n = strlen(type);

    return n >= 5 && strcmp(type + n - 5, "Error") == 0 ? ARGO_ERROR : ARGO_WARNING;
}

bool argo_running(const struct argo *a, const struct argo_app *app)
{
    const char *phase = argo_text(a, app->json, "/status/operationState/phase");

    return argo_phase_state(phase) == ARGO_PROGRESS || a->host->count(app->json, "/operation") > 0;
}

enum argo_state argo_app_state(const struct argo *a, const struct argo_app *app)
{
    enum argo_state sync = argo_sync_state(argo_text(a, app->json, "/status/sync/status"));
    enum argo_state health = argo_health_state(argo_text(a, app->json, "/status/health/status"));
    enum argo_state worst = sync > health ? sync : health;

    return argo_running(a, app) && worst < ARGO_PROGRESS ? ARGO_PROGRESS : worst;
}

/* ---- texts */

const char *argo_join(const struct argo *a, const char *list, const char *separator, const char *item)
{
    return *list ? a->host->format(a->call, "%s%s%s", list, separator, item) : item;
}

const char *argo_cut(const struct argo *a, const char *text, size_t n)
{
    size_t line, keep;

    text += strspn(text, " \t\r\n");
    line = keep = strcspn(text, "\r\n");
    if (line > n)
        for (keep = n; keep && ((unsigned char)text[keep] & 0xc0) == 0x80;) /* not within a character */
            keep--;
    return a->host->format(a->call, "%.*s%s", (int)keep, text, keep < line ? "…" : "");
}

const char *argo_quote(const struct argo *a, const char *text)
{
    size_t n = strlen(text), m = 0;
    char *quoted = malloc(n * 6 + 3);
    const char *kept;

    if (!quoted)
        abort();
    quoted[m++] = '"';
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            quoted[m++] = '\\';
        if (*p < 0x20)
            m += (size_t)sprintf(quoted + m, "\\u%04x", *p);
        else
            quoted[m++] = (char)*p;
    }
    quoted[m++] = '"';
    kept = a->host->format(a->call, "%.*s", (int)m, quoted);
    free(quoted);
    return kept;
}

int64_t argo_time_s(const char *iso)
{
    struct tm tm = {0};
    int n = 0;

    if (sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 || n < 19)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}

const char *argo_duration(const struct argo *a, const char *from, const char *to)
{
    int64_t begin = argo_time_s(from), end = argo_time_s(to), s = end - begin;

    if (begin == 0 || end == 0 || s < 0)
        return "";
    if (s < 60)
        return a->host->format(a->call, "%d s", (int)s);
    if (s < 3600)
        return a->host->format(a->call, "%d min %d s", (int)(s / 60), (int)(s % 60));
    return a->host->format(a->call, "%lld h %d min", (long long)(s / 3600), (int)(s % 3600 / 60));
}

const char *argo_app_url(const struct argo *a, const struct argo_app *app)
{
    const char *name = a->host->escape(a->call, app->name);

    if (!*app->space)
        return a->host->format(a->call, "%s/applications/%s", app->instance->url, name);
    return a->host->format(a->call, "%s/applications/%s/%s", app->instance->url, a->host->escape(a->call, app->space), name);
}

/* ---- revisions */

static bool is_commit(const char *revision)
{
    size_t n = strlen(revision);

    return (n == 40 || n == 64) && strspn(revision, "0123456789abcdef") == n;
}

const char *argo_short(const struct argo *a, const char *revision)
{
    if (is_commit(revision))
        return a->host->format(a->call, "%.*s", SHORT_N, revision);
    return argo_cut(a, revision, 40);
}

static bool is_git(const struct argo *a, const struct callboard_json *source)
{
    return !*argo_text(a, source, "/chart") && strncasecmp(argo_text(a, source, "/repoURL"), "oci://", 6) != 0;
}

const struct callboard_json *argo_source(const struct argo *a, const struct callboard_json *spec, int *index)
{
    const struct callboard_json *sources = a->host->get(spec, "/sources");
    size_t n = a->host->count(sources, "");

    *index = -1;
    if (n == 0)
        return a->host->get(spec, "/source");
    *index = 0;
    for (size_t i = 0; i < n; i++) {
        const struct callboard_json *source = a->host->at(sources, i);

        if (is_git(a, source) && *argo_text(a, source, "/path")) {
            *index = (int)i;
            break;
        }
    }
    return a->host->at(sources, (size_t)*index);
}

const char *argo_revisions(const struct argo *a, const struct callboard_json *json, const char *pointer)
{
    const struct callboard_json *list = a->host->get(json, a->host->format(a->call, "%s/revisions", pointer));
    const char *text = "";

    for (size_t i = 0; i < a->host->count(list, "") && i < 8; i++)
        text = argo_join(a, text, ", ", argo_short(a, argo_text(a, a->host->at(list, i), "")));
    return *text ? text : argo_short(a, argo_text(a, json, a->host->format(a->call, "%s/revision", pointer)));
}

const char *argo_revision(const struct argo *a, const struct callboard_json *json, const char *pointer, int index)
{
    if (index >= 0)
        return argo_text(a, json, a->host->format(a->call, "%s/revisions/%d", pointer, index));
    return argo_text(a, json, a->host->format(a->call, "%s/revision", pointer));
}

/* "git@host:a/b.git", "ssh://git@host:22/a/b", "https://user:secret@host/a/b.git" -> "https://host/a/b"; "" when it is none of them. */
static const char *web_url(const struct argo *a, const char *repo)
{
    const char *rest = strstr(repo, "://"), *at, *host;
    bool web = strncasecmp(repo, "https://", 8) == 0 || strncasecmp(repo, "http://", 7) == 0;
    bool scp = !rest;
    size_t host_n, n;

    if (rest && !web && strncasecmp(repo, "ssh://", 6) != 0)
        return "";
    rest = rest ? rest + 3 : repo;
    at = memchr(rest, '@', strcspn(rest, "/"));
    host = at ? at + 1 : rest;
    host_n = strcspn(host, scp ? ":/" : "/");
    if (!host_n || !host[host_n] || (scp && (host[host_n] != ':' || !at)))
        return "";
    rest = host + host_n + 1;
    if (!web && !scp && memchr(host, ':', host_n)) /* the port of ssh is none of the web's */
        host_n = strcspn(host, ":");
    n = strcspn(rest, "?#");
    while (n && rest[n - 1] == '/')
        n--;
    if (n > 4 && strncmp(rest + n - 4, ".git", 4) == 0)
        n -= 4;
    for (size_t i = 0; i < n; i++)
        if (isspace((unsigned char)rest[i]) || (unsigned char)rest[i] < 0x20)
            return "";
    return a->host->format(a->call, "%s%.*s/%.*s", strncasecmp(repo, "http://", 7) == 0 ? "http://" : "https://", (int)host_n, host, (int)n, rest);
}

const char *argo_commit_url(const struct argo *a, const struct callboard_json *source, const char *revision)
{
    const char *url = is_git(a, source) ? web_url(a, argo_text(a, source, "/repoURL")) : "";

    if (!*url || !is_commit(revision))
        return "";
    if (strstr(url, "gitlab"))
        return a->host->format(a->call, "%s/-/commit/%s", url, revision);
    if (strstr(url, "bitbucket"))
        return a->host->format(a->call, "%s/commits/%s", url, revision);
    return a->host->format(a->call, "%s/commit/%s", url, revision);
}

const char *argo_commit(struct argo *a, const struct argo_app *app, const struct callboard_json *source, const char *revision, int index)
{
    bool chart = *argo_text(a, source, "/chart") != '\0';
    const char *what = is_git(a, source) ? "metadata" : chart ? "chartdetails" : "ocimetadata"; /* metadata of a chart's version is a 500 */
    const char *at = index >= 0 ? a->host->format(a->call, "&sourceIndex=%d", index) : "";
    const struct callboard_json *answer;
    const char *message, *author, *mail;

    if (!*revision)
        return "";
    if (argo_get_extra(&answer, a, app->instance,
                       a->host->format(a->call, "/api/v1/applications/%s/revisions/%s/%s?%s%s", a->host->escape(a->call, app->name),
                                       a->host->escape(a->call, revision), what, argo_scope(a, app), at)) < 0) {
        a->host->log(a->call, CALLBOARD_LOG_DEBUG, "revision %s of %s: %s", argo_short(a, revision), app->name, a->why);
        return "";
    }
    message = argo_cut(a, a->host->text(answer, "/message", argo_text(a, answer, "/description")), MESSAGE_MAX);
    author = a->host->text(answer, "/author", argo_text(a, answer, "/authors"));
    mail = strstr(author, " <");
    author = a->host->format(a->call, "%.*s", mail ? (int)(mail - author) : 80, author);
    if (!*author)
        return message;
    return *message ? a->host->format(a->call, "%s (%s)", message, author) : author;
}

/* ---- what all panels write */

void argo_put_head(struct argo *a, const char *type)
{
    const struct callboard_host *host = a->host;
    const struct argo_instance *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < a->instance_n; i++)
        if (a->instances[i].chosen && n++ == 0)
            only = &a->instances[i];
    host->put_text(a->call, "type", type);
    host->begin_object(a->call, "source");
    host->put_textf(a->call, "name", n == 1 ? "Argo CD %s" : "Argo CD", only ? only->name : "");
    if (n == 1)
        host->put_text(a->call, "url", only->url);
    if (a->simulated)
        host->put_boolean(a->call, "simulated", 1);
    host->end(a->call);
    if (a->problem_n == 0)
        return;
    host->begin_array(a->call, "partial");
    for (size_t i = 0; i < a->problem_n; i++) {
        host->begin_object(a->call, NULL);
        host->put_text(a->call, "source", a->problems[i].source);
        host->put_text(a->call, "message", a->problems[i].message);
        host->end(a->call);
    }
    host->end(a->call);
}

void argo_put_cell(const struct argo *a, const char *key, const char *text, enum argo_state state, const char *title, const char *url)
{
    a->host->begin_object(a->call, key);
    a->host->put_text(a->call, "text", text);
    if (state != ARGO_PLAIN)
        a->host->put_text(a->call, "state", argo_state_name(state));
    if (title && *title)
        a->host->put_text(a->call, "title", title);
    if (url && *url)
        a->host->put_text(a->call, "url", url);
    a->host->end(a->call);
}

bool argo_is_on(const struct argo *a, const char *action)
{
    const struct callboard_json *list = a->host->get(a->host->config(a->call), "/actions");

    for (size_t i = 0; i < a->host->count(list, ""); i++)
        if (strcmp(argo_text(a, a->host->at(list, i), ""), action) == 0)
            return true;
    return false;
}

void argo_put_action(const struct argo *a, const char *action, const char *title, const struct argo_app *app, int64_t id)
{
    const struct callboard_host *host = a->host;

    host->begin_object(a->call, NULL);
    host->put_text(a->call, "action", action);
    host->put_text(a->call, "title", title);
    host->begin_object(a->call, "input");
    host->put_text(a->call, "instance", app->instance->name);
    host->put_text(a->call, "app", app->name);
    if (*app->space)
        host->put_text(a->call, "namespace", app->space);
    if (id >= 0)
        host->put_integer(a->call, "id", id);
    host->end(a->call);
    host->end(a->call);
}
