/* The steps that software templates are made of, and the language that they are written in. */
#include "plugins/templates/act.h"
#include "plugins/templates/route.h"

#define WAIT_DEADLINE_MS (11 * 60 * 1000) /* debug:wait sleeps for ten minutes at most */

#define ACT(its_name, function, ...)                                                                                             \
    {.name = its_name, .input = act_##function##_input, .examples = act_##function##_examples, .run = act_##function, __VA_ARGS__}
#define DRY .dry_run = 1

static const struct callboard_action actions[] = {
    ACT("catalog:fetch", catalog_fetch, DRY, .summary = "Fetches entities from the catalog", .output = act_catalog_fetch_output),
    ACT("catalog:register", catalog_register, .summary = "Registers a descriptor with the catalog, and waits until its entities are there, or its reading says why they do not come",
        .output = act_catalog_register_output, .undo = act_catalog_register_undo),
    ACT("catalog:write", catalog_write, DRY, .summary = "Writes an entity's descriptor into the workspace"),
    ACT("debug:log", debug_log, DRY, .summary = "Writes a message, and what is in the workspace, into the task's log"),
    ACT("debug:wait", debug_wait, .summary = "Waits for some time, ten minutes at most", .deadline_ms = WAIT_DEADLINE_MS),
    ACT("fetch:plain", fetch_plain, DRY, .summary = "Copies a folder of a repository into the workspace"),
    ACT("fetch:plain:file", fetch_plain_file, DRY, .summary = "Copies one file of a repository into the workspace"),
    ACT("fetch:template", fetch_template, DRY, .summary = "Fills in a skeleton: a folder of files and paths that are templates"),
    ACT("fetch:template:file", fetch_template_file, DRY, .summary = "Fills in one file that is a template"),
    ACT("fs:delete", fs_delete, DRY, .summary = "Deletes files of the workspace"),
    ACT("fs:readdir", fs_readdir, DRY, .summary = "Lists files and folders of the workspace", .output = act_fs_readdir_output),
    ACT("fs:rename", fs_rename, DRY, .summary = "Renames files and folders of the workspace"),
    ACT("http:backstage:request", http_request, DRY, .summary = "Asks callboard's own API", .output = act_http_request_output),
    ACT("notification:send", notify_send, .summary = "Sends a notification to the webhook that is configured"),
    ACT("workspace:template", workspace_template, DRY, .summary = "Fills in a skeleton that lies in the workspace"),
    ACT("workspace:template:file", workspace_template_file, DRY, .summary = "Fills in one file of the workspace"),
    ACT("publish:file", publish_file, .summary = "Makes a repository on callboard's machine with the workspace as its first commit",
        .output = act_publish_file_output, .undo = act_publish_file_undo),
    ACT("github:actions:dispatch", github_dispatch, .summary = "Starts a workflow of a GitHub repository"),
    ACT("github:deployKey:create", github_deploy_key, .summary = "Gives a GitHub repository a deploy key, and its actions the private half",
        .output = act_github_deploy_key_output),
    ACT("github:issues:label", github_label, .summary = "Labels an issue or pull request on GitHub"),
    ACT("github:webhook", github_webhook, .summary = "Makes a webhook for a GitHub repository"),
    ACT("publish:gitea", publish_gitea, .summary = "Makes a Gitea or Forgejo repository with the workspace as its first commit",
        .output = act_publish_gitea_output, .undo = act_publish_gitea_undo),
    ACT("publish:gitea:pull-request", publish_gitea_pull_request, .summary = "Proposes the workspace's files as a pull request on Gitea or Forgejo",
        .output = act_publish_gitea_pull_request_output),
    ACT("publish:github", publish_github, .summary = "Makes a GitHub repository with the workspace as its first commit",
        .output = act_publish_github_output, .undo = act_publish_github_undo),
    ACT("publish:github:pull-request", publish_github_pull_request, DRY, .summary = "Proposes the workspace's files as a pull request on GitHub",
        .output = act_publish_github_pull_request_output),
    ACT("publish:gitlab", publish_gitlab, .summary = "Makes a GitLab project with the workspace as its first commit", .output = act_publish_gitlab_output,
        .undo = act_publish_gitlab_undo),
    ACT("publish:gitlab:merge-request", publish_gitlab_merge_request, .summary = "Proposes the workspace's files as a merge request on GitLab",
        .output = act_publish_gitlab_merge_request_output),
    ACT("publish:git", publish_git, .summary = "Pushes the workspace as a commit to any Git repository", .output = act_publish_git_output),
    {0},
};

static const char config[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "properties": {
        "url": {"type": "string", "format": "uri", "pattern": "^https?://", "description": "Where this callboard answers, for http:backstage:request"},
        "notifications": {"type": "object", "additionalProperties": false, "required": ["url"], "properties": {
            "url": {"type": "string", "format": "uri", "pattern": "^https?://"}, "secret": {"type": "string", "minLength": 1, "writeOnly": true}}}}});

static const struct callboard_route routes[] = {
    {.method = "POST", .path = "render", .right = "reader", .summary = "Renders the templates of a step", .answer = tpl_route_render},
    {.method = "GET", .path = "extensions", .right = "reader", .summary = "The filters that templates have besides Nunjucks'", .answer = tpl_route_extensions},
    {0},
};

CALLBOARD_PLUGIN(.name = "templates", .version = "1.0.0", .summary = "The actions and the language of software templates", .config = config,
                 .actions = actions, .routes = routes);
