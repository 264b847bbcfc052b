/*
 * GitHub's GraphQL, which needs a token and then tells in one answer what REST tells in a hundred: which repositories hold the descriptors, and who
 * is in a team itself (REST counts who is in a team below).
 *
 * Errors  come with status 200. Those that leave the whole answer empty fail the reading; of a part of it they are logged, and what
 *         is missing then is asked for by name before it goes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define TRY_N 3
#define LIMIT_S 60 /* of a limit that does not say when it is over */
#define REPOSITORY_PAGE 50

bool fg_has_graphql(const struct fg *f)
{
    return strcmp(f->kind->type, "github") == 0 && *f->host->text(f->config, "/token", "");
}

static int failed(struct fg *f, const struct callboard_json *error)
{
    static const struct {
        const char *type;
        int code;
    } rows[] = {{"NOT_FOUND", CALLBOARD_ENOTFOUND}, {"FORBIDDEN", CALLBOARD_EDENIED}, {"INSUFFICIENT_SCOPES", CALLBOARD_EDENIED}, {"RATE_LIMITED", CALLBOARD_ELIMIT}};
    const char *type = f->host->text(error, "/type", "");
    int code = CALLBOARD_EUPSTREAM;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (strcmp(rows[i].type, type) == 0)
            code = rows[i].code;
    return fg_why(f, code, "%s: /graphql: %.300s", f->kind->label, f->host->text(error, "/message", "it answered nothing"));
}

/* *OUT is the part at ROOT of what BODY asks for; *HTTP for fg_done. */
static int query(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *body, const char *root)
{
    for (int i = 0;; i++) {
        const struct callboard_json *answer, *error;
        int rc;

        if ((rc = fg_post(&answer, http, f, body)) != 0)
            return rc;
        error = f->host->get(answer, "/errors/0");
        *out = f->host->get(answer, root);
        if (f->host->type(*out, "") == CALLBOARD_JSON_OBJECT) {
            if (error)
                f->host->log(f->call, CALLBOARD_LOG_WARN, "%s: /graphql: %.300s", f->name, f->host->text(error, "/message", ""));
            return 0;
        }
        rc = failed(f, error);
        if (rc == CALLBOARD_ELIMIT)
            fg_leave_alone(f, LIMIT_S);
        else if (!error && f->host->type(answer, "/data") == CALLBOARD_JSON_OBJECT)
            rc = fg_why(f, CALLBOARD_ENOTFOUND, "%s has no %s, or shows it to others alone", f->kind->label, f->organization);
        fg_done(f, *http);
        *http = NULL;
        if (rc != CALLBOARD_ELIMIT || i == TRY_N - 1)
            return rc;
    }
}

static void begin(struct fg_text *body, struct fg *f, const char *text)
{
    body->n = 0;
    fg_put(body, "{\"query\":");
    fg_put_json(body, text);
    fg_put(body, ",\"variables\":{");
    fg_put_member(body, "login", f->organization);
}

/* A connection's elements, page by page: where the next begins, or NULL. CURSOR is kept in KEEP. */
static const char *next_of(struct fg *f, struct fg_text *keep, const struct callboard_json *connection)
{
    const char *cursor = f->host->text(connection, "/pageInfo/endCursor", "");

    if (!f->host->boolean(connection, "/pageInfo/hasNextPage", 0) || !*cursor)
        return NULL;
    keep->n = 0;
    fg_put(keep, cursor);
    return keep->p;
}

static int no_list(struct fg *f, const char *what)
{
    return fg_why(f, CALLBOARD_EUPSTREAM, "%s: /graphql: it did not tell the %s", f->kind->label, what);
}

/* ---- repositories */

static void put_query(struct fg_text *out, struct fg *f, const struct callboard_json *files)
{
    size_t n = f->host->count(files, "");

    fg_put(out, "query($login:String!,$cursor:String");
    for (size_t i = 0; i < n; i++)
        fg_printf(out, ",$e%zu:String!", i);
    fg_printf(out, "){repositoryOwner(login:$login){repositories(first:%d,after:$cursor,ownerAffiliations:[OWNER],orderBy:{field:CREATED_AT,direction:ASC}){"
                   "pageInfo{hasNextPage endCursor} nodes{databaseId nameWithOwner url isArchived isFork isEmpty pushedAt defaultBranchRef{name} "
                   "repositoryTopics(first:20){nodes{topic{name}}}", REPOSITORY_PAGE);
    for (size_t i = 0; i < n; i++)
        fg_printf(out, " f%zu:object(expression:$e%zu){__typename}", i, i);
    fg_put(out, "}}}}");
}

static int take_node(struct fg *f, const struct callboard_json *node, const struct callboard_json *files, int (*take)(struct fg *f, const struct fg_facts *facts, void *ctx), void *ctx)
{
    const struct callboard_host *host = f->host;
    struct fg_facts facts = {.id = host->integer(node, "/databaseId", 0), .full = host->text(node, "/nameWithOwner", ""), .page = host->text(node, "/url", ""),
                             .branch = host->text(node, "/defaultBranchRef/name", ""), .activity = host->text(node, "/pushedAt", ""),
                             .archived = host->boolean(node, "/isArchived", 0), .fork = host->boolean(node, "/isFork", 0), .empty = host->boolean(node, "/isEmpty", 0),
                             .topics = host->get(node, "/repositoryTopics/nodes"), .topic = "/topic/name", .looked = host->count(files, "") != 0};

    for (size_t i = 0; i < host->count(files, "") && i < FG_DESCRIPTOR_MAX; i++) {
        char at[32];

        snprintf(at, sizeof(at), "/f%zu/__typename", i);
        if (strcmp(host->text(node, at, ""), "Blob") == 0)
            facts.found |= UINT32_C(1) << i;
    }
    return facts.id ? take(f, &facts, ctx) : 0; /* what has an error is null */
}

int fg_graphql_repositories(struct fg *f, const struct callboard_json *files, int (*take)(struct fg *f, const struct fg_facts *facts, void *ctx), void *ctx)
{
    const char *branch = f->host->text(f->host->get(f->config, "/repositories"), "/branch", "HEAD"), *cursor = NULL;
    struct fg_text text = {0}, body = {0}, keep = {0};
    int rc = 0;

    put_query(&text, f, files);
    for (int page = 0; rc == 0 && (page == 0 || cursor); page++) {
        const struct callboard_json *owner, *nodes;
        struct callboard_http *http;

        if (page == FG_PAGE_MAX) {
            rc = fg_why(f, CALLBOARD_ELIMIT, "%s: the repositories have more than %d pages", f->kind->label, FG_PAGE_MAX);
            break;
        }
        begin(&body, f, text.p);
        fg_put_member(&body, "cursor", cursor);
        for (size_t i = 0; i < f->host->count(files, ""); i++) {
            struct fg_text at = {0};
            char key[24];

            snprintf(key, sizeof(key), "e%zu", i);
            fg_printf(&at, "%s:%s", branch, f->host->text(f->host->at(files, i), "", ""));
            fg_put_member(&body, key, at.p);
            free(at.p);
        }
        fg_put(&body, "}}");
        if ((rc = query(&owner, &http, f, body.p, "/data/repositoryOwner")) != 0)
            break;
        nodes = f->host->get(owner, "/repositories/nodes");
        if (f->host->type(nodes, "") != CALLBOARD_JSON_ARRAY)
            rc = no_list(f, "repositories");
        for (size_t i = 0; rc == 0 && i < f->host->count(nodes, ""); i++)
            rc = take_node(f, f->host->at(nodes, i), files, take, ctx);
        cursor = next_of(f, &keep, f->host->get(owner, "/repositories"));
        fg_done(f, http);
    }
    free(text.p);
    free(body.p);
    free(keep.p);
    return rc;
}

/* ---- who is in a team */

typedef int member_fn(struct fg *f, const char *team, int64_t person, void *ctx);

#define MEMBERS "members(first:100,after:$inner,membership:IMMEDIATE){pageInfo{hasNextPage endCursor} nodes{databaseId}}"

static int take_members(struct fg *f, const char *team, const struct callboard_json *connection, member_fn *member, void *ctx)
{
    const struct callboard_json *nodes = f->host->get(connection, "/nodes");
    int rc = f->host->type(nodes, "") == CALLBOARD_JSON_ARRAY ? 0 : no_list(f, "members of a team");

    for (size_t i = 0; rc == 0 && i < f->host->count(nodes, ""); i++)
        rc = member(f, team, f->host->integer(f->host->at(nodes, i), "/databaseId", 0), ctx);
    return rc;
}

/* Of one team the members behind CURSOR. */
static int more_members(struct fg *f, const char *team, const char *cursor, member_fn *member, void *ctx)
{
    static const char text[] = "query($login:String!,$slug:String!,$inner:String){organization(login:$login){team(slug:$slug){" MEMBERS "}}}";
    struct fg_text body = {0}, keep = {0};
    int rc = 0;

    for (int page = 0; rc == 0 && cursor; page++) {
        const struct callboard_json *answer;
        struct callboard_http *http;

        if (page == FG_PAGE_MAX) {
            rc = fg_why(f, CALLBOARD_ELIMIT, "%s: the team %s has more than %d pages", f->kind->label, team, FG_PAGE_MAX);
            break;
        }
        begin(&body, f, text);
        fg_put_member(&body, "slug", team);
        fg_put_member(&body, "inner", cursor);
        fg_put(&body, "}}");
        if ((rc = query(&answer, &http, f, body.p, "/data/organization/team")) != 0)
            break;
        rc = take_members(f, team, f->host->get(answer, "/members"), member, ctx);
        cursor = next_of(f, &keep, f->host->get(answer, "/members"));
        fg_done(f, http);
    }
    free(body.p);
    free(keep.p);
    return rc;
}

int fg_graphql_members(struct fg *f, member_fn *member, void *ctx)
{
    static const char text[] = "query($login:String!,$cursor:String,$inner:String){organization(login:$login){teams(first:50,after:$cursor){"
                               "pageInfo{hasNextPage endCursor} nodes{slug " MEMBERS "}}}}";
    struct fg_text body = {0}, keep = {0}, inner = {0};
    const char *cursor = NULL;
    int rc = 0;

    for (int page = 0; rc == 0 && page < FG_PAGE_MAX && (page == 0 || cursor); page++) {
        const struct callboard_json *answer, *nodes;
        struct callboard_http *http;

        begin(&body, f, text);
        fg_put_member(&body, "cursor", cursor);
        fg_put(&body, "}}");
        if ((rc = query(&answer, &http, f, body.p, "/data/organization")) != 0)
            break;
        nodes = f->host->get(answer, "/teams/nodes");
        if (f->host->type(nodes, "") != CALLBOARD_JSON_ARRAY)
            rc = no_list(f, "teams");
        for (size_t i = 0; rc == 0 && i < f->host->count(nodes, ""); i++) {
            const struct callboard_json *node = f->host->at(nodes, i), *members = f->host->get(node, "/members");
            const char *team = f->host->text(node, "/slug", "");

            if ((rc = take_members(f, team, members, member, ctx)) == 0)
                rc = more_members(f, team, next_of(f, &inner, members), member, ctx);
        }
        cursor = next_of(f, &keep, f->host->get(answer, "/teams"));
        fg_done(f, http);
    }
    free(body.p);
    free(keep.p);
    free(inner.p);
    return rc;
}
