/* publish:gitlab and publish:gitlab:merge-request. API: https://docs.gitlab.com/api/rest, version 4. */
#include <string.h>

#include "plugins/templates/forge.h"

#define OWNER_LEVEL 50 /* access level of an owner */

const char act_publish_gitlab_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "gitlab.com?owner=group/subgroup&repo=shop"},
        "repoVisibility": {"type": "string", "title": "Visibility", "enum": ["private", "public", "internal"], "description": "private unless it is said"},
        "defaultBranch": {"type": "string", "title": "Branch", "description": "master unless it is said"},
        "skipExisting": {"type": "boolean", "title": "May be there already", "description": "Then nothing is made or pushed"},
        "setUserAsOwner": {"type": "boolean", "title": "Owner", "description": "The token's user becomes an owner"},
        "topics": {"type": "array", "items": {"type": "string"}, "title": "Topics"},
        "settings": {"type": "object", "title": "Settings", "description": "As GitLab's API has them: description, merge_method, squash_option, ..."},
        "branches": {"type": "array", "title": "Branches", "items": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
            "name": {"type": "string"}, "create": {"type": "boolean"}, "protect": {"type": "boolean"}, "ref": {"type": "string"}}}},
        "projectVariables": {"type": "array", "title": "Variables", "items": {"type": "object", "required": ["key", "value"], "properties": {
            "key": {"type": "string"}, "value": {"type": "string"}}}},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_gitlab_output[] = ACT_JSON({
    "type": "object", "properties": {
        "projectId": {"type": "number", "title": "Project"},
        "created": {"type": "boolean", "title": "Made", "description": "False: it was there already"},) PUBLISH_OUTPUT "}}";
const char act_publish_gitlab_examples[] = ACT_JSON([
    {"description": "Make a project of the workspace",
     "example": "steps:\n  - id: publish\n    name: Publish\n    action: publish:gitlab\n    input:\n      repoUrl: gitlab.com?owner=acme&repo=shop\n      defaultBranch: main\n"}]);

/* A project as GitLab's paths have it: "group%2Fshop". */
static const char *project_path(const struct forge *f)
{
    return forge_part(f, f->repo.project && !f->repo.owner ? f->repo.project : f->host->format(f->call, "%s/%s", f->repo.owner, f->repo.repo));
}

/* The owner that was left out is the token's own user; *USER its number. */
static int who_is(struct forge *f, long long *user)
{
    int rc = forge_must(f, "Nobody knows the token", "GET", NULL, "/user");

    if (rc != CALLBOARD_OK)
        return rc;
    *user = (long long)f->host->integer(f->answer, "/id", 0);
    if (!f->repo.owner)
        f->repo.owner = f->host->text(f->answer, "/username", "");
    return CALLBOARD_OK;
}

static int make_project(struct forge *f)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *settings = host->get(host->input(f->call), "/settings");
    struct forge_body b = FORGE_BODY(f);
    long long space;
    int rc = forge_ask(f, "GET", NULL, "/namespaces/%s", forge_part(f, f->repo.owner));

    if (rc < 0)
        return rc;
    if (rc == 404)
        return host->fail(f->call, CALLBOARD_ENOTFOUND, "The namespace %s is not found or the user doesn't have permissions to access it", f->repo.owner);
    if (rc != 200)
        return forge_refused(f, "The namespace cannot be looked at");
    space = (long long)host->integer(f->answer, "/id", 0);
    forge_put(&b, "name", f->repo.repo);
    if (!host->get(settings, "/path"))
        forge_put(&b, "path", f->repo.repo);
    forge_put_raw(&b, "namespace_id", host->format(f->call, "%lld", space));
    if (!host->get(settings, "/visibility"))
        forge_put(&b, "visibility", host->text(host->input(f->call), "/repoVisibility", "private"));
    if (!host->get(settings, "/topics"))
        forge_take(&b, "topics", "/topics");
    for (size_t i = 0; i < host->count(settings, ""); i++)
        if (strcmp(host->key_at(settings, i), "name") != 0 && strcmp(host->key_at(settings, i), "namespace_id") != 0)
            forge_put_json(&b, host->key_at(settings, i), host->at(settings, i));
    return forge_must(f, host->format(f->call, "The project %s/%s cannot be made", f->repo.owner, f->repo.repo), "POST", forge_end(&b), "/projects");
}

static int add_branches(struct forge *f, long long id, const char *main_branch)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *all = host->get(host->input(f->call), "/branches");
    int rc = CALLBOARD_OK;

    for (size_t i = 0; rc == CALLBOARD_OK && i < host->count(all, ""); i++) {
        const struct callboard_json *one = host->at(all, i);
        const char *name = host->text(one, "/name", "");
        struct forge_body made = FORGE_BODY(f), kept = FORGE_BODY(f);

        forge_put(&made, "branch", name);
        forge_put(&made, "ref", host->text(one, "/ref", main_branch));
        forge_put(&kept, "name", name);
        if (host->boolean(one, "/create", 0))
            rc = forge_must(f, host->format(f->call, "The branch %s cannot be made", name), "POST", forge_end(&made), "/projects/%lld/repository/branches", id);
        if (rc == CALLBOARD_OK && host->boolean(one, "/protect", 0))
            rc = forge_must(f, host->format(f->call, "The branch %s cannot be protected", name), "POST", forge_end(&kept), "/projects/%lld/protected_branches", id);
    }
    return rc;
}

static int add_variables(struct forge *f, long long id)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *all = host->get(host->input(f->call), "/projectVariables");
    int rc = CALLBOARD_OK;

    for (size_t i = 0; rc == CALLBOARD_OK && i < host->count(all, ""); i++) {
        const struct callboard_json *one = host->at(all, i);

        if (host->boolean(one, "/masked", 0))
            host->mask(f->call, host->text(one, "/value", ""));
        rc = forge_must(f, host->format(f->call, "The variable %s cannot be set", host->text(one, "/key", "")), "POST", host->dump(f->call, one, 0),
                        "/projects/%lld/variables", id);
    }
    return rc;
}

static int own(struct forge *f, long long id, long long user)
{
    struct forge_body b = FORGE_BODY(f);

    if (!f->host->boolean(f->host->input(f->call), "/setUserAsOwner", 0))
        return CALLBOARD_OK;
    forge_put_raw(&b, "user_id", f->host->format(f->call, "%lld", user));
    forge_put_raw(&b, "access_level", f->host->format(f->call, "%d", OWNER_LEVEL));
    return forge_must(f, "The user cannot be made an owner", "POST", forge_end(&b), "/projects/%lld/members", id);
}

/* Without ".git", as Backstage says it. */
static const char *without_git(const struct forge *f, const char *url)
{
    size_t n = strlen(url);

    return n > 4 && strcmp(url + n - 4, ".git") == 0 ? f->host->format(f->call, "%.*s", (int)(n - 4), url) : url;
}

static void put_project(struct forge *f, const char *clone, const char *branch, long long id, int created)
{
    const char *url = without_git(f, clone);

    f->host->put_text(f->call, "remoteUrl", url);
    f->host->put_textf(f->call, "repoContentsUrl", "%s/-/blob/%s", url, branch);
    f->host->put_integer(f->call, "projectId", id);
    f->host->put_boolean(f->call, "created", created);
}

int act_publish_gitlab(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *made;
    struct publish p = {.host = host, .call = call, .branch = host->text(input, "/defaultBranch", "master"), .username = "oauth2"};
    struct forge f;
    long long id, user = 0;
    int rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "gitlab", 1);

    if (rc != CALLBOARD_OK || ((!f.repo.owner || host->boolean(input, "/setUserAsOwner", 0)) && (rc = who_is(&f, &user)) != CALLBOARD_OK))
        return rc;
    if (host->boolean(input, "/skipExisting", 0)) {
        if ((rc = forge_ask(&f, "GET", NULL, "/projects/%s", project_path(&f))) < 0)
            return rc;
        if (rc == 200) {
            host->log(call, CALLBOARD_LOG_INFO, "The project %s/%s is there already", f.repo.owner, f.repo.repo);
            put_project(&f, host->text(f.answer, "/http_url_to_repo", ""), p.branch, (long long)host->integer(f.answer, "/id", 0), 0);
            return CALLBOARD_OK;
        }
    }
    if ((rc = make_project(&f)) != CALLBOARD_OK)
        return rc;
    id = (long long)host->integer(f.answer, "/id", 0);
    p.url = host->text(f.answer, "/http_url_to_repo", "");
    p.token = f.token;
    host->log(call, CALLBOARD_LOG_INFO, "Made the project %s/%s", f.repo.owner, f.repo.repo);
    if ((rc = own(&f, id, user)) == CALLBOARD_OK && (made = publish_run(&p)) && (rc = add_branches(&f, id, p.branch)) == CALLBOARD_OK &&
        (rc = add_variables(&f, id)) == CALLBOARD_OK) {
        put_project(&f, p.url, p.branch, id, 1);
        host->put_text(call, "commitHash", host->text(made, "/commit", NULL));
        return CALLBOARD_OK;
    }
    if (forge_ask(&f, "DELETE", NULL, "/projects/%lld", id) >= 200 && f.status < 300)
        host->log(call, CALLBOARD_LOG_WARN, "The project %s/%s was made and is deleted again", f.repo.owner, f.repo.repo);
    else
        host->log(call, CALLBOARD_LOG_ERROR, "The project %s/%s was made and is still there", f.repo.owner, f.repo.repo);
    return CALLBOARD_FAILED;
}

int act_publish_gitlab_undo(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *commit = host->text(input, "/output/commitHash", NULL);
    long long id = (long long)host->integer(input, "/output/projectId", 0), user;
    struct forge f;
    int rc = forge_open(&f, host, call, host->text(input, "/input/repoUrl", ""), "gitlab", 1);

    if (rc != CALLBOARD_OK || (!f.repo.owner && (rc = who_is(&f, &user)) != CALLBOARD_OK))
        return rc;
    if (!commit || !host->boolean(input, "/output/created", 0))
        return host->fail(call, CALLBOARD_EINVAL, "there is nothing to take back: the run made no project");
    if ((rc = forge_must(&f, "The project cannot be looked at", "GET", NULL, "/projects/%s", project_path(&f))) != CALLBOARD_OK)
        return rc;
    if (host->integer(f.answer, "/id", -1) != id)
        return host->fail(call, CALLBOARD_ECONFLICT, "%s/%s is another project by now: it stays", f.repo.owner, f.repo.repo);
    if ((rc = forge_must(&f, "Its commits cannot be looked at", "GET", NULL, "/projects/%lld/repository/commits?all=true&per_page=2", id)) != CALLBOARD_OK)
        return rc;
    if (host->count(f.answer, "") != 1 || strcmp(host->text(f.answer, "/0/id", ""), commit) != 0)
        return host->fail(call, CALLBOARD_ECONFLICT, "somebody has pushed to %s/%s since it was made: it stays", f.repo.owner, f.repo.repo);
    if ((rc = forge_must(&f, "The project cannot be deleted", "DELETE", NULL, "/projects/%lld", id)) != CALLBOARD_OK)
        return rc;
    host->put_textf(call, "message", "The project %s/%s was deleted", f.repo.owner, f.repo.repo);
    return CALLBOARD_OK;
}

/* ---- publish:gitlab:merge-request */

const char act_publish_gitlab_merge_request_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "title", "description", "branchName"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "gitlab.com?owner=group&repo=shop"},
        "title": {"type": "string", "title": "Title"},
        "description": {"type": "string", "title": "Description"},
        "branchName": {"type": "string", "title": "Branch", "description": "Of the change"},
        "targetBranchName": {"type": "string", "title": "Base", "description": "The branch that it is for; the project's default unless it is said"},
        "targetPath": {"type": "string", "title": "Path", "description": "Folder of the repository that gets the files"},
        "filesToDelete": {"type": "array", "items": {"type": "string"}, "title": "Files to delete"},
        "commitAction": {"type": "string", "title": "What happens to files", "enum": ["auto", "create", "update", "skip"], "description": "skip: the branch is there already"},
        "removeSourceBranch": {"type": "boolean", "title": "Remove the branch", "description": "When it is merged"},
        "assignee": {"type": "string", "title": "Assignee", "description": "A user's name"},
        "reviewers": {"type": "array", "items": {"type": "string"}, "title": "Reviewers", "description": "Names of users"},
        "labels": {"title": "Labels", "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "commitMessage": {"type": "string", "title": "Commit message", "description": "The title unless it is said"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_gitlab_merge_request_output[] = ACT_JSON({
    "type": "object", "properties": {
        "targetBranchName": {"type": "string", "title": "Base"},
        "projectid": {"type": "string", "title": "Project"},
        "projectPath": {"type": "string", "title": "Project's path"},
        "mergeRequestUrl": {"type": "string", "title": "Merge request", "description": "Its page"}}});
const char act_publish_gitlab_merge_request_examples[] = ACT_JSON([
    {"description": "Propose the workspace's files as a change",
     "example": "steps:\n  - id: propose\n    name: Propose\n    action: publish:gitlab:merge-request\n    input:\n      repoUrl: gitlab.com?owner=acme&repo=deploy\n      branchName: add-shop\n      title: Deploy the shop\n      description: As the template made it\n      targetPath: services/shop\n"}]);

/* Its number as a text; NULL: there is no such user, which is a warning as in Backstage. */
static const char *user_id(struct forge *f, const char *name)
{
    if (forge_ask(f, "GET", NULL, "/users?username=%s", forge_part(f, name)) == 200 && f->host->count(f->answer, "") == 1)
        return f->host->format(f->call, "%lld", (long long)f->host->integer(f->answer, "/0/id", 0));
    f->host->log(f->call, CALLBOARD_LOG_WARN, "There is no user %s", name);
    return NULL;
}

static const char *reviewer_ids(struct forge *f)
{
    const struct callboard_json *names = f->host->get(f->host->input(f->call), "/reviewers");
    const char *ids = "";

    for (size_t i = 0; i < f->host->count(names, ""); i++) {
        const char *id = user_id(f, f->host->text(f->host->at(names, i), "", ""));

        if (id)
            ids = f->host->format(f->call, "%s%s%s", ids, *ids ? "," : "", id);
    }
    return *ids ? f->host->format(f->call, "[%s]", ids) : NULL;
}

/* "a,b", however it was written. */
static const char *labels(struct forge *f)
{
    const struct callboard_json *list = f->host->get(f->host->input(f->call), "/labels");
    const char *out = f->host->text(list, "", NULL);

    for (size_t i = 0; i < f->host->count(list, ""); i++)
        out = f->host->format(f->call, "%s%s%s", out ? out : "", out ? "," : "", f->host->text(f->host->at(list, i), "", ""));
    return out;
}

int act_publish_gitlab_merge_request(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *branch = host->text(input, "/branchName", ""), *assignee = host->text(input, "/assignee", NULL), *path;
    struct publish p = {.host = host, .call = call, .branch = branch, .path = host->text(input, "/targetPath", NULL), .gone = host->get(input, "/filesToDelete"),
                        .message = host->text(input, "/commitMessage", host->text(input, "/title", NULL)), .username = "oauth2", .empty = 1};
    struct forge_body b;
    struct forge f;
    long long id;
    int rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "gitlab", 1);

    if (rc != CALLBOARD_OK)
        return rc;
    if (!f.repo.owner && !f.repo.project)
        return host->fail(call, CALLBOARD_EINVAL, "Invalid repo URL passed to publisher: missing owner");
    if ((rc = forge_must(&f, host->format(call, "There is no project %s", f.repo.repo), "GET", NULL, "/projects/%s", project_path(&f))) != CALLBOARD_OK)
        return rc;
    id = (long long)host->integer(f.answer, "/id", 0);
    path = host->text(f.answer, "/path_with_namespace", "");
    p.base = host->text(input, "/targetBranchName", host->text(f.answer, "/default_branch", "main"));
    p.url = host->text(f.answer, "/http_url_to_repo", "");
    p.token = f.token;
    if (strcmp(host->text(input, "/commitAction", "auto"), "skip") != 0 && !publish_run(&p))
        return CALLBOARD_FAILED;
    b = FORGE_BODY(&f);
    forge_put(&b, "source_branch", branch);
    forge_put(&b, "target_branch", p.base);
    forge_take(&b, "title", "/title");
    forge_take(&b, "description", "/description");
    forge_put_flag(&b, "remove_source_branch", host->boolean(input, "/removeSourceBranch", 0));
    forge_put_raw(&b, "assignee_id", assignee ? user_id(&f, assignee) : NULL);
    forge_put_raw(&b, "reviewer_ids", reviewer_ids(&f));
    forge_put(&b, "labels", labels(&f));
    if ((rc = forge_must(&f, "The merge request cannot be made", "POST", forge_end(&b), "/projects/%lld/merge_requests", id)) != CALLBOARD_OK)
        return rc;
    host->put_text(call, "targetBranchName", p.base);
    host->put_textf(call, "projectid", "%s", path);
    host->put_text(call, "projectPath", path);
    host->put_text(call, "mergeRequestUrl", host->text(f.answer, "/web_url", NULL));
    host->log(call, CALLBOARD_LOG_INFO, "Merge request: %s", host->text(f.answer, "/web_url", ""));
    return CALLBOARD_OK;
}
