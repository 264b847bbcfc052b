/*
 * The source "people": an organisation's teams as Groups and its members as Users, named as Backstage's providers for GitHub and GitLab name them.
 *
 * Without a token GitHub tells of a team its members and those of the teams below it: who is in one of these counts as a member of that one alone. Of GitLab the
 * subgroups are the teams, named by their path below the group. Gitea's and Forgejo's teams have no order among themselves.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define PROFILE_US (INT64_C(24) * 3600 * 1000000) /* how old a profile may be */
#define NONE SIZE_MAX

struct team {
    int64_t id, parent_id;
    const char *key, *name, *title, *about, *page, *picture; /* key: slug, or path */
    size_t parent;
};

struct person {
    int64_t id;
    const char *login, *name, *title, *mail, *about, *picture, *page;
};

struct membership {
    size_t team, person;
    bool indirect;
};

/* A reading; the last good one is kept. */
struct people {
    struct fg_texts texts;
    struct team *teams;
    struct person *v;
    struct membership *in; /* by person, once it is whole */
    size_t team_n, team_room, n, room, in_n, in_room;
    struct fg_table index;  /* found: place in v */
    size_t team;            /* whose members are being read, or NONE */
};

static void people_free(struct people *p)
{
    if (!p)
        return;
    fg_texts_fini(&p->texts);
    free(p->teams);
    free(p->v);
    free(p->in);
    free(p->index.v);
    free(p);
}

static const struct callboard_json *section(struct fg *f)
{
    return f->host->get(f->config, "/people");
}

/* ---- teams */

static bool matches(struct fg *f, const char *key, const char *a, const char *b, bool otherwise)
{
    const struct callboard_json *globs = f->host->get(section(f), key);
    size_t n = f->host->count(globs, "");

    for (size_t i = 0; i < n; i++) {
        const char *glob = f->host->text(f->host->at(globs, i), "", "");

        if (fnmatch(glob, a, FNM_CASEFOLD) == 0 || fnmatch(glob, b, FNM_CASEFOLD) == 0)
            return true;
    }
    return n == 0 && otherwise;
}

/* "acme/platform/edge" below "acme": "platform-edge" */
static char *path_name(struct people *p, struct fg *f, const char *path)
{
    size_t n = strlen(f->organization);
    char *name = fg_keep(&p->texts, strncasecmp(path, f->organization, n) == 0 && path[n] == '/' ? path + n + 1 : path);

    for (char *c = name; *c; c++)
        if (*c == '/')
            *c = '-';
    return fg_name(&p->texts, name);
}

static int take_team(struct fg *f, const struct callboard_json *row, void *ctx)
{
    struct people *p = ctx;
    const char *path = f->host->text(row, "/full_path", NULL), *title = f->host->text(row, "/name", "");
    struct team t = {.id = f->host->integer(row, "/id", 0), .parent_id = f->host->integer(row, "/parent/id", f->host->integer(row, "/parent_id", 0)), .parent = NONE};

    t.key = fg_keep(&p->texts, path ? path : f->host->text(row, "/slug", title));
    t.name = path ? path_name(p, f, path) : fg_name(&p->texts, t.key);
    t.title = fg_keep(&p->texts, title);
    t.about = fg_keep(&p->texts, f->host->text(row, "/description", NULL));
    t.page = fg_keep(&p->texts, f->host->text(row, "/html_url", f->host->text(row, "/web_url", NULL)));
    t.picture = fg_keep(&p->texts, f->host->text(row, "/avatar_url", NULL));
    for (size_t i = 0; i < p->team_n; i++) /* a page that shifted shows its last ones again */
        if (p->teams[i].id == t.id)
            return 0;
    if (!t.name || !matches(f, "/include_teams", t.key, t.name, true) || matches(f, "/exclude_teams", t.key, t.name, false))
        return 0;
    if (p->team_n == FG_TEAM_MAX)
        return fg_why(f, CALLBOARD_ELIMIT, "%s has more than %d teams", f->organization, FG_TEAM_MAX);
    p->teams = fg_grown(p->teams, p->team_n, &p->team_room, sizeof(*p->teams));
    p->teams[p->team_n++] = t;
    return 0;
}

static void join_teams(struct people *p)
{
    for (size_t i = 0; i < p->team_n; i++)
        for (size_t k = 0; p->teams[i].parent_id && k < p->team_n; k++)
            if (k != i && p->teams[k].id == p->teams[i].parent_id)
                p->teams[i].parent = k;
}

/* ---- people */

/* Machines are nobody: GitHub's say so, GitLab's of groups and projects are named so. */
static bool is_somebody(struct fg *f, const struct callboard_json *row, const char *login)
{
    const char *state = f->host->text(row, "/state", "active"), *type = f->host->text(row, "/type", "User");
    bool token = (strncmp(login, "group_", 6) == 0 || strncmp(login, "project_", 8) == 0) && strstr(login, "_bot");

    return *login && strcmp(state, "active") == 0 && strcmp(type, "Bot") != 0 && !token && f->host->boolean(row, "/active", 1) && !f->host->boolean(row, "/bot", 0);
}

static void join(struct people *p, size_t team, size_t person)
{
    p->in = fg_grown(p->in, p->in_n, &p->in_room, sizeof(*p->in));
    p->in[p->in_n++] = (struct membership){team, person, false};
}

/* An address that hides the real one is no way to reach anybody. */
static const char *mail_of(struct fg *f, const struct callboard_json *row)
{
    const char *mail = f->host->text(row, f->kind->mail_of, NULL);

    return mail && !strstr(mail, "noreply.") && strchr(mail, '@') ? mail : NULL;
}

static int take_person(struct fg *f, const struct callboard_json *row, void *ctx)
{
    struct people *p = ctx;
    int64_t id = f->host->integer(row, "/id", 0);
    const char *login = f->host->text(row, f->kind->login_of, "");
    struct fg_row *known = fg_table_find(&p->index, id);
    struct person one = {.id = id};

    if (!known && is_somebody(f, row, login) && (one.name = fg_name(&p->texts, login))) {
        if (p->n == FG_PERSON_MAX)
            return fg_why(f, CALLBOARD_ELIMIT, "%s has more than %d people", f->organization, FG_PERSON_MAX);
        one.login = fg_keep(&p->texts, login);
        one.title = fg_keep(&p->texts, f->host->text(row, f->kind->name_of, NULL));
        one.mail = fg_keep(&p->texts, mail_of(f, row));
        one.about = fg_keep(&p->texts, f->host->text(row, f->kind->about_of, NULL));
        one.picture = fg_keep(&p->texts, f->host->text(row, "/avatar_url", NULL));
        one.page = fg_keep(&p->texts, f->host->text(row, "/html_url", f->host->text(row, "/web_url", NULL)));
        p->v = fg_grown(p->v, p->n, &p->room, sizeof(*p->v));
        known = fg_table_put(&p->index, id);
        known->found = (uint32_t)p->n;
        p->v[p->n++] = one;
    }
    if (known && p->team != NONE)
        join(p, p->team, known->found);
    return 0;
}

static int each_of(struct fg *f, struct people *p, const char *pattern, const char *a, const char *b, int (*row)(struct fg *f, const struct callboard_json *row, void *ctx))
{
    struct fg_text path = {0};
    int rc;

    fg_put_path(&path, pattern, (const char *const[]){a, b});
    rc = fg_each(f, path.p, row, p);
    free(path.p);
    return rc;
}

/* Somebody who is not among the people is a machine. */
static int take_member(struct fg *f, const char *team, int64_t person, void *ctx)
{
    struct people *p = ctx;
    const struct fg_row *known = fg_table_find(&p->index, person);

    (void)f;
    for (size_t i = 0; known && i < p->team_n; i++)
        if (strcmp(p->teams[i].key, team) == 0)
            join(p, i, known->found);
    return 0;
}

static int read_team_members(struct fg *f, struct people *p)
{
    int rc = 0;

    if (p->team_n && fg_has_graphql(f))
        return fg_graphql_members(f, take_member, p);

    for (size_t i = 0; rc == 0 && i < p->team_n; i++) {
        char id[24];

        p->team = i;
        snprintf(id, sizeof(id), "%lld", (long long)p->teams[i].id);
        if (strcmp(f->kind->type, "github") == 0)
            rc = each_of(f, p, f->kind->team_members, f->organization, p->teams[i].key, take_person);
        else
            rc = each_of(f, p, f->kind->team_members, id, NULL, take_person);
    }
    p->team = NONE;
    return rc;
}

static int by_team(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;

    return x->team != y->team ? (x->team > y->team) - (x->team < y->team) : (x->person > y->person) - (x->person < y->person);
}

static int by_person(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;

    return x->person != y->person ? (x->person > y->person) - (x->person < y->person) : (x->team > y->team) - (x->team < y->team);
}

/* Who is in a team below is told of the team above, too. Then each once, by person. */
static void settle_memberships(struct fg *f, struct people *p)
{
    size_t n = 0;

    if (p->in_n == 0)
        return;
    qsort(p->in, p->in_n, sizeof(*p->in), by_team);
    for (size_t i = 0; strcmp(f->kind->type, "github") == 0 && !fg_has_graphql(f) && i < p->in_n; i++) {
        struct membership above = {p->teams[p->in[i].team].parent, p->in[i].person, false}, *it;

        if (above.team != NONE && (it = bsearch(&above, p->in, p->in_n, sizeof(above), by_team)))
            it->indirect = true;
    }
    for (size_t i = 0; i < p->in_n; i++)
        if (!p->in[i].indirect && (i == 0 || by_team(&p->in[i - 1], &p->in[i]) != 0))
            p->in[n++] = p->in[i];
    p->in_n = n;
    if (n)
        qsort(p->in, n, sizeof(*p->in), by_person);
}

/* ---- profiles: of GitHub and GitLab a question for each person, so they are remembered for a day */

static char *again(char *old, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        abort();
    free(old);
    return copy;
}

static bool from_memory(struct fg *f, struct people *p, struct person *one, bool any)
{
    int64_t now = f->host->now_us(f->call), old = PROFILE_US - (one->id % 3600) * INT64_C(4000000); /* not all at once */
    struct fg_row *row;
    bool good;

    fg_lock();
    row = fg_table_find(&f->memory->people, one->id);
    good = row && (any || (row->checked_us <= now && row->checked_us + old > now));
    if (good) {
        row->turn = f->memory->people.turn;
        one->title = row->title ? fg_keep(&p->texts, row->title) : one->title;
        one->mail = row->mail ? fg_keep(&p->texts, row->mail) : one->mail;
        one->about = row->about ? fg_keep(&p->texts, row->about) : one->about;
    }
    fg_unlock();
    return good;
}

static int read_profile(struct fg *f, struct people *p, struct person *one)
{
    const struct callboard_json *profile;
    struct callboard_http *http;
    struct fg_text path = {0};
    struct fg_row *row;
    char id[24];
    int rc;

    if (from_memory(f, p, one, false))
        return 0;
    snprintf(id, sizeof(id), "%lld", (long long)one->id);
    fg_put_path(&path, f->kind->person, (const char *const[]){f->kind->by_id ? id : one->login});
    rc = fg_get(&profile, &http, f, path.p);
    free(path.p);
    if (rc == CALLBOARD_ENOTFOUND || rc == CALLBOARD_EDENIED) {
        from_memory(f, p, one, true);
        return 0;
    }
    if (rc != 0)
        return rc;
    fg_lock();
    row = fg_table_put(&f->memory->people, one->id);
    row->checked_us = f->host->now_us(f->call);
    row->title = again(row->title, f->host->text(profile, f->kind->name_of, NULL));
    row->mail = again(row->mail, mail_of(f, profile));
    row->about = again(row->about, f->host->text(profile, f->kind->about_of, NULL));
    fg_unlock();
    fg_done(f, http);
    from_memory(f, p, one, true);
    return 0;
}

/* ---- reading */

static int read_people(struct fg *f, void **good)
{
    struct people *p = calloc(1, sizeof(*p));
    bool teams = f->host->boolean(section(f), "/teams", 1), profiles = f->host->boolean(section(f), "/profiles", 1);
    int rc = 0;

    if (!p)
        abort();
    p->team = NONE;
    fg_lock();
    f->memory->people.turn++;
    fg_unlock();
    if (teams)
        rc = each_of(f, p, f->kind->teams, f->organization, NULL, take_team);
    join_teams(p);
    if (rc == 0)
        rc = each_of(f, p, f->kind->members, f->organization, NULL, take_person);
    if (rc == 0)
        rc = read_team_members(f, p);
    settle_memberships(f, p);
    for (size_t i = 0; rc == 0 && profiles && f->kind->person && i < p->n; i++)
        rc = read_profile(f, p, &p->v[i]);
    if (rc != 0) {
        people_free(p);
        return rc;
    }
    fg_lock();
    fg_table_sweep(&f->memory->people);
    fg_unlock();
    fg_half_done(f, FG_PEOPLE, p->n, p->team_n);
    people_free(*good);
    *good = p;
    return 0;
}

/* ---- emitting */

static const char *space_of(struct fg *f, const char *key)
{
    return f->host->text(section(f), key, "default");
}

/* Host of the forge's pages, as annotations of GitLab are named by it: "gitlab.example.com", without a port. */
static void put_host(struct fg_text *out, struct fg *f)
{
    const char *url = f->host->text(f->config, "/url", f->host->text(f->host->config(f->call), "/gitlab_url", "")), *host = strstr(url, "://");

    host = host ? host + 3 : url;
    fg_put_n(out, host, strcspn(host, ":/"));
}

static void put_annotations(struct fg_text *out, struct fg *f, const char *kind, const char *value, const char *page)
{
    struct fg_text key = {0};

    if (strcmp(f->kind->type, "github") == 0)
        fg_put(&key, "github.com");
    else
        put_host(&key, f);
    fg_printf(&key, "/%s", kind);
    fg_put(out, ",\"annotations\":{");
    fg_put_member(out, key.p, value);
    fg_put_member(out, "backstage.io/view-url", page);
    fg_put(out, "}");
    free(key.p);
}

static void put_head(struct fg_text *out, const char *kind, const char *name, const char *space)
{
    fg_printf(out, "{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"", kind, name);
    if (strcmp(space, "default") != 0)
        fg_put_member(out, "namespace", space);
}

static int emit_text(const struct callboard_host *host, struct callboard_call *call, const struct fg_text *text)
{
    int rc = host->emit(call, text->p, text->n);

    return rc < 0 ? host->fail(call, rc, "%s", host->error(call)) : CALLBOARD_OK;
}

static int emit_team(struct fg *f, const struct people *p, size_t i)
{
    const struct team *t = &p->teams[i];
    struct fg_text out = {0}, annotation = {0};
    const char *kind = f->kind->by_id ? "team-path" : "team-slug";
    bool first = true;
    int rc;

    if (strcmp(f->kind->type, "github") == 0)
        fg_printf(&annotation, "%s/", f->organization);
    fg_put(&annotation, t->key);
    put_head(&out, "Group", t->name, space_of(f, "/group_namespace"));
    fg_put_member(&out, "description", t->about);
    put_annotations(&out, f, kind, annotation.p, t->page);
    fg_put(&out, "},\"spec\":{\"type\":\"team\",\"profile\":{");
    fg_put_member(&out, "displayName", t->title);
    fg_put_member(&out, "picture", t->picture);
    fg_put(&out, "}");
    if (t->parent != NONE)
        fg_put_member(&out, "parent", p->teams[t->parent].name);
    fg_put(&out, ",\"children\":[");
    for (size_t k = 0; k < p->team_n; k++)
        if (p->teams[k].parent == i) {
            fg_printf(&out, "%s\"%s\"", first ? "" : ",", p->teams[k].name);
            first = false;
        }
    fg_put(&out, "]}}");
    rc = emit_text(f->host, f->call, &out);
    free(out.p);
    free(annotation.p);
    return rc;
}

/* One person of one organisation. */
struct who {
    struct fg *f;
    const struct people *p;
    size_t i;
};

static const struct person *person_of(const struct who *w)
{
    return &w->p->v[w->i];
}

/* The same person of two organisations of one forge is one User. */
static int by_user(const void *a, const void *b)
{
    const struct who *x = a, *y = b;
    int rc = strcmp(space_of(x->f, "/user_namespace"), space_of(y->f, "/user_namespace"));

    if (rc == 0)
        rc = strcasecmp(person_of(x)->name, person_of(y)->name);
    if (rc == 0)
        rc = strcmp(x->f->api, y->f->api);
    return rc ? rc : (x->f->index > y->f->index) - (x->f->index < y->f->index);
}

static bool is_same(const struct who *a, const struct who *b)
{
    return a->f != b->f && person_of(a)->id == person_of(b)->id && strcmp(a->f->api, b->f->api) == 0 &&
           strcmp(space_of(a->f, "/user_namespace"), space_of(b->f, "/user_namespace")) == 0;
}

/* Where W begins among the memberships, which are by person; how many there are. */
static size_t memberships(size_t *from, const struct who *w)
{
    size_t low = 0, high = w->p->in_n, n = 0;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (w->p->in[middle].person < w->i)
            low = middle + 1;
        else
            high = middle;
    }
    *from = low;
    while (low + n < w->p->in_n && w->p->in[low + n].person == w->i)
        n++;
    return n;
}

static int emit_user(const struct who *all, size_t n)
{
    struct fg *f = all->f;
    const struct person *one = person_of(all);
    const char *space = space_of(f, "/user_namespace");
    struct fg_text out = {0};
    size_t team_n = 0;
    bool wanted = false;
    int rc = CALLBOARD_OK;

    put_head(&out, "User", one->name, space);
    fg_put_member(&out, "description", one->about);
    put_annotations(&out, f, "user-login", f->kind->by_id && one->page ? one->page : one->login, one->page);
    fg_put(&out, "},\"spec\":{\"profile\":{");
    fg_put_member(&out, "displayName", one->title);
    fg_put_member(&out, "email", one->mail);
    fg_put_member(&out, "picture", one->picture);
    fg_put(&out, "},\"memberOf\":[");
    for (size_t k = 0; k < n; k++) {
        const char *teams = space_of(all[k].f, "/group_namespace");
        size_t from, in_n = memberships(&from, &all[k]);

        wanted |= in_n || all[k].f->host->boolean(section(all[k].f), "/teamless", 1);
        for (size_t i = from; i < from + in_n; i++)
            fg_printf(&out, "%s\"%s%s%s\"", team_n++ ? "," : "", strcmp(teams, space) == 0 ? "" : teams, strcmp(teams, space) == 0 ? "" : "/",
                      all[k].p->teams[all[k].p->in[i].team].name);
    }
    fg_put(&out, "]}}");
    if (wanted)
        rc = emit_text(f->host, f->call, &out);
    free(out.p);
    return rc;
}

static int emit_users(struct fg *all, size_t n)
{
    struct who *v = NULL;
    size_t who_n = 0, room = 0;
    int rc = CALLBOARD_OK;

    for (size_t i = 0; i < n; i++) {
        const struct people *p = all[i].memory->good[FG_PEOPLE];

        for (size_t k = 0; p && k < p->n; k++) {
            v = fg_grown(v, who_n, &room, sizeof(*v));
            v[who_n++] = (struct who){&all[i], p, k};
        }
    }
    if (who_n)
        qsort(v, who_n, sizeof(*v), by_user);
    for (size_t i = 0, same; rc == CALLBOARD_OK && i < who_n; i += same) {
        same = 1;
        while (i + same < who_n && is_same(&v[i], &v[i + same]))
            same++;
        rc = emit_user(&v[i], same);
    }
    free(v);
    return rc;
}

static int emit_people(const struct callboard_host *host, struct callboard_call *call)
{
    size_t n = host->count(host->get(host->config(call), "/organizations"), ""), team_n = 0, person_n = 0;
    struct fg all[FG_ORGANIZATION_MAX];
    int rc = CALLBOARD_OK;

    for (size_t i = 0; i < n; i++) {
        const struct people *p = fg_memory(i)->good[FG_PEOPLE];

        fg_init(&all[i], host, call, i);
        team_n += p ? p->team_n : 0;
        person_n += p ? p->n : 0;
        for (size_t k = 0; p && rc == CALLBOARD_OK && k < p->team_n; k++)
            rc = emit_team(&all[i], p, k);
    }
    if (rc == CALLBOARD_OK)
        rc = emit_users(all, n);
    for (size_t i = 0; i < n; i++)
        fg_fini(&all[i]);
    host->metric_set(call, "teams", (double)team_n);
    host->metric_set(call, "people", (double)person_n);
    return rc;
}

int fg_read_people(const struct callboard_host *host, struct callboard_call *call)
{
    static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;
    int rc;

    pthread_mutex_lock(&reading);
    rc = fg_read_all(host, call, FG_PEOPLE, "/people", read_people, emit_people);
    pthread_mutex_unlock(&reading);
    return rc;
}
