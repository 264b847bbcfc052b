/* publish:github and publish:github:pull-request. API: https://docs.github.com/en/rest, version 2022-11-28. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "plugins/templates/forge.h"

#define TOPIC_N 20 /* what GitHub takes */

const char act_publish_github_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "github.com?owner=acme&repo=shop"},
        "description": {"type": "string", "title": "Description"},
        "homepage": {"type": "string", "title": "Homepage"},
        "access": {"type": "string", "title": "Access", "description": "Who becomes its administrator: a user, or org/team"},
        "collaborators": {"type": "array", "title": "Collaborators", "items": {"type": "object", "additionalProperties": false, "required": ["access"],
            "properties": {"access": {"type": "string", "description": "pull, push, triage, maintain, admin"}, "user": {"type": "string"}, "team": {"type": "string"}}}},
        "topics": {"type": "array", "title": "Topics", "items": {"type": "string"}},
        "repoVisibility": {"type": "string", "title": "Visibility", "enum": ["private", "public", "internal"], "description": "private unless it is said"},
        "defaultBranch": {"type": "string", "title": "Branch", "description": "main unless it is said"},
        "protectDefaultBranch": {"type": "boolean", "title": "Protect the branch", "description": "Unless it is said not to"},
        "protectEnforceAdmins": {"type": "boolean", "title": "Protect it from administrators too", "description": "Unless it is said not to"},
        "requireCodeOwnerReviews": {"type": "boolean"}, "dismissStaleReviews": {"type": "boolean"},
        "requiredApprovingReviewCount": {"type": "number", "description": "1 unless it is said"},
        "requiredStatusCheckContexts": {"type": "array", "items": {"type": "string"}}, "requireBranchesToBeUpToDate": {"type": "boolean"},
        "requiredConversationResolution": {"type": "boolean"}, "requireLastPushApproval": {"type": "boolean"},
        "requiredCommitSigning": {"type": "boolean"}, "requiredLinearHistory": {"type": "boolean"}, "blockCreations": {"type": "boolean"},
        "bypassPullRequestAllowances": {"type": "object"}, "restrictions": {"type": "object"},
        "deleteBranchOnMerge": {"type": "boolean"}, "allowMergeCommit": {"type": "boolean"}, "allowSquashMerge": {"type": "boolean"},
        "allowRebaseMerge": {"type": "boolean"}, "allowAutoMerge": {"type": "boolean"}, "allowUpdateBranch": {"type": "boolean"},
        "squashMergeCommitTitle": {"type": "string", "enum": ["PR_TITLE", "COMMIT_OR_PR_TITLE"]},
        "squashMergeCommitMessage": {"type": "string", "enum": ["PR_BODY", "COMMIT_MESSAGES", "BLANK"]},
        "hasProjects": {"type": "boolean"}, "hasWiki": {"type": "boolean"}, "hasIssues": {"type": "boolean"},
        "repoVariables": {"type": "object", "title": "Variables of its actions", "additionalProperties": {"type": "string"}},
        "secrets": {"type": "object", "title": "Secrets of its actions", "additionalProperties": {"type": "string"}},
        "customProperties": {"type": "object", "title": "Custom properties", "additionalProperties": {"type": ["string", "array"]}},
        "subscribe": {"type": "boolean", "title": "Subscribe", "description": "Watch the repository"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_github_output[] = ACT_JSON({"type": "object", "properties": {) PUBLISH_OUTPUT "}}";
const char act_publish_github_examples[] = ACT_JSON([
    {"description": "Make a repository of the workspace",
     "example": "steps:\n  - id: publish\n    name: Publish\n    action: publish:github\n    input:\n      repoUrl: github.com?owner=acme&repo=shop\n      description: The shop\n      topics: [java]\n      access: acme/team-shop\n"}]);

/* ---- the repository */

/* Is the owner an organization? */
static int owner_kind(struct forge *f, int *is_organization)
{
    int rc = forge_must(f, f->host->format(f->call, "Nobody knows the owner %s", f->repo.owner), "GET", NULL, "/users/%s", forge_part(f, f->repo.owner));

    if (rc == CALLBOARD_OK)
        *is_organization = strcmp(f->host->text(f->answer, "/type", ""), "Organization") == 0;
    return rc;
}

static int make_repository(struct forge *f)
{
    static const char *const taken[][2] = {
        {"description", "/description"}, {"homepage", "/homepage"}, {"delete_branch_on_merge", "/deleteBranchOnMerge"},
        {"allow_merge_commit", "/allowMergeCommit"}, {"allow_squash_merge", "/allowSquashMerge"}, {"allow_rebase_merge", "/allowRebaseMerge"},
        {"allow_auto_merge", "/allowAutoMerge"}, {"allow_update_branch", "/allowUpdateBranch"}, {"squash_merge_commit_title", "/squashMergeCommitTitle"},
        {"squash_merge_commit_message", "/squashMergeCommitMessage"}, {"has_projects", "/hasProjects"}, {"has_wiki", "/hasWiki"},
        {"has_issues", "/hasIssues"},
    };
    const char *visibility = f->host->text(f->host->input(f->call), "/repoVisibility", "private"), *body, *what;
    struct forge_body b = FORGE_BODY(f);
    int is_organization, rc = owner_kind(f, &is_organization);

    if (rc != CALLBOARD_OK)
        return rc;
    forge_put(&b, "name", f->repo.repo);
    forge_put_flag(&b, "private", strcmp(visibility, "public") != 0);
    if (is_organization) {
        forge_put(&b, "visibility", visibility);
        forge_take(&b, "custom_properties", "/customProperties");
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
        forge_take(&b, taken[i][0], taken[i][1]);
    body = forge_end(&b);
    what = f->host->format(f->call, "The repository %s/%s cannot be made", f->repo.owner, f->repo.repo);
    return is_organization ? forge_must(f, what, "POST", body, "/orgs/%s/repos", forge_part(f, f->repo.owner)) : forge_must(f, what, "POST", body, "/user/repos");
}

/* A team of the organization, or a user. */
static int let_in(struct forge *f, const char *team, const char *user, const char *permission)
{
    struct forge_body b = FORGE_BODY(f);
    const char *what = f->host->format(f->call, "%s cannot be let in", team ? team : user);

    forge_put(&b, "permission", permission);
    if (team)
        return forge_must(f, what, "PUT", forge_end(&b), "/orgs/%s/teams/%s%s", forge_part(f, f->repo.owner), forge_part(f, team), forge_repository(f));
    return forge_must(f, what, "PUT", forge_end(&b), "%s/collaborators/%s", forge_repository(f), forge_part(f, user));
}

static int let_all_in(struct forge *f)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *input = host->input(f->call), *all = host->get(input, "/collaborators");
    const char *access = host->text(input, "/access", NULL), *slash = access ? strchr(access, '/') : NULL;
    int rc = CALLBOARD_OK;

    if (access && slash && strncasecmp(access, f->repo.owner, strlen(f->repo.owner)) == 0 && strlen(f->repo.owner) == (size_t)(slash - access))
        rc = let_in(f, slash + 1, NULL, "admin");
    else if (access && strcasecmp(access, f->repo.owner) != 0)
        rc = let_in(f, NULL, access, "admin");
    for (size_t i = 0; rc == CALLBOARD_OK && i < host->count(all, ""); i++) {
        const struct callboard_json *one = host->at(all, i);
        const char *team = host->text(one, "/team", NULL), *user = host->text(one, "/user", NULL);

        if (!team && !user)
            return host->fail(f->call, CALLBOARD_EINVAL, "collaborators: each names a user or a team");
        rc = let_in(f, team, user, host->text(one, "/access", "push"));
    }
    return rc;
}

static int set_topics(struct forge *f)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *topics = host->get(host->input(f->call), "/topics");
    struct forge_body b = FORGE_BODY(f);
    const char *names = "";

    if (!host->count(topics, ""))
        return CALLBOARD_OK;
    if (host->count(topics, "") > TOPIC_N)
        return host->fail(f->call, CALLBOARD_ELIMIT, "a repository has at most %d topics", TOPIC_N);
    for (size_t i = 0; i < host->count(topics, ""); i++) {
        char lower[64];

        snprintf(lower, sizeof(lower), "%s", host->text(host->at(topics, i), "", ""));
        for (char *p = lower; *p; p++)
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        names = host->format(f->call, "%s%s%s", names, i ? "," : "", publish_quote(host, f->call, lower));
    }
    forge_put_raw(&b, "names", host->format(f->call, "[%s]", names));
    return forge_must(f, "The topics cannot be set", "PUT", forge_end(&b), "%s/topics", forge_repository(f));
}

static int set_variables(struct forge *f)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *all = host->get(host->input(f->call), "/repoVariables");
    int rc = CALLBOARD_OK;

    for (size_t i = 0; rc == CALLBOARD_OK && i < host->count(all, ""); i++) {
        struct forge_body b = FORGE_BODY(f);

        forge_put(&b, "name", host->key_at(all, i));
        forge_put(&b, "value", host->text(host->at(all, i), "", ""));
        rc = forge_must(f, host->format(f->call, "The variable %s cannot be set", host->key_at(all, i)), "POST", forge_end(&b), "%s/actions/variables", forge_repository(f));
    }
    all = host->get(host->input(f->call), "/secrets");
    for (size_t i = 0; rc == CALLBOARD_OK && i < host->count(all, ""); i++)
        rc = forge_put_secret(f, host->key_at(all, i), host->text(host->at(all, i), "", ""));
    if (rc == CALLBOARD_OK && host->boolean(host->input(f->call), "/subscribe", 0))
        rc = forge_must(f, "The repository cannot be watched", "PUT", "{\"subscribed\":true,\"ignored\":false}", "%s/subscription", forge_repository(f));
    return rc;
}

static int protect(struct forge *f, const char *branch)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *input = host->input(f->call), *contexts = host->get(input, "/requiredStatusCheckContexts");
    struct forge_body b = FORGE_BODY(f), reviews = FORGE_BODY(f), checks = FORGE_BODY(f);

    if (!host->boolean(input, "/protectDefaultBranch", 1))
        return CALLBOARD_OK;
    forge_put_flag(&checks, "strict", host->boolean(input, "/requireBranchesToBeUpToDate", 1));
    forge_put_raw(&checks, "contexts", contexts ? host->dump(f->call, contexts, 0) : "[]");
    forge_put_raw(&reviews, "required_approving_review_count",
                  host->format(f->call, "%lld", (long long)host->integer(input, "/requiredApprovingReviewCount", 1)));
    forge_put_flag(&reviews, "require_code_owner_reviews", host->boolean(input, "/requireCodeOwnerReviews", 0));
    forge_put_flag(&reviews, "dismiss_stale_reviews", host->boolean(input, "/dismissStaleReviews", 0));
    forge_put_flag(&reviews, "require_last_push_approval", host->boolean(input, "/requireLastPushApproval", 0));
    forge_take(&reviews, "bypass_pull_request_allowances", "/bypassPullRequestAllowances");
    forge_put_raw(&b, "required_status_checks", host->count(contexts, "") || host->get(input, "/requireBranchesToBeUpToDate") ? forge_end(&checks) : "null");
    forge_put_raw(&b, "restrictions", host->get(input, "/restrictions") ? host->dump(f->call, host->get(input, "/restrictions"), 0) : "null");
    forge_put_flag(&b, "enforce_admins", host->boolean(input, "/protectEnforceAdmins", 1));
    forge_put_raw(&b, "required_pull_request_reviews", forge_end(&reviews));
    forge_put_flag(&b, "required_conversation_resolution", host->boolean(input, "/requiredConversationResolution", 0));
    forge_put_flag(&b, "required_linear_history", host->boolean(input, "/requiredLinearHistory", 0));
    forge_put_flag(&b, "block_creations", host->boolean(input, "/blockCreations", 0));
    if (forge_ask(f, "PUT", forge_end(&b), "%s/branches/%s/protection", forge_repository(f), forge_part(f, branch)) < 0)
        return CALLBOARD_FAILED;
    if (f->status == 403 && strstr(forge_said(f), "Upgrade to GitHub")) { /* Backstage goes on, too */
        host->log(f->call, CALLBOARD_LOG_WARN, "The branch %s is not protected: %s", branch, forge_said(f));
        return CALLBOARD_OK;
    }
    if (f->status < 200 || f->status > 299)
        return forge_refused(f, host->format(f->call, "The branch %s cannot be protected", branch));
    if (!host->boolean(input, "/requiredCommitSigning", 0))
        return CALLBOARD_OK;
    return forge_must(f, "Signed commits cannot be required", "POST", "{}", "%s/branches/%s/protection/required_signatures", forge_repository(f), forge_part(f, branch));
}

/* What was made by a run that then failed is of no use to anybody, and in the way of the next one. */

int act_publish_github(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *made = NULL;
    struct publish p = {.host = host, .call = call, .branch = host->text(input, "/defaultBranch", "main"), .username = "x-access-token"};
    struct forge f;
    int rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "github", 0);

    if (rc != CALLBOARD_OK || (host->count(input, "/secrets") && (rc = forge_can_seal(&f)) != CALLBOARD_OK) || (rc = make_repository(&f)) != CALLBOARD_OK)
        return rc;
    p.url = host->text(f.answer, "/clone_url", "");
    p.token = f.token;
    host->log(call, CALLBOARD_LOG_INFO, "Made the repository %s/%s", f.repo.owner, f.repo.repo);
    if ((rc = let_all_in(&f)) == CALLBOARD_OK && (rc = set_topics(&f)) == CALLBOARD_OK && (rc = set_variables(&f)) == CALLBOARD_OK &&
        (made = publish_run(&p)) && (rc = protect(&f, p.branch)) == CALLBOARD_OK) {
        publish_put(&p, made);
        return CALLBOARD_OK;
    }
    forge_take_back(&f);
    return CALLBOARD_FAILED;
}

int act_publish_github_undo(const struct callboard_host *host, struct callboard_call *call)
{
    return forge_undo(host, call, "github", "per_page=2");
}

/* ---- publish:github:pull-request */

const char act_publish_github_pull_request_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "title", "description", "branchName"], "properties": {
        "repoUrl": {"type": "string", "title": "Repository", "description": "github.com?owner=acme&repo=shop"},
        "branchName": {"type": "string", "title": "Branch", "description": "Of the change"},
        "targetBranchName": {"type": "string", "title": "Base", "description": "The branch that it is for; the repository's default unless it is said"},
        "title": {"type": "string", "title": "Title"},
        "description": {"type": "string", "title": "Description"},
        "draft": {"type": "boolean", "title": "Draft"},
        "targetPath": {"type": "string", "title": "Path", "description": "Folder of the repository that gets the files"},
        "filesToDelete": {"type": "array", "items": {"type": "string"}, "title": "Files to delete"},
        "reviewers": {"type": "array", "items": {"type": "string"}, "title": "Reviewers"},
        "teamReviewers": {"type": "array", "items": {"type": "string"}, "title": "Teams that review"},
        "assignees": {"type": "array", "items": {"type": "string"}, "title": "Assignees"},
        "commitMessage": {"type": "string", "title": "Commit message", "description": "The title unless it is said"},
        "update": {"type": "boolean", "title": "Update", "description": "The branch and its pull request may be there already"},
        "createWhenEmpty": {"type": "boolean", "title": "Even without a change", "description": "Unless it is said not to"},
        "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"},) PUBLISH_COMMON "}}";
const char act_publish_github_pull_request_output[] = ACT_JSON({
    "type": "object", "properties": {
        "remoteUrl": {"type": "string", "title": "Pull request", "description": "Its page"},
        "pullRequestNumber": {"type": "number", "title": "Number"},
        "targetBranchName": {"type": "string", "title": "Base"}}});
const char act_publish_github_pull_request_examples[] = ACT_JSON([
    {"description": "Propose the workspace's files as a change",
     "example": "steps:\n  - id: propose\n    name: Propose\n    action: publish:github:pull-request\n    input:\n      repoUrl: github.com?owner=acme&repo=deploy\n      branchName: add-shop\n      title: Deploy the shop\n      description: As the template made it\n      targetPath: services/shop\n"}]);

static int has_branch(struct forge *f, const char *branch)
{
    return forge_ask(f, "GET", NULL, "%s/branches/%s", forge_repository(f), forge_part(f, branch));
}

/* The open pull request of BRANCH in f->answer; *FOUND false when there is none. */
static int find_pull(struct forge *f, const char *branch, int *found)
{
    int rc = forge_must(f, "Its pull requests cannot be looked at", "GET", NULL, "%s/pulls?state=open&head=%s%%3A%s", forge_repository(f), forge_part(f, f->repo.owner),
                        forge_part(f, branch));

    *found = rc == CALLBOARD_OK && f->host->count(f->answer, "") > 0;
    if (*found)
        f->answer = f->host->at(f->answer, 0);
    return rc;
}

static int ask_people(struct forge *f, long long number)
{
    const struct callboard_host *host = f->host;
    const struct callboard_json *input = host->input(f->call);
    struct forge_body reviewers = FORGE_BODY(f), assignees = FORGE_BODY(f);
    int rc = CALLBOARD_OK;

    if (host->count(input, "/reviewers") || host->count(input, "/teamReviewers")) {
        forge_take(&reviewers, "reviewers", "/reviewers");
        forge_take(&reviewers, "team_reviewers", "/teamReviewers");
        rc = forge_must(f, "Its reviewers cannot be asked", "POST", forge_end(&reviewers), "%s/pulls/%lld/requested_reviewers", forge_repository(f), number);
    }
    if (rc == CALLBOARD_OK && host->count(input, "/assignees")) {
        forge_take(&assignees, "assignees", "/assignees");
        rc = forge_must(f, "It cannot be assigned", "POST", forge_end(&assignees), "%s/issues/%lld/assignees", forge_repository(f), number);
    }
    return rc;
}

static int open_pull(struct forge *f, const char *branch, const char *base)
{
    struct forge_body b = FORGE_BODY(f);

    forge_take(&b, "title", "/title");
    forge_take(&b, "body", "/description");
    forge_put(&b, "head", branch);
    forge_put(&b, "base", base);
    forge_put_flag(&b, "draft", f->host->boolean(f->host->input(f->call), "/draft", 0));
    return forge_must(f, "The pull request cannot be made", "POST", forge_end(&b), "%s/pulls", forge_repository(f));
}

/* Nothing is asked of the forge. */
static int rehearse(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);

    host->log(call, CALLBOARD_LOG_INFO, "Performing dry run of creating pull request");
    host->put_text(call, "targetBranchName", host->text(input, "/branchName", NULL));
    host->put_text(call, "remoteUrl", host->text(input, "/repoUrl", NULL));
    host->put_integer(call, "pullRequestNumber", 43);
    return CALLBOARD_OK;
}

int act_publish_github_pull_request(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *made;
    const char *branch = host->text(input, "/branchName", ""), *base, *clone;
    struct publish p = {.host = host, .call = call, .branch = branch, .path = host->text(input, "/targetPath", NULL), .gone = host->get(input, "/filesToDelete"),
                        .message = host->text(input, "/commitMessage", host->text(input, "/title", NULL)), .username = "x-access-token",
                        .empty = host->boolean(input, "/createWhenEmpty", 1)};
    int rc, found = 0, there = 0;
    long long number;
    struct forge f;

    if (host->boolean(host->task(call), "/dryRun", 0))
        return rehearse(host, call);
    if ((rc = forge_open(&f, host, call, host->text(input, "/repoUrl", ""), "github", 0)) != CALLBOARD_OK ||
        (rc = forge_must(&f, host->format(call, "There is no repository %s/%s", f.repo.owner, f.repo.repo), "GET", NULL, "%s", forge_repository(&f))) != CALLBOARD_OK)
        return rc;
    clone = host->text(f.answer, "/clone_url", "");
    base = host->text(input, "/targetBranchName", host->text(f.answer, "/default_branch", "main"));
    if (host->boolean(input, "/update", 0)) {
        if ((rc = has_branch(&f, branch)) < 0)
            return rc;
        there = rc == 200;
        if ((rc = find_pull(&f, branch, &found)) != CALLBOARD_OK)
            return rc;
    }
    p.url = clone;
    p.token = f.token;
    p.base = there ? branch : base;
    if (!(made = publish_run(&p)))
        return CALLBOARD_FAILED;
    if (!found && host->boolean(made, "/unchanged", 0) && !there) {
        host->log(call, CALLBOARD_LOG_WARN, "There is no change to propose: no pull request is made");
        return CALLBOARD_OK;
    }
    if (!found && (rc = open_pull(&f, branch, base)) != CALLBOARD_OK)
        return rc;
    number = (long long)host->integer(f.answer, "/number", 0);
    host->put_text(call, "targetBranchName", host->text(f.answer, "/base/ref", base));
    host->put_text(call, "remoteUrl", host->text(f.answer, "/html_url", NULL));
    host->put_integer(call, "pullRequestNumber", number);
    host->log(call, CALLBOARD_LOG_INFO, "Pull request %lld: %s", number, host->text(f.answer, "/html_url", ""));
    return ask_people(&f, number);
}
