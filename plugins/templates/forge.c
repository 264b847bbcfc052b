#include "plugins/templates/forge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ACCEPT_GITHUB "application/vnd.github+json"
#define API_TIMEOUT_MS 30000 /* a forge may take long to make a repository */
#define SAID_MAX 400

/* ---- which forge */

static const struct callboard_json *integration_of(const struct callboard_host *host, struct callboard_call *call, const char *name)
{
    const struct callboard_json *all = host->get(host->config(call), "/integrations");

    for (size_t i = 0; i < host->count(all, ""); i++)
        if (strcasecmp(host->text(host->at(all, i), "/host", ""), name) == 0)
            return host->at(all, i);
    return NULL;
}

int forge_open(struct forge *f, const struct callboard_host *host, struct callboard_call *call, const char *repo_url, const char *type,
               int owner_optional)
{
    const struct callboard_json *in;

    *f = (struct forge){.host = host, .call = call};
    if (!publish_repo(&f->repo, host, call, repo_url))
        return host->fail(call, CALLBOARD_EINVAL, "Invalid repo URL passed to publisher, %.200s: write host?owner=...&repo=...", repo_url);
    if (!f->repo.owner && !owner_optional)
        return host->fail(call, CALLBOARD_EINVAL, "Invalid repo URL passed to publisher: %.200s, missing owner", repo_url);
    if (!(in = integration_of(host, call, f->repo.host)))
        return host->fail(call, CALLBOARD_EDENIED,
                          "No matching integration configuration for host %s: let this plugin have it, with plugins: {templates: {integrations: [%s]}} in "
                          "callboard.yaml, beside its token under integrations:",
                          f->repo.host, f->repo.host);
    f->type = host->text(in, "/type", "");
    f->web = host->text(in, "/web", "");
    f->api = host->text(in, "/api", "");
    f->token = host->text(host->input(call), "/token", host->text(host->get(host->input(call), "/input"), "/token", host->text(in, "/token", NULL)));
    if (strcmp(f->type, type) != 0)
        return host->fail(call, CALLBOARD_EINVAL, "%s is a host of type %s, not %s: use the action of its type", f->repo.host, f->type, type);
    if (!f->token || !*f->token)
        return host->fail(call, CALLBOARD_EDENIED, "No token for %s: give its integration one, or the step's input", f->repo.host);
    host->mask(call, f->token);
    return CALLBOARD_OK;
}

/* ---- requests */

/* Is there a part in PATH that leads up, out of what the request is about? */
static bool climbs(const char *path)
{
    size_t n = strcspn(path, "?");

    for (const char *p = path; p < path + n; p += *p == '/') {
        size_t part = strcspn(p, "/?");

        if ((part == 1 && p[0] == '.') || (part == 2 && p[0] == '.' && p[1] == '.'))
            return true;
        p += part;
    }
    return false;
}

static int vask(struct forge *f, const char *method, const char *body, const char *format, va_list args)
{
    const struct callboard_host *host = f->host;
    struct callboard_http *http;
    char *path = NULL;

    if (vasprintf(&path, format, args) < 0)
        abort();
    if (climbs(path)) {
        free(path);
        return host->fail(f->call, CALLBOARD_EINVAL, "'.' and '..' are no names of an owner, a repository, a branch or a user");
    }
    http = host->http(f->call, method, host->format(f->call, "%s%s", f->api, path));
    free(path);
    host->http_timeout(http, API_TIMEOUT_MS);
    if (strcmp(f->type, "gitlab") == 0) {
        host->http_header(http, "PRIVATE-TOKEN", f->token);
    } else {
        host->http_header(http, "Authorization", host->format(f->call, "%s %s", strcmp(f->type, "github") == 0 ? "Bearer" : "token", f->token));
        host->http_header(http, "Accept", strcmp(f->type, "github") == 0 ? ACCEPT_GITHUB : "application/json");
    }
    if (strcmp(f->type, "github") == 0)
        host->http_header(http, "X-GitHub-Api-Version", "2022-11-28");
    if (body)
        host->http_body(http, "application/json", body, strlen(body));
    f->answer = NULL;
    f->status = host->http_send(http);
    if (f->status < 0)
        return host->fail(f->call, f->status, "%s: %s", f->repo.host, host->error(f->call));
    f->answer = host->http_json(http);
    return f->status;
}

int forge_ask(struct forge *f, const char *method, const char *body, const char *format, ...)
{
    va_list args;
    int rc;

    va_start(args, format);
    rc = vask(f, method, body, format, args);
    va_end(args);
    return rc;
}

int forge_must(struct forge *f, const char *what, const char *method, const char *body, const char *format, ...)
{
    va_list args;
    int rc;

    va_start(args, format);
    rc = vask(f, method, body, format, args);
    va_end(args);
    if (rc < 0)
        return CALLBOARD_FAILED;
    return rc >= 200 && rc < 300 ? CALLBOARD_OK : forge_refused(f, what);
}

/* The texts of an array, or of an object's values, behind one another: how each forge lists what is wrong. */
static const char *join(struct forge *f, const struct callboard_json *list)
{
    const struct callboard_host *host = f->host;
    const char *out = "";

    for (size_t i = 0; i < host->count(list, ""); i++) {
        const struct callboard_json *one = host->at(list, i);
        const char *key = host->key_at(list, i), *text = host->text(one, "", host->text(one, "/message", host->text(one, "/0", NULL)));

        if (!text && host->text(one, "/code", NULL))
            text = host->format(f->call, "%s %s", host->text(one, "/field", "it"), host->text(one, "/code", ""));
        if (text)
            out = host->format(f->call, "%s%s%s%s%s", out, *out ? "; " : "", key ? key : "", key ? " " : "", text);
    }
    return out;
}

const char *forge_said(struct forge *f)
{
    const struct callboard_host *host = f->host;
    const char *message = host->text(f->answer, "/message", host->text(f->answer, "/error_description", host->text(f->answer, "/error", "")));
    const char *more = join(f, host->get(f->answer, "/errors"));

    if (!*message)
        message = join(f, host->get(f->answer, "/message"));
    if (!*message && !*more)
        return host->format(f->call, "status %d", f->status);
    return host->format(f->call, "%.*s%s%.*s", SAID_MAX, message, *message && *more ? ": " : "", SAID_MAX, more);
}

int forge_refused(struct forge *f, const char *what)
{
    static const struct {
        int status, code;
        const char *hint;
    } hints[] = {
        {401, CALLBOARD_EDENIED, " (the token is wrong, or no longer good)"},
        {403, CALLBOARD_EDENIED, " (see what the token may do)"},
        {404, CALLBOARD_ENOTFOUND, " (it is not there, or the token may not see it)"},
        {409, CALLBOARD_ECONFLICT, ""},
        {422, CALLBOARD_EINVAL, ""},
        {400, CALLBOARD_EINVAL, ""},
        {429, CALLBOARD_ELIMIT, " (it is asked too often)"},
    };

    for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
        if (hints[i].status == f->status)
            return f->host->fail(f->call, hints[i].code, "%s: %s says: %s%s", what, f->repo.host, forge_said(f), hints[i].hint);
    return f->host->fail(f->call, CALLBOARD_EUPSTREAM, "%s: %s says: %s", what, f->repo.host, forge_said(f));
}

const char *forge_text(const struct forge *f, const char *pointer)
{
    return f->host->text(f->answer, pointer, NULL);
}

const char *forge_part(const struct forge *f, const char *text)
{
    return f->host->escape(f->call, text);
}

/* ---- bodies */

void forge_put_raw(struct forge_body *b, const char *key, const char *json)
{
    if (json)
        b->text = b->host->format(b->call, "%s%s%s:%s", b->text, *b->text ? "," : "", publish_quote(b->host, b->call, key), json);
}

void forge_put(struct forge_body *b, const char *key, const char *text)
{
    if (text)
        forge_put_raw(b, key, publish_quote(b->host, b->call, text));
}

void forge_put_json(struct forge_body *b, const char *key, const struct callboard_json *value)
{
    if (value)
        forge_put_raw(b, key, b->host->dump(b->call, value, 0));
}

void forge_put_flag(struct forge_body *b, const char *key, int on)
{
    forge_put_raw(b, key, on ? "true" : "false");
}

void forge_take(struct forge_body *b, const char *key, const char *pointer)
{
    forge_put_json(b, key, b->host->get(b->host->input(b->call), pointer));
}

const char *forge_end(const struct forge_body *b)
{
    return b->host->format(b->call, "{%s}", b->text);
}

/* ---- a repository that was made, where the API is GitHub's or Gitea's */

const char *forge_repository(const struct forge *f)
{
    return f->host->format(f->call, "/repos/%s/%s", forge_part(f, f->repo.owner), forge_part(f, f->repo.repo));
}

void forge_take_back(struct forge *f)
{
    if (forge_ask(f, "DELETE", NULL, "%s", forge_repository(f)) >= 200 && f->status < 300)
        f->host->log(f->call, CALLBOARD_LOG_WARN, "The repository %s/%s was made and is deleted again", f->repo.owner, f->repo.repo);
    else
        f->host->log(f->call, CALLBOARD_LOG_ERROR, "The repository %s/%s was made and is still there", f->repo.owner, f->repo.repo);
}

int forge_undo(const struct callboard_host *host, struct callboard_call *call, const char *type, const char *per_page)
{
    const struct callboard_json *input = host->input(call);
    const char *commit = host->text(input, "/output/commitHash", NULL);
    struct forge f;
    int rc = forge_open(&f, host, call, host->text(input, "/input/repoUrl", ""), type, 0);

    if (rc != CALLBOARD_OK)
        return rc;
    if (!commit)
        return host->fail(call, CALLBOARD_EINVAL, "there is nothing to take back: the run made no repository");
    if ((rc = forge_must(&f, "Its commits cannot be looked at", "GET", NULL, "%s/commits?%s", forge_repository(&f), per_page)) != CALLBOARD_OK)
        return rc;
    if (host->count(f.answer, "") != 1 || strcmp(host->text(f.answer, "/0/sha", ""), commit) != 0)
        return host->fail(call, CALLBOARD_ECONFLICT, "somebody has pushed to %s/%s since it was made: it stays", f.repo.owner, f.repo.repo);
    if ((rc = forge_must(&f, "The repository cannot be deleted", "DELETE", NULL, "%s", forge_repository(&f))) != CALLBOARD_OK)
        return rc;
    host->put_textf(call, "message", "The repository %s/%s was deleted", f.repo.owner, f.repo.repo);
    return CALLBOARD_OK;
}
