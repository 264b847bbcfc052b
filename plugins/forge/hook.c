/*
 * Webhooks of forges: something about an organisation's repositories, teams or people is not as it was. Who signs well has the source read at
 * once; callboard sees to it that a flood of them is one reading.
 *
 * A push needs nothing here (callboard's own /api/webhooks has the repository read), unless it brings or takes a descriptor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

enum wants { NOTHING = 0, REPOSITORIES = 1, PEOPLE = 2, PUSH = 4, PING = 8 };

/* An event, or one that begins so ("project_"); in the words of all forges. */
static const struct {
    const char *event;
    unsigned wants;
} events[] = {
    {"ping", PING},
    {"push", PUSH},
    {"repository", REPOSITORIES},
    {"installation_repositories", REPOSITORIES},
    {"public", REPOSITORIES},
    {"organization", PEOPLE},
    {"membership", PEOPLE},
    {"team", PEOPLE},
    /* GitLab */
    {"project_", REPOSITORIES},
    {"repository_update", NOTHING},
    {"group_", REPOSITORIES | PEOPLE},
    {"subgroup_", REPOSITORIES | PEOPLE},
    {"user_add_to_group", PEOPLE},
    {"user_update_for_group", PEOPLE},
    {"user_remove_from_group", PEOPLE},
    {"user_create", NOTHING},
    {"user_", PEOPLE},
};

static unsigned wants_of(const char *event)
{
    unsigned wants = NOTHING;
    size_t best = 0;

    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        size_t n = strlen(events[i].event);
        bool prefix = events[i].event[n - 1] == '_';

        if (n > best && (prefix ? strncmp(event, events[i].event, n) == 0 : strcmp(event, events[i].event) == 0)) {
            best = n;
            wants = events[i].wants;
        }
    }
    return wants;
}

/* ---- who sends it */

/* One secret: is it what this was signed with, or GitLab's token? */
static bool fits(struct fg *f, const struct callboard_json *input, const char *secret)
{
    const char *raw = f->host->text(input, "/raw", ""), *sum, *given;

    if (strcmp(f->kind->type, "gitlab") == 0)
        return f->host->same_text(f->host->text(input, "/headers/x-gitlab-token", ""), secret);
    sum = f->host->hmac_sha256(f->call, secret, raw, strlen(raw));
    given = f->host->text(input, "/headers/x-hub-signature-256", "");
    if (strncmp(given, "sha256=", 7) == 0)
        return f->host->same_text(given + 7, sum);
    if (strcmp(f->kind->type, "github") == 0)
        return false;
    given = f->host->text(input, "/headers/x-forgejo-signature", f->host->text(input, "/headers/x-gitea-signature", ""));
    return f->host->same_text(given, sum);
}

static bool is_signed(struct fg *f, const struct callboard_json *input)
{
    const struct callboard_json *secrets = f->host->get(f->config, "/webhook_secret");
    const char *one = f->host->text(secrets, "", "");
    bool good = *one && fits(f, input, one);

    for (size_t i = 0; i < f->host->count(secrets, ""); i++) {
        const char *secret = f->host->text(f->host->at(secrets, i), "", "");

        good |= *secret && fits(f, input, secret);
    }
    return good;
}

/* ---- what it says */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* JSON, or the member "payload" of a form, which is how GitHub sends unless it is told otherwise. */
static const struct callboard_json *body_of(struct fg *f, const struct callboard_json *input)
{
    const char *raw = f->host->text(input, "/raw", "");
    const struct callboard_json *body = f->host->get(input, "/body");
    struct fg_text text = {0};

    if (f->host->type(body, "") == CALLBOARD_JSON_OBJECT)
        return body;
    if (strncmp(raw, "payload=", 8) != 0)
        return f->host->parse(f->call, raw, strlen(raw));
    for (const char *c = raw + 8; *c && *c != '&'; c++) {
        char byte = *c == '+' ? ' ' : *c;

        if (*c == '%' && hex(c[1]) >= 0 && hex(c[2]) >= 0) {
            byte = (char)(hex(c[1]) * 16 + hex(c[2]));
            c += 2;
        }
        fg_put_n(&text, &byte, 1);
    }
    body = f->host->parse(f->call, text.p ? text.p : "", text.n);
    free(text.p);
    return body;
}

static const char *event_of(struct fg *f, const struct callboard_json *input, const struct callboard_json *body)
{
    const char *event = "";

    for (size_t i = 0; !*event && f->kind->events[i]; i++)
        event = f->host->text(input, f->kind->events[i], "");
    return *event ? event : f->host->text(body, "/event_name", f->host->text(body, "/object_kind", ""));
}

static bool names_descriptor(struct fg *f, const struct callboard_json *files)
{
    const struct callboard_json *wanted = f->host->get(f->host->get(f->config, "/repositories"), "/descriptors");

    for (size_t i = 0; i < f->host->count(files, ""); i++)
        for (size_t k = 0; k < f->host->count(wanted, ""); k++)
            if (fg_path_matches(f->host->text(f->host->at(wanted, k), "", ""), f->host->text(f->host->at(files, i), "", "")))
                return true;
    return false;
}

static bool is_zero(const char *id)
{
    return *id && strspn(id, "0") == strlen(id);
}

/* Did the descriptor come or go? Told only as far as the list of commits goes: one that is cut short may hide it. */
static bool brings_descriptor(struct fg *f, const struct callboard_json *body)
{
    const struct callboard_json *commits = f->host->get(body, "/commits");
    size_t n = f->host->count(commits, "");
    const char *ref = f->host->text(body, "/ref", "");
    const char *branch = f->host->text(f->host->get(f->config, "/repositories"), "/branch",
                                       f->host->text(body, "/repository/default_branch", f->host->text(body, "/project/default_branch", "")));

    if (strncmp(ref, "refs/heads/", 11) != 0 || strcmp(ref + 11, branch) != 0)
        return false;
    if (is_zero(f->host->text(body, "/before", "")) || is_zero(f->host->text(body, "/after", "")) ||
        f->host->integer(body, "/total_commits", f->host->integer(body, "/total_commits_count", 0)) > (int64_t)n)
        return true;
    for (size_t i = 0; i < n; i++)
        if (names_descriptor(f, f->host->get(f->host->at(commits, i), "/added")) || names_descriptor(f, f->host->get(f->host->at(commits, i), "/removed")))
            return true;
    return false;
}

/* What was found in it, or not, is to be looked at again: whichever organisation has it, since a hook may be of a whole instance. */
static void forget(struct fg *f, const struct callboard_json *body)
{
    int64_t id = f->host->integer(body, "/repository/id", f->host->integer(body, "/project/id", f->host->integer(body, "/project_id", 0)));

    fg_lock();
    for (size_t i = 0; i < FG_ORGANIZATION_MAX; i++) {
        struct fg_row *row = fg_table_find(&fg_memory(i)->repositories, id);

        if (row)
            row->checked_us = 0;
    }
    fg_unlock();
}

/* ---- the answer */

static int refresh(struct fg *f, unsigned wants)
{
    static const struct {
        unsigned bit;
        const char *key, *source;
    } rows[] = {{REPOSITORIES, "/repositories", "repositories"}, {PEOPLE, "/people", "people"}};
    size_t n = 0;

    f->host->begin_array(f->call, "sources");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int rc;

        if (!(wants & rows[i].bit) || !fg_is_on(f, rows[i].key))
            continue;
        if ((rc = f->host->source_refresh(f->call, rows[i].source)) < 0)
            return f->host->fail(f->call, rc, "%s", f->host->error(f->call));
        f->host->put_text(f->call, NULL, rows[i].source);
        n++;
    }
    f->host->end(f->call);
    f->host->put_text(f->call, "result", n ? "refreshing" : wants & PING ? "ping" : "ignored");
    f->host->metric_add(f->call, n ? "webhooks_refreshing" : "webhooks_ignored", 1);
    return CALLBOARD_OK;
}

static int answer(struct fg *f, const struct callboard_json *input)
{
    const struct callboard_json *body;
    const char *event;
    unsigned wants;

    if (!f->host->get(f->config, "/webhook_secret"))
        return f->host->fail(f->call, CALLBOARD_EDENIED, "no webhook_secret is configured for %s: nothing is taken", f->name);
    if (!is_signed(f, input)) {
        f->host->metric_add(f->call, "webhooks_forged", 1);
        return f->host->fail(f->call, CALLBOARD_EDENIED, "this is not signed with the secret of %s", f->name);
    }
    if (!(body = body_of(f, input)) || f->host->type(body, "") != CALLBOARD_JSON_OBJECT)
        return f->host->fail(f->call, CALLBOARD_EINVAL, "the body is no JSON object");
    event = event_of(f, input, body);
    wants = wants_of(event);
    if (wants & PUSH && brings_descriptor(f, body))
        wants = REPOSITORIES;
    if (wants & REPOSITORIES)
        forget(f, body);
    f->host->put_textf(f->call, "event", "%.60s", event);
    return refresh(f, wants);
}

int fg_webhook(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *all = host->get(host->config(call), "/organizations");
    const char *name = host->text(input, "/path/organization", "");

    for (size_t i = 0; i < host->count(all, ""); i++) {
        struct fg f;
        int rc;

        if (strcmp(host->text(host->at(all, i), "/name", ""), name) != 0)
            continue;
        fg_init(&f, host, call, i);
        rc = answer(&f, input);
        fg_fini(&f);
        return rc;
    }
    return host->fail(call, CALLBOARD_ENOTFOUND, "no organisation of that name is configured");
}
