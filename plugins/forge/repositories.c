/*
 * The source "repositories": an organisation's repositories that hold a descriptor, as locations.
 *
 * A list of all, then a look into each of those that the configuration chooses. What was looked into is remembered with the repository's last
 * activity, so that the next reading looks into what has changed since. A repository that the list has no more is asked for by name before it goes:
 * pages shift while they are read.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define RECHECK_US (INT64_C(24) * 3600 * 1000000) /* what is remembered is believed so long at most */

struct repository {
    int64_t id, activity_us;
    const char *full, *branch, *page; /* "acme/shop", "main", "https://github.com/acme/shop" */
    uint32_t found;
    bool chosen, looked;
};

/* A reading; the last good one is kept. */
struct found {
    struct fg_texts texts;
    struct repository *v;
    size_t n, room;
};

static void found_free(struct found *r)
{
    if (!r)
        return;
    fg_texts_fini(&r->texts);
    free(r->v);
    free(r);
}

/* ---- which ones */

static bool matches(struct fg *f, const char *key, const char *full, bool otherwise)
{
    const struct callboard_json *globs = f->host->get(f->host->get(f->config, "/repositories"), key);
    size_t n = f->host->count(globs, "");
    const char *slash = strchr(full, '/'), *last = strrchr(full, '/');

    for (size_t i = 0; i < n; i++) {
        const char *glob = f->host->text(f->host->at(globs, i), "", "");

        if (fnmatch(glob, last ? last + 1 : full, FNM_CASEFOLD) == 0 || fnmatch(glob, full, FNM_CASEFOLD) == 0 ||
            (slash && fnmatch(glob, slash + 1, FNM_CASEFOLD) == 0))
            return true;
    }
    return n == 0 && otherwise;
}

static bool has_topic(struct fg *f, const struct fg_facts *facts, const char *key, bool otherwise)
{
    const struct callboard_json *wanted = f->host->get(f->host->get(f->config, "/repositories"), key);

    for (size_t i = 0; i < f->host->count(wanted, ""); i++)
        for (size_t k = 0; k < f->host->count(facts->topics, ""); k++)
            if (strcasecmp(f->host->text(f->host->at(wanted, i), "", ""), f->host->text(f->host->at(facts->topics, k), facts->topic, "")) == 0)
                return true;
    return f->host->count(wanted, "") == 0 && otherwise;
}

static bool is_chosen(struct fg *f, const struct fg_facts *facts, const struct repository *r)
{
    const struct callboard_json *how = f->host->get(f->config, "/repositories");

    return r->id > 0 && *r->full && *r->page && *r->branch && (f->host->boolean(how, "/archived", 0) || !facts->archived) &&
           (f->host->boolean(how, "/forks", 0) || !facts->fork) && !facts->empty && matches(f, "/include", r->full, true) &&
           !matches(f, "/exclude", r->full, false) && has_topic(f, facts, "/topics", true) && !has_topic(f, facts, "/without_topics", false);
}

static int take(struct fg *f, const struct fg_facts *facts, void *ctx)
{
    struct found *to = ctx;
    struct repository r = {.id = facts->id, .activity_us = fg_time_us(facts->activity), .looked = facts->looked};

    if (to->n == FG_REPOSITORY_MAX)
        return fg_why(f, CALLBOARD_ELIMIT, "%s has more than %d repositories", f->organization, FG_REPOSITORY_MAX);
    for (size_t i = to->n; i && i + 2 * (size_t)f->kind->page > to->n; i--) /* a page that shifted shows its last ones again */
        if (to->v[i - 1].id == r.id)
            return 0;
    r.full = fg_keep(&to->texts, facts->full);
    r.page = fg_keep(&to->texts, facts->page);
    r.branch = fg_keep(&to->texts, f->host->text(f->host->get(f->config, "/repositories"), "/branch", facts->branch));
    r.chosen = is_chosen(f, facts, &r);
    r.found = r.chosen ? facts->found : 0;
    to->v = fg_grown(to->v, to->n, &to->room, sizeof(*to->v));
    to->v[to->n++] = r;
    return 0;
}

/* As REST tells it. */
static int take_row(struct fg *f, const struct callboard_json *row, void *ctx)
{
    const struct callboard_host *host = f->host;
    struct fg_facts facts = {.id = host->integer(row, "/id", 0), .full = host->text(row, f->kind->full_name, ""), .page = host->text(row, f->kind->page_url, ""),
                             .branch = host->text(row, "/default_branch", ""), .activity = host->text(row, f->kind->activity, ""),
                             .archived = host->boolean(row, "/archived", 0), .topics = host->get(row, "/topics"), .topic = ""};

    facts.fork = host->boolean(row, f->kind->fork, 0) || host->type(row, f->kind->fork) == CALLBOARD_JSON_OBJECT;
    facts.empty = f->kind->empty && host->boolean(row, f->kind->empty, 0);
    return take(f, &facts, ctx);
}

/* ---- what the list has no more */

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct repository *)a)->id, y = ((const struct repository *)b)->id;

    return (x > y) - (x < y);
}

static bool is_below(const char *full, const char *organization)
{
    size_t n = strlen(organization);

    return strncasecmp(full, organization, n) == 0 && full[n] == '/';
}

static void put_one(struct fg_text *path, const struct fg_kind *kind, const struct repository *r)
{
    char id[24];

    snprintf(id, sizeof(id), "%lld", (long long)r->id);
    fg_put_path(path, kind->one, (const char *const[]){kind->by_id ? id : r->full});
}

/* The list is sorted by number. Renamed ones lead on to what they are now, transferred ones elsewhere. */
static int verify(struct fg *f, struct found *list, const struct found *before)
{
    size_t listed = list->n, asked = 0;
    struct fg_text path = {0};
    int rc = 0;

    for (size_t i = 0; before && rc == 0 && asked < FG_VERIFY_MAX && i < before->n; i++) {
        const struct repository *old = &before->v[i];
        const struct callboard_json *row;
        struct callboard_http *http;

        if (!old->found || (listed && bsearch(old, list->v, listed, sizeof(*old), by_id)))
            continue;
        asked++;
        path.n = 0;
        put_one(&path, f->kind, old);
        rc = fg_get(&row, &http, f, path.p);
        if (rc == CALLBOARD_ENOTFOUND || rc == CALLBOARD_EDENIED) {
            rc = 0;
            continue;
        }
        if (rc != 0)
            break;
        if (f->host->integer(row, "/id", 0) == old->id && is_below(f->host->text(row, f->kind->full_name, ""), f->organization))
            rc = take_row(f, row, list);
        fg_done(f, http);
    }
    free(path.p);
    return rc;
}

/* ---- is there a descriptor? */

static uint64_t key_of(struct fg *f, const struct repository *r, const struct callboard_json *files)
{
    uint64_t key = fg_hash(0, r->branch);

    for (size_t i = 0; i < f->host->count(files, ""); i++)
        key = fg_hash(key, f->host->text(f->host->at(files, i), "", ""));
    return key | 1;
}

static bool is_remembered(struct fg *f, struct repository *r, uint64_t key)
{
    int64_t now = f->host->now_us(f->call);
    struct fg_row *row;
    bool known;

    fg_lock();
    row = fg_table_find(&f->memory->repositories, r->id);
    known = row && row->key == key && row->activity_us == r->activity_us && r->activity_us && row->checked_us > r->activity_us + f->kind->settle_us &&
            row->checked_us + RECHECK_US > now && row->checked_us <= now;
    if (row)
        row->turn = f->memory->repositories.turn;
    if (row && row->key == key)
        r->found = row->found;
    fg_unlock();
    return known;
}

static int look_into(size_t *asked, struct fg *f, struct repository *r)
{
    const struct callboard_json *files = f->host->get(f->host->get(f->config, "/repositories"), "/descriptors");
    uint64_t key = key_of(f, r, files);
    struct fg_row *row;
    uint32_t found = 0;
    char id[24];
    int rc;

    if (is_remembered(f, r, key))
        return 0;
    snprintf(id, sizeof(id), "%lld", (long long)r->id);
    rc = fg_look(&found, f, f->kind->by_id ? id : r->full, r->branch, files);
    if (rc == CALLBOARD_EDENIED) { /* this one alone is closed: what was known of it stays */
        f->host->log(f->call, CALLBOARD_LOG_WARN, "%s: %s: %s", f->name, r->full, f->why);
        return 0;
    }
    if (rc != 0)
        return rc;
    r->found = found;
    fg_lock();
    row = fg_table_put(&f->memory->repositories, r->id);
    row->key = key;
    row->found = found;
    row->activity_us = r->activity_us;
    row->checked_us = f->host->now_us(f->call);
    fg_unlock();
    ++*asked;
    return 0;
}

/* ---- reading */

static bool has_pattern(struct fg *f, const struct callboard_json *files)
{
    for (size_t i = 0; i < f->host->count(files, ""); i++)
        if (fg_is_pattern(f->host->text(f->host->at(files, i), "", "")))
            return true;
    return false;
}

static int list_all(struct fg *f, struct found *list)
{
    const struct callboard_json *files = f->host->get(f->host->get(f->config, "/repositories"), "/descriptors");
    struct fg_text path = {0};
    int rc;

    fg_put_path(&path, f->is_user ? f->kind->of_user : f->kind->of_organization, &f->organization);
    if (fg_has_graphql(f))
        rc = fg_graphql_repositories(f, has_pattern(f, files) ? NULL : files, take, list);
    else
        rc = fg_each(f, path.p, take_row, list);
    free(path.p);
    if (rc == 0 && list->n)
        qsort(list->v, list->n, sizeof(*list->v), by_id);
    return rc;
}

static int read_repositories(struct fg *f, void **good)
{
    struct found *list = calloc(1, sizeof(*list));
    size_t looked = 0, chosen = 0, holding = 0, asked = 0;
    int rc;

    if (!list)
        abort();
    fg_recall(f);
    fg_lock();
    f->memory->repositories.turn++;
    fg_unlock();
    if ((rc = list_all(f, list)) == 0)
        rc = verify(f, list, *good);
    for (size_t i = 0; i < list->n; i++)
        chosen += list->v[i].chosen;
    for (size_t i = 0; rc == 0 && i < list->n; i++)
        if (list->v[i].chosen && (list->v[i].looked || (rc = look_into(&asked, f, &list->v[i])) == 0)) {
            looked++;
            holding += list->v[i].found != 0;
        }
    if (rc == 0) {
        fg_lock();
        fg_table_sweep(&f->memory->repositories);
        fg_unlock();
    }
    if (asked)
        fg_remember(f);
    if (rc != 0) {
        if (chosen) {
            char why[FG_WHY_MAX];

            memcpy(why, f->why, sizeof(why));
            fg_why(f, rc, "%.400s (looked into %zu of %zu repositories)", why, looked, chosen);
        }
        found_free(list);
        return rc;
    }
    fg_half_done(f, FG_REPOSITORIES, holding, list->n);
    found_free(*good);
    *good = list;
    return 0;
}

static int emit_one(struct fg *f, const struct repository *r)
{
    const struct callboard_json *files = f->host->get(f->host->get(f->config, "/repositories"), "/descriptors");

    for (size_t i = 0; i < f->host->count(files, "") && i < FG_DESCRIPTOR_MAX; i++) {
        struct fg_text target = {0};
        int rc;

        if (!(r->found & UINT32_C(1) << i))
            continue;
        fg_put(&target, r->page);
        fg_put(&target, f->kind->blob);
        fg_put_escaped(&target, r->branch, true);
        fg_put(&target, "/");
        fg_put_escaped(&target, f->host->text(f->host->at(files, i), "", ""), true);
        rc = f->host->emit_location(f->call, target.p);
        free(target.p);
        if (rc < 0)
            return f->host->fail(f->call, rc, "%s", f->host->error(f->call));
    }
    return CALLBOARD_OK;
}

static int emit_repositories(const struct callboard_host *host, struct callboard_call *call)
{
    size_t n = host->count(host->get(host->config(call), "/organizations"), ""), all = 0;
    int rc = CALLBOARD_OK;

    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++) {
        const struct found *list = fg_memory(i)->good[FG_REPOSITORIES];
        struct fg f;

        fg_init(&f, host, call, i);
        for (size_t k = 0; list && rc == CALLBOARD_OK && k < list->n; k++) {
            all += list->v[k].found != 0;
            rc = list->v[k].found ? emit_one(&f, &list->v[k]) : CALLBOARD_OK;
        }
        fg_fini(&f);
    }
    host->metric_set(call, "repositories", (double)all);
    return rc;
}

int fg_read_repositories(const struct callboard_host *host, struct callboard_call *call)
{
    static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;
    int rc;

    pthread_mutex_lock(&reading);
    rc = fg_read_all(host, call, FG_REPOSITORIES, "/repositories", read_repositories, emit_repositories);
    pthread_mutex_unlock(&reading);
    return rc;
}
