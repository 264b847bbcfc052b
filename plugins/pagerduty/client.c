/* Questions to PagerDuty: account, credential, pages, and what an error says. */
#include <stdio.h>
#include <string.h>

#include "plugins/pagerduty/pagerduty.h"

#define ID_MAX 64 /* bytes */

bool pd_is_id(const char *text)
{
    size_t n = strlen(text);

    return n && n <= ID_MAX && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == n;
}

const char *pd_quote(const struct pd *p, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    const char *out = "\"";

    for (const char *c = text; *c;) {
        size_t n = strcspn(c, "\"\\\1\2\3\4\5\6\7\b\t\n\v\f\r\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37");

        out = p->host->format(p->call, "%s%.*s", out, (int)n, c);
        c += n;
        if (*c) {
            out = *c < 0x20 ? p->host->format(p->call, "%s\\u00%c%c", out, hex[*c >> 4], hex[*c & 15]) : p->host->format(p->call, "%s\\%c", out, *c);
            c++;
        }
    }
    return p->host->format(p->call, "%s\"", out);
}

int pd_init(struct pd *p, const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/accounts");
    const char *name = host->annotation(call, "pagerduty.com/account"), *region;
    size_t n;

    *p = (struct pd){.host = host, .call = call};
    for (size_t i = 0; i < host->count(list, "") && !p->config; i++)
        if (!name || strcmp(host->text(host->at(list, i), "/name", ""), name) == 0)
            p->config = host->at(list, i);
    if (!p->config)
        return host->fail(call, CALLBOARD_ENOTFOUND, "pagerduty.com/account: no account '%.100s' is configured", name ? name : "");
    p->name = host->text(p->config, "/name", "");
    region = host->text(p->config, "/region", "us");
    p->url = host->text(p->config, "/url", host->text(host->config(call), strcmp(region, "eu") == 0 ? "/eu_url" : "/us_url", ""));
    n = strlen(p->url);
    while (n && p->url[n - 1] == '/')
        n--;
    p->url = host->format(call, "%.*s", (int)n, p->url);
    return CALLBOARD_OK;
}

void pd_problem(struct pd *p, const char *source, const char *message)
{
    if (p->problem_n < PD_PROBLEM_N)
        p->problems[p->problem_n++] = (struct pd_problem){source, message};
}

static int refused(struct pd *p, int status, struct callboard_http *http)
{
    static const struct {
        int status, code;
        const char *what;
    } rows[] = {
        {400, CALLBOARD_EINVAL, "does not take it (400)"},
        {401, CALLBOARD_EDENIED, "does not accept the API key (401)"},
        {402, CALLBOARD_EUNSUPPORTED, "has it not in the account's plan (402)"},
        {403, CALLBOARD_EDENIED, "gives no right to it (403)"},
        {404, CALLBOARD_ENOTFOUND, "has no such thing (404)"},
        {429, CALLBOARD_ELIMIT, "was asked too often (429)"},
    };
    const char *said = p->host->text(p->host->http_json(http), "/error/errors/0", p->host->text(p->host->http_json(http), "/error/message", ""));
    const char *reset = status == 429 ? p->host->http_answer_header(http, "ratelimit-reset") : NULL;
    const char *again = reset ? p->host->format(p->call, "; again in %.10s s", reset) : "";

    p->no_plan = status == 402;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].status == status) {
            p->why = p->host->format(p->call, "PagerDuty %s %s%s%s%.300s", p->name, rows[i].what, again, *said ? ": " : "", said);
            return rows[i].code;
        }
    p->why = p->host->format(p->call, "PagerDuty %s answered %d%s%.300s", p->name, status, *said ? ": " : "", said);
    return status >= 500 ? CALLBOARD_EUPSTREAM : CALLBOARD_EINVAL;
}

static int ask(const struct callboard_json **out, struct pd *p, const char *method, const char *path, const char *body)
{
    struct callboard_http *http = p->host->http(p->call, method, p->host->format(p->call, "%s%s", p->url, path));
    int status;

    p->host->http_header(http, "Authorization", p->host->format(p->call, "Token token=%s", p->host->text(p->config, "/token", "")));
    p->host->http_header(http, "Accept", "application/vnd.pagerduty+json;version=2");
    if (body) {
        p->host->http_header(http, "From", p->host->text(p->config, "/from", ""));
        p->host->http_body(http, "application/json", body, strlen(body));
    } else {
        p->host->http_cache(http, p->host->integer(p->host->config(p->call), "/fresh_s", PD_FRESH_S), PD_STALE_S);
    }
    p->host->http_timeout(http, PD_REQUEST_MS);
    status = p->host->http_send(http);
    if (status < 0) {
        p->why = p->host->format(p->call, "PagerDuty %s: %s", p->name, p->host->error(p->call));
        return status;
    }
    if (p->host->http_answer_header(http, "x-simulated"))
        p->simulated = true;
    if (status < 200 || status > 299)
        return refused(p, status, http);
    if (!(*out = p->host->http_json(http))) {
        p->why = p->host->format(p->call, "PagerDuty %s: %s", p->name, p->host->error(p->call));
        return CALLBOARD_EUPSTREAM;
    }
    return 0;
}

int pd_get(const struct callboard_json **out, struct pd *p, const char *path)
{
    return ask(out, p, "GET", path, NULL);
}

int pd_write(const struct callboard_json **out, struct pd *p, const char *method, const char *path, const char *body)
{
    return ask(out, p, method, path, body);
}

int pd_each(struct pd *p, const char *path, const char *key, void (*row)(struct pd *p, const struct callboard_json *row, void *ctx), void *ctx)
{
    for (int page = 0, offset = 0; page < PD_PAGE_N && offset + PD_PAGE <= PD_OFFSET_MAX; page++) {
        const struct callboard_json *answer, *list;
        const char *full = p->host->format(p->call, "%s%climit=%d&offset=%d", path, strchr(path, '?') ? '&' : '?', PD_PAGE, offset);
        int rc = pd_get(&answer, p, full);

        if (rc != 0 && page == 0)
            return rc;
        if (rc != 0) {
            pd_problem(p, key, p->host->format(p->call, "only the first %d are shown: %s", offset, p->why));
            return 0;
        }
        list = p->host->get(answer, p->host->format(p->call, "/%s", key));
        for (size_t i = 0; i < p->host->count(list, ""); i++)
            row(p, p->host->at(list, i), ctx);
        if (!p->host->boolean(answer, "/more", 0) || p->host->count(list, "") == 0)
            return 0;
        offset += (int)p->host->count(list, "");
        if (page == PD_PAGE_N - 1)
            pd_problem(p, key, p->host->format(p->call, "only the first %d are shown", offset));
    }
    return 0;
}

/* ---- the services of the entity */

static bool is_allowed(const struct pd *p, const char *id)
{
    const struct callboard_json *list = p->host->get(p->config, "/services");

    for (size_t i = 0; i < p->host->count(list, ""); i++)
        if (strcmp(p->host->text(p->host->at(list, i), "", ""), id) == 0)
            return true;
    return !list;
}

bool pd_owns(const struct pd *p, const char *service_id)
{
    for (size_t i = 0; i < p->service_n; i++)
        if (strcmp(p->host->text(p->services[i], "/id", ""), service_id) == 0)
            return true;
    return false;
}

static void keep(struct pd *p, const struct callboard_json *service)
{
    const char *id = p->host->text(service, "/id", "");

    if (!is_allowed(p, id))
        pd_problem(p, id, "this service is not among those that the account's configuration allows");
    else if (pd_is_id(id) && !pd_owns(p, id) && p->service_n < PD_SERVICE_MAX)
        p->services[p->service_n++] = service;
}

static int by_id(struct pd *p, const char *id)
{
    const struct callboard_json *answer;
    int rc;

    if (!pd_is_id(id)) {
        p->why = p->host->format(p->call, "pagerduty.com/service-id: '%.64s' is no id of PagerDuty", id);
        return CALLBOARD_EINVAL;
    }
    rc = pd_get(&answer, p, p->host->format(p->call, "/services/%s?include[]=escalation_policies&include[]=teams", id));
    if (rc == 0)
        keep(p, p->host->get(answer, "/service"));
    return rc;
}

struct key_search {
    const char *key;
    bool found;
};

/* A search finds what merely looks like it: the key must be the integration's own. */
static void by_key(struct pd *p, const struct callboard_json *service, void *ctx)
{
    struct key_search *s = ctx;

    for (size_t i = 0; i < p->host->count(service, "/integrations"); i++) {
        const struct callboard_json *integration = p->host->at(p->host->get(service, "/integrations"), i);

        if (p->host->same_text(p->host->text(integration, "/integration_key", ""), s->key)) {
            s->found = true;
            keep(p, service);
        }
    }
}

int pd_services(struct pd *p)
{
    const char *ids = p->host->annotation(p->call, "pagerduty.com/service-id"), *key = p->host->annotation(p->call, "pagerduty.com/integration-key");
    int rc = 0, code = 0;
    size_t n = 0;

    if (!ids && !key)
        return CALLBOARD_ABSENT;
    for (const char *at = ids; at && *at;) {
        size_t whole = strcspn(at, ","), from = strspn(at, " "), to = whole;

        while (to > from && at[to - 1] == ' ')
            to--;
        if (to > from && n++ < PD_SERVICE_MAX && (rc = by_id(p, p->host->format(p->call, "%.*s", (int)(to - from), at + from))) != 0) {
            pd_problem(p, p->host->format(p->call, "%.*s", (int)(to - from), at + from), p->why);
            code = rc;
        }
        at += whole + (at[whole] == ',');
    }
    if (n > PD_SERVICE_MAX)
        pd_problem(p, "pagerduty.com/service-id", "only the first 20 services are shown");
    if (!ids) {
        struct key_search s = {key, false};

        p->host->mask(p->call, key);
        rc = pd_each(p, p->host->format(p->call, "/services?query=%s&include[]=integrations&include[]=escalation_policies", p->host->escape(p->call, key)),
                     "services", by_key, &s);
        if (rc == 0 && !s.found) {
            p->why = "no service of PagerDuty has the integration of pagerduty.com/integration-key";
            rc = CALLBOARD_ENOTFOUND;
        }
        if (rc != 0)
            pd_problem(p, p->name, p->why);
        code = rc;
    }
    if (p->service_n)
        return CALLBOARD_OK;
    if (p->no_plan)
        return CALLBOARD_ABSENT;
    return p->host->fail(p->call, code ? code : CALLBOARD_EDENIED, "%s", p->problem_n ? p->problems[0].message : "pagerduty.com/service-id names no service");
}

const char *pd_service_ids(const struct pd *p)
{
    const char *out = "";

    for (size_t i = 0; i < p->service_n; i++)
        out = p->host->format(p->call, "%s&service_ids[]=%s", out, p->host->text(p->services[i], "/id", ""));
    return out;
}

/* ---- writing */

void pd_put_head(struct pd *p, const char *type)
{
    p->host->put_text(p->call, "type", type);
    p->host->begin_object(p->call, "source");
    p->host->put_textf(p->call, "name", "PagerDuty %s", p->name);
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

void pd_put_cell(const struct pd *p, const char *key, const char *text, const char *state, const char *title, const char *url)
{
    p->host->begin_object(p->call, key);
    p->host->put_text(p->call, "text", text);
    if (state)
        p->host->put_text(p->call, "state", state);
    if (title && *title)
        p->host->put_text(p->call, "title", title);
    if (url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0))
        p->host->put_text(p->call, "url", url);
    p->host->end(p->call);
}

void pd_put_columns(const struct pd *p, const char *const (*rows)[3], size_t n)
{
    p->host->begin_array(p->call, "columns");
    for (size_t i = 0; i < n; i++) {
        p->host->begin_object(p->call, NULL);
        p->host->put_text(p->call, "key", rows[i][0]);
        p->host->put_text(p->call, "title", rows[i][1]);
        p->host->put_text(p->call, "kind", rows[i][2]);
        p->host->end(p->call);
    }
    p->host->end(p->call);
}

bool pd_is_on(const struct pd *p, const char *action)
{
    const struct callboard_json *list = p->host->get(p->host->config(p->call), "/actions");

    for (size_t i = 0; i < p->host->count(list, ""); i++)
        if (strcmp(p->host->text(p->host->at(list, i), "", ""), action) == 0)
            return true;
    return false;
}
