/* publish:gitea and publish:gitea:pull-request. API: https://docs.gitea.com/api, version 1; Forgejo's is the same here. */
#include <string.h>

#include "plugins/templates/forge.h"

const char act_publish_gitea_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "gitea.com?owner=acme&repo=shop"},
        "description": {"type": "string", "title": "Description"},
        "repoVisibility": {"type": "string", "title": "Visibility", "enum": ["private", "public"], "description": "private unless it is said"},
        "defaultBranch": {"type": "string", "title": "Branch", "description": "main unless it is said"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_gitea_output[] = ACT_JSON({"type": "object", "properties": {) PUBLISH_OUTPUT "}}";
const char act_publish_gitea_examples[] = ACT_JSON([
    {"description": "Make a repository of the workspace",
     "example": "steps:\n  - id: publish\n    name: Publish\n    action: publish:gitea\n    input:\n      repoUrl: gitea.com?owner=acme&repo=shop\n      description: The shop\n"}]);

/* An organization's, or the token's own. */
static int make_repository(struct forge *f, const char *branch)
{
    const struct callboard_host *host = f->host;
    const char *what = host->format(f->call, "The repository %s/%s cannot be made", f->repo.owner, f->repo.repo);
    struct forge_body b = FORGE_BODY(f);
    int rc = forge_ask(f, "GET", NULL, "/orgs/%s", forge_part(f, f->repo.owner));

    if (rc < 0)
        return rc;
    forge_put(&b, "name", f->repo.repo);
    forge_put_flag(&b, "private", strcmp(host->text(host->input(f->call), "/repoVisibility", "private"), "public") != 0);
    forge_put(&b, "default_branch", branch);
    forge_take(&b, "description", "/description");
    if (rc == 200)
        return forge_must(f, what, "POST", forge_end(&b), "/orgs/%s/repos", forge_part(f, f->repo.owner));
    if ((rc = forge_must(f, what, "GET", NULL, "/user")) != CALLBOARD_OK)
        return rc;
    if (strcmp(host->text(f->answer, "/login", ""), f->repo.owner) != 0)
        return host->fail(f->call, CALLBOARD_ENOTFOUND, "%s is no organization of %s, and not the token's user", f->repo.owner, f->repo.host);
    return forge_must(f, what, "POST", forge_end(&b), "/user/repos");
}

int act_publish_gitea(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *made;
    struct publish p = {.host = host, .call = call, .branch = host->text(input, "/defaultBranch", "main"), .username = "oauth2"};
    struct forge f;
    int rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "gitea", 0);

    if (rc != CALLBOARD_OK || (rc = make_repository(&f, p.branch)) != CALLBOARD_OK)
        return rc;
    p.url = host->text(f.answer, "/clone_url", "");
    p.token = f.token;
    host->log(call, CALLBOARD_LOG_INFO, "Made the repository %s/%s", f.repo.owner, f.repo.repo);
    if ((made = publish_run(&p))) {
        host->put_text(call, "remoteUrl", p.url);
        host->put_textf(call, "repoContentsUrl", "%s/%s/%s/src/branch/%s/", f.web, f.repo.owner, f.repo.repo, p.branch);
        host->put_text(call, "commitHash", host->text(made, "/commit", NULL));
        return CALLBOARD_OK;
    }
    forge_take_back(&f);
    return CALLBOARD_FAILED;
}

int act_publish_gitea_undo(const struct callboard_host *host, struct callboard_call *call)
{
    return forge_undo(host, call, "gitea", "limit=2&stat=false");
}

/* ---- publish:gitea:pull-request */

const char act_publish_gitea_pull_request_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "title", "description", "branchName"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "gitea.com?owner=acme&repo=shop"},
        "branchName": {"type": "string", "title": "Branch", "description": "Of the change"},
        "targetBranchName": {"type": "string", "title": "Base", "description": "The branch that it is for; the repository's default unless it is said"},
        "title": {"type": "string", "title": "Title"},
        "description": {"type": "string", "title": "Description"},
        "targetPath": {"type": "string", "title": "Path", "description": "Folder of the repository that gets the files"},
        "filesToDelete": {"type": "array", "items": {"type": "string"}, "title": "Files to delete"},
        "reviewers": {"type": "array", "items": {"type": "string"}, "title": "Reviewers"},
        "assignees": {"type": "array", "items": {"type": "string"}, "title": "Assignees"},
        "commitMessage": {"type": "string", "title": "Commit message", "description": "The title unless it is said"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_gitea_pull_request_output[] = ACT_JSON({
    "type": "object", "properties": {
        "remoteUrl": {"type": "string", "title": "Pull request", "description": "Its page"},
        "pullRequestNumber": {"type": "number", "title": "Number"},
        "targetBranchName": {"type": "string", "title": "Base"}}});
const char act_publish_gitea_pull_request_examples[] = ACT_JSON([
    {"description": "Propose the workspace's files as a change",
     "example": "steps:\n  - id: propose\n    name: Propose\n    action: publish:gitea:pull-request\n    input:\n      repoUrl: gitea.com?owner=acme&repo=deploy\n      branchName: add-shop\n      title: Deploy the shop\n      description: As the template made it\n"}]);

int act_publish_gitea_pull_request(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *branch = host->text(input, "/branchName", "");
    struct publish p = {.host = host, .call = call, .branch = branch, .path = host->text(input, "/targetPath", NULL), .gone = host->get(input, "/filesToDelete"),
                        .message = host->text(input, "/commitMessage", host->text(input, "/title", NULL)), .username = "oauth2", .empty = 1};
    struct forge_body b, reviewers;
    struct forge f;
    int rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "gitea", 0);
    long long number;

    if (rc != CALLBOARD_OK ||
        (rc = forge_must(&f, host->format(call, "There is no repository %s/%s", f.repo.owner, f.repo.repo), "GET", NULL, "%s", forge_repository(&f))) != CALLBOARD_OK)
        return rc;
    p.url = host->text(f.answer, "/clone_url", "");
    p.base = host->text(input, "/targetBranchName", host->text(f.answer, "/default_branch", "main"));
    p.token = f.token;
    if (!publish_run(&p))
        return CALLBOARD_FAILED;
    b = reviewers = FORGE_BODY(&f);
    forge_take(&b, "title", "/title");
    forge_take(&b, "body", "/description");
    forge_put(&b, "head", branch);
    forge_put(&b, "base", p.base);
    forge_take(&b, "assignees", "/assignees");
    if ((rc = forge_must(&f, "The pull request cannot be made", "POST", forge_end(&b), "%s/pulls", forge_repository(&f))) != CALLBOARD_OK)
        return rc;
    number = (long long)host->integer(f.answer, "/number", 0);
    host->put_text(call, "targetBranchName", p.base);
    host->put_text(call, "remoteUrl", host->text(f.answer, "/html_url", NULL));
    host->put_integer(call, "pullRequestNumber", number);
    host->log(call, CALLBOARD_LOG_INFO, "Pull request %lld: %s", number, host->text(f.answer, "/html_url", ""));
    if (!host->count(input, "/reviewers"))
        return CALLBOARD_OK;
    forge_take(&reviewers, "reviewers", "/reviewers");
    return forge_must(&f, "Its reviewers cannot be asked", "POST", forge_end(&reviewers), "%s/pulls/%lld/requested_reviewers", forge_repository(&f), number);
}
