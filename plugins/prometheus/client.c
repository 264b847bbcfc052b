/* Questions to Prometheus and Alertmanager: whose, with which credential, and what an error says. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plugins/prometheus/prometheus.h"

#define CREDENTIAL_MAX 4096 /* bytes of "user:password" */
#define MESSAGE_MAX 300     /* bytes of the upstream's own words in a sentence */

static const char *trimmed_url(const struct prom *p, const char *url)
{
    size_t n = strlen(url);

    while (n && url[n - 1] == '/')
        n--;
    return p->host->format(p->call, "%.*s", (int)n, url);
}

static const char *instance_names(const struct prom *p, const struct callboard_json *list)
{
    const char *names = "";

    for (size_t i = 0; i < p->host->count(list, ""); i++)
        names = p->host->format(p->call, "%s%s%s", names, i ? ", " : "", p->host->text(p->host->at(list, i), "/name", ""));
    return names;
}

/* TEMPLATE with each "{{/pointer}}" replaced by that text of the entity. NULL: the entity has none there. */
static const char *filled(struct prom *p, const char *template)
{
    const char *out = "", *at = template, *open, *close;

    while ((open = strstr(at, "{{")) && (close = strstr(open, "}}"))) {
        const char *pointer = prom_slice(p, open + 2, close);
        const char *value = p->host->text(p->host->entity(p->call), pointer, strcmp(pointer, "/metadata/namespace") == 0 ? "default" : "");

        if (!*value) {
            p->why = pointer;
            return NULL;
        }
        out = p->host->format(p->call, "%s%.*s%s", out, (int)(open - at), at, value);
        at = close + 2;
    }
    return p->host->format(p->call, "%s%s", out, at);
}

static int fill_bounds(struct prom *p)
{
    const struct callboard_json *matchers = p->host->get(p->config, "/matchers");
    const char *tenant = p->host->text(p->config, "/tenant", NULL);

    if (tenant && !(p->tenant = filled(p, tenant)))
        return p->host->fail(p->call, CALLBOARD_EDENIED, "%s: the tenant needs %s of the entity, which has none", p->name, p->why);
    for (size_t i = 0; i < p->host->count(matchers, "") && i < PROM_MATCHER_N; i++) {
        struct prom_pair *m = &p->matchers[p->matcher_n++];

        m->key = p->host->key_at(matchers, i);
        if (!(m->value = filled(p, p->host->text(p->host->at(matchers, i), "", ""))))
            return p->host->fail(p->call, CALLBOARD_EDENIED, "%s: the matcher '%s' needs %s of the entity, which has none", p->name, m->key, p->why);
    }
    return CALLBOARD_OK;
}

int prom_init(struct prom *p, const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/instances");
    const char *name = host->annotation(call, "prometheus.io/service-name");

    *p = (struct prom){.host = host, .call = call};
    for (size_t i = 0; i < host->count(list, "") && !p->config; i++)
        if (!name || strcmp(host->text(host->at(list, i), "/name", ""), name) == 0)
            p->config = host->at(list, i);
    if (!p->config && name)
        return host->fail(call, CALLBOARD_ENOTFOUND, "prometheus.io/service-name: no instance has the name '%s'; there are: %s", prom_cut(p, name, 100),
                          instance_names(p, list));
    if (!p->config)
        return host->fail(call, CALLBOARD_EINVAL, "no Prometheus is configured: plugins.prometheus.instances is empty");
    p->name = host->text(p->config, "/name", "");
    p->url = trimmed_url(p, host->text(p->config, "/url", ""));
    p->public_url = trimmed_url(p, host->text(p->config, "/public_url", p->url));
    return fill_bounds(p);
}

void prom_problem(struct prom *p, int code, const char *source, const char *format, ...)
{
    char text[CALLBOARD_SENTENCE_MAX];
    va_list args;

    if (p->problem_n == PROM_PROBLEM_N)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    p->problems[p->problem_n++] = (struct prom_problem){code, source, p->host->format(p->call, "%s", text)};
}

static const char *base64(const struct prom *p, const char *text)
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
    return p->host->format(p->call, "%.*s", (int)m, out);
}

/* By CONFIG's token, or its username and password. */
static void put_credential(const struct prom *p, struct callboard_http *http, const struct callboard_json *config)
{
    const char *token = p->host->text(config, "/token", NULL), *user = p->host->text(config, "/username", NULL), *both;

    if (token) {
        p->host->http_header(http, "Authorization", p->host->format(p->call, "Bearer %s", token));
    } else if (user) {
        both = base64(p, p->host->format(p->call, "%s:%s", user, p->host->text(config, "/password", "")));
        p->host->mask(p->call, both);
        p->host->http_header(http, "Authorization", p->host->format(p->call, "Basic %s", both));
    }
}

/* What WHO said that is no answer. */
static int refused(struct prom *p, const char *who, int status, struct callboard_http *http)
{
    static const struct {
        int status, code;
        const char *what;
    } rows[] = {
        {400, CALLBOARD_EINVAL, "does not take it (400)"},
        {401, CALLBOARD_EDENIED, "does not accept the credential (401)"},
        {403, CALLBOARD_EDENIED, "gives no right to it (403)"},
        {404, CALLBOARD_ENOTFOUND, "has no such address (404): its url must end in front of /api"},
        {422, CALLBOARD_EINVAL, "cannot evaluate it (422)"},
        {429, CALLBOARD_ELIMIT, "was asked too often (429)"},
        {503, CALLBOARD_EUPSTREAM, "is overloaded, or gave up (503)"},
    };
    const struct callboard_json *body = p->host->http_json(http);
    const char *said = p->host->text(body, "/error", p->host->text(body, "/message", p->host->text(body, "", "")));
    const char *cut = prom_cut(p, said, MESSAGE_MAX), *colon = *cut ? ": " : "";

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].status == status) {
            p->why = p->host->format(p->call, "%s %s%s%s", who, rows[i].what, colon, cut);
            return rows[i].code;
        }
    p->why = p->host->format(p->call, "%s answered %d%s%s", who, status, colon, cut);
    return status >= 500 ? CALLBOARD_EUPSTREAM : CALLBOARD_EINVAL;
}

static int ask(const struct callboard_json **out, struct prom *p, const char *who, const struct callboard_json *config, const char *url, const char *form)
{
    struct callboard_http *http = p->host->http(p->call, form ? "POST" : "GET", url);
    int status;

    put_credential(p, http, config);
    if (p->tenant)
        p->host->http_header(http, "X-Scope-OrgID", p->tenant);
    p->host->http_header(http, "Accept", "application/json");
    if (form)
        p->host->http_body(http, "application/x-www-form-urlencoded", form, strlen(form));
    p->host->http_cache(http, p->host->integer(p->host->config(p->call), "/fresh_s", 10), PROM_STALE_S);
    p->host->http_timeout(http, PROM_REQUEST_MS);
    status = p->host->http_send(http);
    if (status < 0) {
        p->why = p->host->format(p->call, "%s: %s", who, p->host->error(p->call));
        return status;
    }
    if (p->host->http_answer_header(http, "x-simulated"))
        p->simulated = true;
    if (status < 200 || status > 299)
        return refused(p, who, status, http);
    if (!(*out = p->host->http_json(http))) {
        p->why = p->host->format(p->call, "%s: %s", who, p->host->error(p->call));
        return CALLBOARD_EUPSTREAM;
    }
    return 0;
}

/* What a query is answered with although something is wrong; "infos" are advice for whoever writes it, and are left out. */
static void take_warnings(struct prom *p, const struct callboard_json *answer)
{
    const struct callboard_json *list = p->host->get(answer, "/warnings");

    for (size_t i = 0; i < p->host->count(list, "") && i < 4; i++)
        prom_problem(p, CALLBOARD_OK, p->name, "%s", prom_cut(p, p->host->text(p->host->at(list, i), "", ""), MESSAGE_MAX));
}

int prom_get(const struct callboard_json **out, struct prom *p, const char *path, const char *form)
{
    bool post = form && strlen(form) > PROM_POST_FROM;
    const char *url = p->host->format(p->call, "%s%s%s%s", p->url, path, form && !post ? "?" : "", form && !post ? form : "");
    const struct callboard_json *answer;
    int rc = ask(&answer, p, p->name, p->config, url, post ? form : NULL);

    if (rc != 0)
        return rc;
    if (strcmp(p->host->text(answer, "/status", ""), "success") != 0 || p->host->type(answer, "/data") != CALLBOARD_JSON_OBJECT) {
        p->why = p->host->format(p->call, "%s answered what no Prometheus answers: %s", p->name, prom_cut(p, p->host->text(answer, "/error", "no data"), MESSAGE_MAX));
        return CALLBOARD_EUPSTREAM;
    }
    take_warnings(p, answer);
    *out = p->host->get(answer, "/data");
    return 0;
}

int prom_ask_alertmanager(const struct callboard_json **out, struct prom *p, const char *path)
{
    const struct callboard_json *config = p->host->get(p->config, "/alertmanager");
    const char *url = trimmed_url(p, p->host->text(config, "/url", ""));

    return ask(out, p, "Alertmanager", config, p->host->format(p->call, "%s%s", url, path), NULL);
}

const char *prom_alertmanager(const struct prom *p)
{
    const char *url = p->host->text(p->config, "/alertmanager/url", NULL);

    return url ? trimmed_url(p, p->host->text(p->config, "/alertmanager/public_url", url)) : NULL;
}

void prom_put_head(struct prom *p, const char *type)
{
    p->host->put_text(p->call, "type", type);
    p->host->begin_object(p->call, "source");
    p->host->put_textf(p->call, "name", "Prometheus %s", p->name);
    p->host->put_text(p->call, "url", p->public_url);
    if (p->simulated)
        p->host->put_boolean(p->call, "simulated", 1);
    p->host->end(p->call);
    if (p->problem_n == 0)
        return;
    p->host->begin_array(p->call, "partial");
    for (size_t i = 0; i < p->problem_n; i++) {
        p->host->begin_object(p->call, NULL);
        p->host->put_text(p->call, "source", p->problems[i].source);
        p->host->put_text(p->call, "message", p->problems[i].message);
        p->host->end(p->call);
    }
    p->host->end(p->call);
}
