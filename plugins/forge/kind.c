/*
 * How forges differ, by their published REST APIs (GitHub 2022-11-28, GitLab v4, Gitea and Forgejo v1). Lists are asked for in the order
 * in which things came to be, so that what is new meanwhile stands behind what was read.
 */
#include <string.h>

#include "plugins/forge/forge.h"

#define MINUTE_US (INT64_C(60) * 1000000)

#define GITEA_LIKE \
    .api = "/api/v1", .login = "Authorization", .scheme = "token ", .page_size = "limit", .page = 50, .paging = FG_BY_TOTAL, \
    .of_organization = "/orgs/{}/repos", .of_user = "/users/{}/repos", .one = "/repos/{/}", .content = "/repos/{/}/contents/{/}?ref={}", .tree = "/repos/{/}/git/trees/{}?recursive=true&per_page=1000", .method = "GET", \
    .full_name = "/full_name", .page_url = "/html_url", .blob = "/src/branch/", .fork = "/fork", .empty = "/empty", .activity = "/updated_at", \
    .settle_us = MINUTE_US, .teams = "/orgs/{}/teams", .members = "/orgs/{}/members", .team_members = "/teams/{}/members", \
    .login_of = "/login", .name_of = "/full_name", .mail_of = "/email", .about_of = "/description"

static const struct fg_kind kinds[] = {
    {.type = "github", .label = "GitHub", .api = "/api/v3", .login = "Authorization", .scheme = "Bearer ", .page_size = "per_page", .page = 100, .paging = FG_BY_LINK,
     .of_organization = "/orgs/{}/repos?type=all&sort=created&direction=asc", .of_user = "/users/{}/repos?type=owner&sort=created&direction=asc",
     .one = "/repos/{/}", .content = "/repos/{/}/contents/{/}?ref={}", .tree = "/repos/{/}/git/trees/{}?recursive=1", .method = "HEAD",
     .full_name = "/full_name", .page_url = "/html_url", .blob = "/blob/", .fork = "/fork", .activity = "/pushed_at", .settle_us = MINUTE_US,
     .teams = "/orgs/{}/teams", .members = "/orgs/{}/members", .team_members = "/orgs/{}/teams/{}/members", .person = "/users/{}",
     .login_of = "/login", .name_of = "/name", .mail_of = "/email", .about_of = "/bio", .events = {"/headers/x-github-event"}},
    /* last_activity_at is told anew once an hour at most */
    {.type = "gitlab", .label = "GitLab", .api = "/api/v4", .login = "PRIVATE-TOKEN", .scheme = "", .page_size = "per_page", .page = 100, .paging = FG_BY_NEXT,
     .of_organization = "/groups/{}/projects?include_subgroups=true&with_shared=false&order_by=id&sort=asc",
     .of_user = "/users/{}/projects?order_by=id&sort=asc", .one = "/projects/{}", .content = "/projects/{}/repository/files/{}?ref={}", .tree = "/projects/{}/repository/tree?recursive=true&ref={}", .method = "HEAD", .by_id = true,
     .full_name = "/path_with_namespace", .page_url = "/web_url", .blob = "/-/blob/", .fork = "/forked_from_project", .empty = "/empty_repo",
     .activity = "/last_activity_at", .settle_us = 61 * MINUTE_US,
     .root = "/groups/{}", .teams = "/groups/{}/descendant_groups?order_by=id&sort=asc", .members = "/groups/{}/members", .team_members = "/groups/{}/members", .person = "/users/{}",
     .login_of = "/username", .name_of = "/name", .mail_of = "/public_email", .about_of = "/bio"},
    {.type = "gitea", .label = "Gitea", GITEA_LIKE, .events = {"/headers/x-gitea-event"}},
    {.type = "forgejo", .label = "Forgejo", GITEA_LIKE, .events = {"/headers/x-forgejo-event", "/headers/x-gitea-event"}},
};

const struct fg_kind *fg_kind_find(const char *type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return &kinds[0];
}
