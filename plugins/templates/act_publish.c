/* publish:git, publish:file: any Git repository by its URL, and one on callboard's machine. */
#include <string.h>

#include "plugins/templates/publish.h"

const char act_publish_git_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "Clone URL (https, ssh, git) on a host that callboard publishes to (scaffolder.publish_hosts), the name of a repository that publish:file made, or host?owner=...&repo=..."},
        "defaultBranch": {"type": "string", "title": "Branch", "description": "That gets the commit; main unless it is said"},
        "targetBranchName": {"type": "string", "title": "Base", "description": "A branch that the commit stands on, whose other files stay; left out: the first commit of a new repository"},
        "targetPath": {"type": "string", "title": "Path", "description": "Folder of the repository that gets the files; its root unless it is said"},
        "filesToDelete": {"type": "array", "items": {"type": "string"}, "title": "Files to delete", "description": "Of the base"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},
        "username": {"type": "string", "title": "User", "description": "Beside the token, where the server wants one"},) PUBLISH_COMMON "}}";
const char act_publish_git_output[] = ACT_JSON({
    "type": "object", "properties": {
        "branch": {"type": "string", "title": "Branch", "description": "That got the commit"},
        "unchanged": {"type": "boolean", "title": "Unchanged", "description": "The base had these files already: nothing was pushed"},) PUBLISH_OUTPUT "}}";
const char act_publish_git_examples[] = ACT_JSON([
    {"description": "Publish the workspace as the first commit of an empty repository",
     "example": "steps:\n  - id: publish\n    name: Publish\n    action: publish:git\n    input:\n      repoUrl: https://git.example.com/acme/shop.git\n"},
    {"description": "Add a folder to an existing repository, as a branch",
     "example": "steps:\n  - id: publish\n    name: Propose the change\n    action: publish:git\n    input:\n      repoUrl: ssh://git@git.example.com/acme/deploy.git\n      targetBranchName: main\n      defaultBranch: add-shop\n      targetPath: services/shop\n      gitCommitMessage: Deploy the shop\n"}]);

const char act_publish_file_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "Name of the new repository: acme/shop, or host?owner=acme&repo=shop"},
        "description": {"type": "string", "title": "Description", "description": "For people; it is not kept"},
        "defaultBranch": {"type": "string", "title": "Branch", "description": "main unless it is said"},) PUBLISH_COMMON "}}";
const char act_publish_file_output[] = ACT_JSON({"type": "object", "properties": {) PUBLISH_OUTPUT "}}";
const char act_publish_file_examples[] = ACT_JSON([
    {"description": "Make a repository on callboard's machine and register its descriptor",
     "example": "steps:\n  - id: publish\n    name: Publish\n    action: publish:file\n    input:\n      repoUrl: acme/shop\n  - id: register\n    name: Register\n    action: catalog:register\n    input:\n      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}\n"}]);

/* The picker's value as a URL, or as a NAME for this machine; anything else is one already. */
static const char *address(const struct callboard_host *host, struct callboard_call *call, int name)
{
    const char *text = host->text(host->input(call), "/repoUrl", "");
    struct publish_repo r;

    if (!publish_repo(&r, host, call, text))
        return text;
    if (name)
        return r.owner ? host->format(call, "%s/%s", r.owner, r.repo) : r.repo;
    if (!r.owner) {
        host->fail(call, CALLBOARD_EINVAL, "repoUrl %s names no owner: write a clone URL, or host?owner=...&repo=...", text);
        return NULL;
    }
    return host->format(call, "https://%s/%s/%s.git", r.host, r.owner, r.repo);
}

int act_publish_git(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *made;
    struct publish p = {
        .host = host,
        .call = call,
        .url = address(host, call, 0),
        .branch = host->text(input, "/defaultBranch", "main"),
        .base = host->text(input, "/targetBranchName", NULL),
        .path = host->text(input, "/targetPath", NULL),
        .gone = host->get(input, "/filesToDelete"),
        .token = host->text(input, "/token", NULL),
        .username = host->text(input, "/username", NULL),
    };

    if (!p.url || !(made = publish_run(&p)))
        return CALLBOARD_FAILED;
    publish_put(&p, made);
    host->put_text(call, "branch", host->text(made, "/branch", NULL));
    host->put_boolean(call, "unchanged", host->boolean(made, "/unchanged", 0));
    return CALLBOARD_OK;
}

int act_publish_file(const struct callboard_host *host, struct callboard_call *call)
{
    struct publish p = {
        .host = host,
        .call = call,
        .url = address(host, call, 1),
        .branch = host->text(host->input(call), "/defaultBranch", "main"),
        .create = 1,
    };
    const struct callboard_json *made = NULL;

    if (strchr(p.url, ':') || *p.url == '/')
        return host->fail(call, CALLBOARD_EINVAL, "repoUrl %s is no name of a repository: publish:file makes one on callboard's machine, such as acme/shop", p.url);
    if (!(made = publish_run(&p)))
        return CALLBOARD_FAILED;
    publish_put(&p, made);
    return CALLBOARD_OK;
}

/* The repository goes again, unless somebody has pushed to it. Its name is that of the run: no output is trusted with a path. */
int act_publish_file_undo(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *text = host->text(input, "/input/repoUrl", ""), *commit = host->text(input, "/output/commitHash", "");
    struct publish_repo r;

    if (publish_repo(&r, host, call, text))
        text = r.owner ? host->format(call, "%s/%s", r.owner, r.repo) : r.repo;
    if (!*commit || strchr(text, ':') || *text == '/')
        return host->fail(call, CALLBOARD_EINVAL, "there is nothing to take back: the run made no repository");
    if (!host->git_publish(call, host->format(call, "{\"url\":%s,\"remove\":%s}", publish_quote(host, call, text), publish_quote(host, call, commit))))
        return host->fail(call, CALLBOARD_ECONFLICT, "%s", host->error(call));
    host->put_textf(call, "message", "The repository %s was removed", text);
    return CALLBOARD_OK;
}
