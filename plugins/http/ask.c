/* One request for one panel: for which entities, where to, with which credential, and what an answer that is none says. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "plugins/http/facts.h"

#define CREDENTIAL_MAX 4096 /* bytes of "user:password" */
#define MESSAGE_MAX 300     /* bytes of the upstream's own words in a sentence */
#define LEAST_MS 100        /* with less time left, nobody is asked */

static const char *option(const struct facts_panel *p, const char *pointer, const char *otherwise)
{
    return p->f->host->text(p->config, pointer, otherwise);
}

static void fail(struct facts_panel *p, int code, const char *why)
{
    p->code = code;
    p->why = why;
}

static bool is_of_kind(const struct facts_panel *p)
{
    const struct facts *f = p->f;
    const struct callboard_json *kinds = f->host->get(p->config, "/kinds");
    const char *ref = f->host->ref(f->call);
    size_t n = f->host->count(kinds, "");

    for (size_t i = 0; i < n; i++) {
        const char *kind = f->host->text(f->host->at(kinds, i), "", "");

        if (ref && strlen(kind) == strcspn(ref, ":") && strncasecmp(ref, kind, strlen(kind)) == 0)
            return true;
    }
    return n == 0;
}

/* A part of the path that is "." or ".." would lead elsewhere than the configuration says. */
static bool climbs(const char *url)
{
    const char *path = strchr(strstr(url, "://") ? strstr(url, "://") + 3 : url, '/');

    while (path && *path == '/') {
        size_t n = strcspn(path + 1, "/?");

        if ((n == 1 && path[1] == '.') || (n == 2 && path[1] == '.' && path[2] == '.'))
            return true;
        path += 1 + n;
    }
    return false;
}

static enum facts_use use_of_body(const struct facts_panel *p)
{
    return strncmp(option(p, "/content_type", ""), "application/x-www-form-urlencoded", 33) == 0 ? FACTS_IN_FORM : FACTS_IN_JSON;
}

/* The name of who is asked, as people know it: the configuration's, else the URL's host. */
static const char *from_of(const struct facts_panel *p, const char *url)
{
    const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;

    return option(p, "/source", p->f->host->format(p->f->call, "%.*s", (int)strcspn(host, "/?"), host));
}

bool facts_applies(struct facts_panel *p, const struct facts *f, const struct callboard_json *config)
{
    const char *annotation = f->host->text(config, "/annotation", NULL), *lacks, *url = f->host->text(config, "/url", ""), *body;

    *p = (struct facts_panel){.f = f, .config = config, .title = f->host->text(config, "/title", ""), .type = f->host->text(config, "/type", "")};
    if (!is_of_kind(p) || (annotation && !f->host->annotation(f->call, annotation)))
        return false;
    p->from = from_of(p, url);
    if (!(p->url = facts_fill(f, url, FACTS_IN_URL, NULL, NULL, &lacks)))
        return false;
    if ((body = option(p, "/body", NULL)) && !(p->body = facts_fill(f, body, use_of_body(p), NULL, NULL, &lacks)))
        return false;
    if (climbs(p->url))
        fail(p, CALLBOARD_EINVAL, "what the entity says would lead out of the path that is configured: a part of it is '.' or '..'");
    else if (strlen(p->url) > FACTS_URL_MAX)
        fail(p, CALLBOARD_ELIMIT, f->host->format(f->call, "with what the entity says the URL is over %d bytes", FACTS_URL_MAX));
    return true;
}

static const char *base64(const struct facts *f, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char out[CREDENTIAL_MAX / 3 * 4 + 8];
    size_t n = strlen(text), m = 0;

    for (size_t i = 0; i < n && i < CREDENTIAL_MAX; i += 3) {
        unsigned a = (unsigned char)text[i], b = i + 1 < n ? (unsigned char)text[i + 1] : 0, c = i + 2 < n ? (unsigned char)text[i + 2] : 0;

        out[m++] = digits[a >> 2];
        out[m++] = digits[(a & 3) << 4 | b >> 4];
        out[m++] = i + 1 < n ? digits[(b & 15) << 2 | c >> 6] : '=';
        out[m++] = i + 2 < n ? digits[c & 63] : '=';
    }
    return f->host->format(f->call, "%.*s", (int)m, out);
}

static void put_headers(const struct facts_panel *p, struct callboard_http *http, const char *pointer)
{
    const struct callboard_host *host = p->f->host;
    const struct callboard_json *headers = host->get(p->config, pointer);

    for (size_t i = 0, n = host->count(headers, ""); i < n; i++) {
        const char *value = host->text(host->at(headers, i), "", ""), *blank = strchr(value, ' ');

        if (strcmp(pointer, "/secret_headers") == 0 && blank) /* of "Bearer abc" the second is the secret */
            host->mask(p->f->call, blank + 1);
        host->http_header(http, host->key_at(headers, i), value);
    }
}

static void put_credential(const struct facts_panel *p, struct callboard_http *http)
{
    const struct facts *f = p->f;
    const char *token = option(p, "/token", NULL), *user = option(p, "/username", NULL), *both;

    if (token) {
        f->host->http_header(http, "Authorization", f->host->format(f->call, "Bearer %s", token));
    } else if (user) {
        both = base64(f, f->host->format(f->call, "%s:%s", user, option(p, "/password", "")));
        f->host->mask(f->call, both);
        f->host->http_header(http, "Authorization", f->host->format(f->call, "Basic %s", both));
    }
}

/* What the upstream says of itself, where programs usually say it. */
static const char *words_of(const struct facts *f, const struct callboard_json *body)
{
    static const char *const places[] = {"/message", "/error/message", "/error", "/error_description", "/detail", "/title", "/errors/0/message", "/errors/0", ""};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        const char *text = f->host->text(body, places[i], "");

        if (*text)
            return facts_cut(f, text, MESSAGE_MAX);
    }
    return "";
}

static bool means_absent(const struct facts_panel *p, int status)
{
    const struct callboard_host *host = p->f->host;
    const struct callboard_json *list = host->get(p->config, "/absent");

    for (size_t i = 0, n = host->count(list, ""); i < n; i++)
        if (host->integer(host->at(list, i), "", 0) == status)
            return true;
    return false;
}

static void take_refusal(struct facts_panel *p, int status, struct callboard_http *http)
{
    static const struct {
        int status, code;
        const char *what;
    } rows[] = {
        {400, CALLBOARD_EINVAL, "does not take the request (400)"},
        {401, CALLBOARD_EDENIED, "does not accept the credential (401)"},
        {403, CALLBOARD_EDENIED, "gives no right to it (403)"},
        {404, CALLBOARD_ENOTFOUND, "has no such address (404)"},
        {405, CALLBOARD_EINVAL, "does not take this method (405)"},
        {429, CALLBOARD_ELIMIT, "was asked too often (429)"},
    };
    const struct facts *f = p->f;
    const char *said = words_of(f, f->host->http_json(http)), *colon = *said ? ": " : "";

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].status == status) {
            fail(p, rows[i].code, f->host->format(f->call, "%s %s%s%s", p->from, rows[i].what, colon, said));
            return;
        }
    fail(p, status >= 500 ? CALLBOARD_EUPSTREAM : CALLBOARD_EINVAL, f->host->format(f->call, "%s answered %d%s%s", p->from, status, colon, said));
}

static void take_answer(struct facts_panel *p, struct callboard_http *http)
{
    const struct facts *f = p->f;
    size_t n;

    if (strcmp(p->type, "text") == 0 && !option(p, "/markdown", NULL)) {
        p->text = f->host->http_text(http, &n);
        p->text = p->text ? p->text : "";
    } else if (!(p->answer = f->host->http_json(http))) {
        fail(p, CALLBOARD_EUPSTREAM, f->host->format(f->call, "%s: %s", p->from, f->host->error(f->call)));
    }
}

void facts_ask(struct facts_panel *p)
{
    const struct facts *f = p->f;
    int64_t left = f->host->left_ms(f->call), ms = f->host->integer(p->config, "/timeout_s", 5) * 1000;
    struct callboard_http *http;
    int status;

    if (left < LEAST_MS) {
        fail(p, CALLBOARD_ETIMEOUT, f->host->format(f->call, "%s was not asked: those before it took the time", p->from));
        return;
    }
    http = f->host->http(f->call, option(p, "/method", "GET"), p->url);
    put_credential(p, http);
    put_headers(p, http, "/headers");
    put_headers(p, http, "/secret_headers");
    if (p->body)
        f->host->http_body(http, option(p, "/content_type", "application/json"), p->body, strlen(p->body));
    f->host->http_cache(http, f->host->integer(p->config, "/ttl_s", 60), f->host->integer(p->config, "/stale_s", FACTS_STALE_S));
    f->host->http_timeout(http, ms < left ? ms : left);
    status = f->host->http_send(http);
    if (status < 0) { /* the host's sentence names where it asked */
        fail(p, status, f->host->format(f->call, "%s%s%s", option(p, "/source", ""), option(p, "/source", NULL) ? ": " : "", f->host->error(f->call)));
        return;
    }
    p->simulated = f->host->http_answer_header(http, "x-simulated") != NULL;
    if (status >= 200 && status <= 299)
        take_answer(p, http);
    else if (means_absent(p, status))
        p->absent = true;
    else
        take_refusal(p, status, http);
}
