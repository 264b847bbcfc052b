/* Who is on call: each level of each escalation policy, until when, and who is next. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/pagerduty/pagerduty.h"

#define AHEAD_S (7 * 86400)
#define ROW_MAX 500

struct oncalls {
    const struct callboard_json *v[ROW_MAX];
    size_t n;
    char now[32]; /* all times are UTC: as texts they compare as times do */
};

static void gather(struct pd *p, const struct callboard_json *row, void *ctx)
{
    struct oncalls *o = ctx;

    (void)p;
    if (o->n < ROW_MAX)
        o->v[o->n++] = row;
}

static const char *iso(const struct pd *p, int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;
    char text[32];

    gmtime_r(&t, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return p->host->format(p->call, "%s", text);
}

/* No start is always. */
static bool is_now(const struct pd *p, const struct oncalls *o, const struct callboard_json *row)
{
    const char *start = p->host->text(row, "/start", ""), *end = p->host->text(row, "/end", "~");

    return strcmp(start, o->now) <= 0 && strcmp(end, o->now) > 0;
}

static bool same_place(const struct pd *p, const struct callboard_json *a, const struct callboard_json *b)
{
    return strcmp(p->host->text(a, "/escalation_policy/id", ""), p->host->text(b, "/escalation_policy/id", "")) == 0 &&
           strcmp(p->host->text(a, "/schedule/id", ""), p->host->text(b, "/schedule/id", "")) == 0 &&
           p->host->integer(a, "/escalation_level", 0) == p->host->integer(b, "/escalation_level", 0);
}

static const char *next_of(const struct pd *p, const struct oncalls *o, const struct callboard_json *row)
{
    const struct callboard_json *next = NULL;

    for (size_t i = 0; i < o->n; i++)
        if (same_place(p, o->v[i], row) && strcmp(p->host->text(o->v[i], "/start", ""), o->now) > 0 &&
            (!next || strcmp(p->host->text(o->v[i], "/start", ""), p->host->text(next, "/start", "")) < 0))
            next = o->v[i];
    return next ? p->host->format(p->call, "%s from %.16sZ", p->host->text(next, "/user/summary", "somebody"), p->host->text(next, "/start", "")) : "";
}

/* The lowest level first. A few hundred rows: by insertion. */
static void sort(const struct pd *p, struct oncalls *o)
{
    for (size_t i = 1; i < o->n; i++)
        for (size_t k = i; k && p->host->integer(o->v[k], "/escalation_level", 0) < p->host->integer(o->v[k - 1], "/escalation_level", 0); k--) {
            const struct callboard_json *swap = o->v[k];

            o->v[k] = o->v[k - 1];
            o->v[k - 1] = swap;
        }
}

static void put_row(const struct pd *p, const struct oncalls *o, const struct callboard_json *row)
{
    const char *until = p->host->text(row, "/end", NULL);

    p->host->begin_object(p->call, NULL);
    p->host->put_integer(p->call, "level", p->host->integer(row, "/escalation_level", 0));
    pd_put_cell(p, "who", p->host->text(row, "/user/name", p->host->text(row, "/user/summary", "somebody")), NULL, NULL, p->host->text(row, "/user/html_url", NULL));
    p->host->put_text(p->call, "until", until ? until : "always");
    p->host->put_text(p->call, "next", next_of(p, o, row));
    pd_put_cell(p, "schedule", p->host->text(row, "/schedule/summary", "direct"), NULL, NULL, p->host->text(row, "/schedule/html_url", NULL));
    p->host->put_text(p->call, "policy", p->host->text(row, "/escalation_policy/summary", ""));
    p->host->end(p->call);
}

int pd_render_oncall(const struct callboard_host *host, struct callboard_call *call)
{
    static const char *const columns[][3] = {{"level", "Level", "number"}, {"who", "On call", "link"},        {"until", "Until", "time"},
                                             {"next", "Next", "text"},     {"schedule", "Schedule", "link"}, {"policy", "Escalation policy", "text"}};
    struct oncalls *o = NULL;
    const char *path, *first = NULL;
    int64_t now;
    struct pd p;
    int rc;

    if ((rc = pd_init(&p, host, call)) != CALLBOARD_OK || (rc = pd_services(&p)) != CALLBOARD_OK)
        return rc;
    now = host->now_us(call) / 1000000 / 60 * 60;
    path = host->format(call, "/oncalls?include[]=users&time_zone=UTC&since=%s&until=%s", host->escape(call, iso(&p, now)), host->escape(call, iso(&p, now + AHEAD_S)));
    for (size_t i = 0; i < p.service_n; i++)
        if (pd_is_id(host->text(p.services[i], "/escalation_policy/id", "")))
            path = host->format(call, "%s&escalation_policy_ids[]=%s", path, host->text(p.services[i], "/escalation_policy/id", ""));
    if (!strstr(path, "escalation_policy_ids"))
        return host->fail(call, CALLBOARD_ENOTFOUND, "the service has no escalation policy");
    if (!(o = calloc(1, sizeof(*o))))
        abort();
    strcpy(o->now, iso(&p, host->now_us(call) / 1000000));
    rc = pd_each(&p, path, "oncalls", gather, o);
    if (rc != 0) {
        free(o);
        return p.no_plan ? CALLBOARD_ABSENT : host->fail(call, rc, "%s", p.why);
    }
    sort(&p, o);
    for (size_t i = 0; i < o->n && !first; i++)
        if (is_now(&p, o, o->v[i]))
            first = host->text(o->v[i], "/user/name", host->text(o->v[i], "/user/summary", "somebody"));
    pd_put_head(&p, "table");
    host->put_textf(call, "summary", first ? "%s is on call" : "Nobody is on call", first);
    pd_put_columns(&p, columns, sizeof(columns) / sizeof(*columns));
    host->begin_array(call, "rows");
    for (size_t i = 0; i < o->n; i++)
        if (is_now(&p, o, o->v[i]))
            put_row(&p, o, o->v[i]);
    host->end(call);
    free(o);
    return CALLBOARD_OK;
}
