/* Small things: states, times and links, as other programs write them. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "plugins/http/facts.h"

#define WORD_MAX 100

const char *facts_cut(const struct facts *f, const char *text, size_t n)
{
    size_t whole = strlen(text), m = whole;

    if (whole > n)
        for (m = n; m && ((unsigned char)text[m] & 0xc0) == 0x80;)
            m--;
    return f->host->format(f->call, "%.*s%s", (int)m, text, m < whole ? "…" : "");
}

bool facts_is_link(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "mailto:", 7) == 0 ||
           (*url == '/' && url[1] != '/' && url[1] != '\\');
}

static const struct {
    const char *state, *words; /* each between bars */
} usual[] = {
    {"ok", "|ok|okay|success|successful|succeeded|passed|pass|healthy|up|active|online|available|operational|resolved|closed|done|completed|complete|"
           "green|good|true|synced|finished|enabled|"},
    {"progress", "|progress|progressing|running|pending|queued|in_progress|inprogress|in-progress|in progress|waiting|started|building|deploying|scheduled|created|"},
    {"warning", "|warning|warn|degraded|unstable|partial|minor|yellow|amber|acknowledged|deprecated|degraded_performance|partial_outage|"},
    {"error", "|error|errored|failed|failure|fail|fatal|down|critical|major|red|unhealthy|offline|broken|false|firing|triggered|open_incident|outage|"
              "major_outage|timed_out|timeout|"},
    {"info", "|info|information|skipped|neutral|disabled|cancelled|canceled|aborted|paused|"},
    {"unknown", "|unknown|"},
};

const char *facts_state(const struct facts *f, const struct callboard_json *states, const char *word)
{
    char barred[WORD_MAX + 3];

    for (size_t i = 0, n = f->host->count(states, ""); i < n; i++)
        if (strcasecmp(f->host->key_at(states, i), word) == 0)
            return f->host->text(f->host->at(states, i), "", "unknown");
    if (f->host->text(states, "/*", NULL))
        return f->host->text(states, "/*", NULL);
    if (strlen(word) > WORD_MAX)
        return NULL;
    snprintf(barred, sizeof(barred), "|%s|", word);
    for (char *c = barred; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
        if (strstr(usual[i].words, barred))
            return usual[i].state;
    return NULL;
}

static bool time_of_text(double *out, const char *iso)
{
    struct tm t = {0};
    const char *rest;
    double part = 0;
    int n = 0, hours = 0, minutes = 0;

    if (sscanf(iso, "%4d-%2d-%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &n) != 3)
        return false;
    rest = iso + n;
    if ((*rest == 'T' || *rest == 't' || *rest == ' ') && sscanf(rest + 1, "%2d:%2d%n", &t.tm_hour, &t.tm_min, &n) == 2) {
        rest += 1 + n;
        if (*rest == ':' && sscanf(rest + 1, "%2d%n", &t.tm_sec, &n) == 1)
            rest += 1 + n;
        if (*rest == '.') {
            part = atof(rest) < 1 ? atof(rest) : 0;
            rest += 1 + strspn(rest + 1, "0123456789");
        }
    }
    if (*rest == '+' || *rest == '-') {
        if (sscanf(rest + 1, "%2d:%2d", &hours, &minutes) < 2 && sscanf(rest + 1, "%2d%2d", &hours, &minutes) < 1)
            return false;
        hours *= *rest == '-' ? -1 : 1;
        minutes *= *rest == '-' ? -1 : 1;
    } else if (*rest && *rest != 'Z' && *rest != 'z' && *rest != ' ') {
        return false;
    }
    t.tm_year -= 1900;
    t.tm_mon--;
    *out = (double)timegm(&t) - hours * 3600.0 - minutes * 60.0 + part;
    return t.tm_mon >= 0 && t.tm_mon < 12;
}

bool facts_time(double *out_s, const struct facts *f, const struct callboard_json *value)
{
    double d = f->host->number(value, "", NAN);

    if (isnan(d))
        return f->host->type(value, "") == CALLBOARD_JSON_TEXT && time_of_text(out_s, f->host->text(value, "", ""));
    while (fabs(d) > 1e11) /* milliseconds, microseconds: as seconds they would be the year 5138 and later */
        d /= 1000;
    *out_s = d;
    return d > 0;
}

const char *facts_iso(const struct facts *f, double at_s)
{
    time_t at = (time_t)at_s;
    struct tm t;
    char text[40];

    gmtime_r(&at, &t);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &t);
    return f->host->format(f->call, "%s", text);
}
