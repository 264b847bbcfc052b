/* Small things: numbers, labels and times as people read them, and addresses that a panel may show. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "plugins/prometheus/prometheus.h"

const char *prom_number(const struct prom *p, double d)
{
    static const struct {
        double from;
        const char *sign;
    } units[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};

    if (isnan(d))
        return "NaN";
    if (isinf(d))
        return d > 0 ? "+Inf" : "-Inf";
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (fabs(d) >= units[i].from)
            return p->host->format(p->call, "%.4g%s", d / units[i].from, units[i].sign);
    return p->host->format(p->call, "%.4g", d);
}

const char *prom_cut(const struct prom *p, const char *text, size_t n)
{
    size_t m = strcspn(text, "\r\n");
    bool whole = m <= n && !text[m];

    if (m > n)
        for (m = n; m && ((unsigned char)text[m] & 0xc0) == 0x80;)
            m--;
    return p->host->format(p->call, "%.*s%s", (int)m, text, whole ? "" : "…");
}

bool prom_is_link(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0;
}

const char *prom_graph_url(const struct prom *p, const char *query, int64_t range_s)
{
    return p->host->format(p->call, "%s/graph?g0.expr=%s&g0.tab=0&g0.range_input=%llds", p->public_url, p->host->escape(p->call, query), (long long)range_s);
}

int64_t prom_time_s(const char *iso)
{
    struct tm t = {0};
    const char *rest;
    int64_t at, off = 0;
    int n = 0;

    if (sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec, &n) != 6)
        return 0;
    t.tm_year -= 1900;
    t.tm_mon--;
    at = (int64_t)timegm(&t);
    rest = iso + n;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if ((*rest == '+' || *rest == '-') && strlen(rest) == 6)
        off = (strtol(rest + 1, NULL, 10) * 60 + strtol(rest + 4, NULL, 10)) * 60 * (*rest == '-' ? -1 : 1);
    return at - off;
}

/* A key of labels as part of a JSON pointer. */
const char *prom_label(const struct prom *p, const struct callboard_json *labels, const char *key)
{
    for (size_t i = 0, n = p->host->count(labels, ""); i < n; i++)
        if (strcmp(p->host->key_at(labels, i), key) == 0)
            return p->host->text(p->host->at(labels, i), "", "");
    return "";
}

bool prom_has(const struct prom *p, const struct callboard_json *labels, const struct prom_pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(prom_label(p, labels, pairs[i].key), pairs[i].value) != 0)
            return false;
    return true;
}

const char *prom_labels_text(const struct prom *p, const struct callboard_json *labels, bool with_name)
{
    const char *text = "";

    for (size_t i = 0, n = p->host->count(labels, ""); i < n; i++) {
        const char *key = p->host->key_at(labels, i);

        if (!with_name && (strcmp(key, "__name__") == 0 || strcmp(key, "alertname") == 0 || strcmp(key, "severity") == 0))
            continue;
        text = p->host->format(p->call, "%s%s%s=%s", text, *text ? ", " : "", key, p->host->text(p->host->at(labels, i), "", ""));
    }
    return text;
}

void prom_put_cell(const struct prom *p, const char *key, const char *text, const char *state, const char *title, const char *url)
{
    p->host->begin_object(p->call, key);
    p->host->put_text(p->call, "text", text);
    if (state)
        p->host->put_text(p->call, "state", state);
    if (title && *title)
        p->host->put_text(p->call, "title", title);
    if (url && prom_is_link(url))
        p->host->put_text(p->call, "url", url);
    p->host->end(p->call);
}
