/* github:webhook, github:actions:dispatch, github:issues:label, github:deployKey:create. API as in act_github.c. */
#include <string.h>

#include "plugins/templates/forge.h"

#define REPO_AND_TOKEN                                                                                                           \
    ACT_JSON("repoUrl": {"type": "string", "title": "Repository", "description": "github.com?owner=acme&repo=shop"},             \
             "token": {"type": "string", "title": "Token", "description": "Instead of the integration's"})

static int open_repository(struct forge *f, const struct callboard_host *host, struct callboard_call *call)
{
    return forge_open(f, host, call, host->text(host->input(call), "/repoUrl", ""), "github", 0);
}

static const char *at(const struct forge *f)
{
    return f->host->format(f->call, "/repos/%s/%s", forge_part(f, f->repo.owner), forge_part(f, f->repo.repo));
}

/* ---- github:webhook */

const char act_github_webhook_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "webhookUrl"], "properties": {
        "webhookUrl": {"type": "string", "title": "Address", "description": "That is told of events"},
        "webhookSecret": {"type": "string", "title": "Secret", "description": "That they are signed with"},
        "events": {"title": "Events", "description": "push unless it is said", "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]},
        "active": {"type": "boolean", "title": "Active", "description": "Unless it is said not to be"},
        "contentType": {"type": "string", "title": "Form", "enum": ["form", "json"], "description": "form unless it is said"},
        "insecureSsl": {"type": "boolean", "title": "Whatever the certificate says"},) REPO_AND_TOKEN "}}";
const char act_github_webhook_examples[] = ACT_JSON([
    {"description": "Have callboard hear of each push",
     "example": "steps:\n  - id: webhook\n    name: Webhook\n    action: github:webhook\n    input:\n      repoUrl: github.com?owner=acme&repo=shop\n      webhookUrl: https://callboard.example.com/api/webhooks/github\n      webhookSecret: ${{ secrets.webhook }}\n      contentType: json\n"}]);

int act_github_webhook(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *events = host->get(input, "/events");
    const char *secret = host->text(input, "/webhookSecret", NULL), *one = host->text(input, "/events", NULL);
    struct forge_body b, config;
    struct forge f;
    int rc;

    if (secret)
        host->mask(call, secret);
    if ((rc = open_repository(&f, host, call)) != CALLBOARD_OK)
        return rc;
    b = config = FORGE_BODY(&f);
    forge_take(&config, "url", "/webhookUrl");
    forge_put(&config, "content_type", host->text(input, "/contentType", "form"));
    forge_put(&config, "secret", secret);
    forge_put(&config, "insecure_ssl", host->boolean(input, "/insecureSsl", 0) ? "1" : "0");
    forge_put(&b, "name", "web");
    forge_put_raw(&b, "config", forge_end(&config));
    if (one)
        forge_put_raw(&b, "events", host->format(call, "[%s]", publish_quote(host, call, one)));
    else
        forge_put_raw(&b, "events", events ? host->dump(call, events, 0) : "[\"push\"]");
    forge_put_flag(&b, "active", host->boolean(input, "/active", 1));
    if ((rc = forge_must(&f, "The webhook cannot be made", "POST", forge_end(&b), "%s/hooks", at(&f))) == CALLBOARD_OK)
        host->log(call, CALLBOARD_LOG_INFO, "Webhook %s made", host->text(input, "/webhookUrl", ""));
    return rc;
}

/* ---- github:actions:dispatch */

const char act_github_dispatch_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "workflowId", "branchOrTagName"], "properties": {
        "workflowId": {"type": "string", "title": "Workflow", "description": "Its number, or its file's name"},
        "branchOrTagName": {"type": "string", "title": "Branch or tag", "description": "That it runs for"},
        "workflowInputs": {"type": "object", "title": "Inputs", "description": "Of the workflow"},) REPO_AND_TOKEN "}}";
const char act_github_dispatch_examples[] = ACT_JSON([
    {"description": "Start a workflow",
     "example": "steps:\n  - id: build\n    name: Build\n    action: github:actions:dispatch\n    input:\n      repoUrl: github.com?owner=acme&repo=shop\n      workflowId: build.yaml\n      branchOrTagName: main\n"}]);

int act_github_dispatch(const struct callboard_host *host, struct callboard_call *call)
{
    const char *workflow = host->text(host->input(call), "/workflowId", "");
    struct forge_body b;
    struct forge f;
    int rc = open_repository(&f, host, call);

    if (rc != CALLBOARD_OK)
        return rc;
    b = FORGE_BODY(&f);
    forge_take(&b, "ref", "/branchOrTagName");
    forge_take(&b, "inputs", "/workflowInputs");
    rc = forge_must(&f, host->format(call, "The workflow %s cannot be started", workflow), "POST", forge_end(&b), "%s/actions/workflows/%s/dispatches", at(&f),
                    forge_part(&f, workflow));
    if (rc == CALLBOARD_OK)
        host->log(call, CALLBOARD_LOG_INFO, "Workflow %s started", workflow);
    return rc;
}

/* ---- github:issues:label */

const char act_github_label_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "number", "labels"], "properties": {
        "number": {"type": "number", "title": "Number", "description": "Of the issue or pull request"},
        "labels": {"type": "array", "items": {"type": "string"}, "title": "Labels"},) REPO_AND_TOKEN "}}";
const char act_github_label_examples[] = ACT_JSON([
    {"description": "Label the pull request that an earlier step made",
     "example": "steps:\n  - id: label\n    name: Label\n    action: github:issues:label\n    input:\n      repoUrl: github.com?owner=acme&repo=shop\n      number: ${{ steps.propose.output.pullRequestNumber }}\n      labels: [template]\n"}]);

int act_github_label(const struct callboard_host *host, struct callboard_call *call)
{
    long long number = (long long)host->integer(host->input(call), "/number", 0);
    struct forge_body b;
    struct forge f;
    int rc = open_repository(&f, host, call);

    if (rc != CALLBOARD_OK)
        return rc;
    b = FORGE_BODY(&f);
    forge_take(&b, "labels", "/labels");
    return forge_must(&f, host->format(call, "Number %lld cannot be labelled", number), "POST", forge_end(&b), "%s/issues/%lld/labels", at(&f), number);
}

/* ---- github:deployKey:create */

const char act_github_deploy_key_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["repoUrl", "publicKey", "privateKey", "deployKeyName"], "properties": {
        "publicKey": {"type": "string", "title": "Public key"},
        "privateKey": {"type": "string", "title": "Private key", "description": "Becomes a secret of the repository's actions"},
        "deployKeyName": {"type": "string", "title": "Name", "description": "Of the deploy key"},
        "privateKeySecretName": {"type": "string", "title": "Secret", "description": "Its name; the deploy key's in capitals, with _PRIVATE_KEY behind it, unless it is said"},) REPO_AND_TOKEN "}}";
const char act_github_deploy_key_output[] = ACT_JSON({
    "type": "object", "properties": {"privateKeySecretName": {"type": "string", "title": "Secret", "description": "Its name"}}});
const char act_github_deploy_key_examples[] = ACT_JSON([
    {"description": "Let the repository's actions deploy",
     "example": "steps:\n  - id: key\n    name: Deploy key\n    action: github:deployKey:create\n    input:\n      repoUrl: github.com?owner=acme&repo=shop\n      deployKeyName: deploy\n      publicKey: ${{ steps.keys.output.publicKey }}\n      privateKey: ${{ steps.keys.output.privateKey }}\n"}]);

/* "Push Tags" -> "PUSH_TAGS_PRIVATE_KEY" */
static const char *secret_name(const struct callboard_host *host, struct callboard_call *call)
{
    const char *given = host->text(host->input(call), "/privateKeySecretName", NULL), *name = host->text(host->input(call), "/deployKeyName", "");
    char upper[256];
    size_t n = 0;

    if (given)
        return given;
    for (; *name && n + 1 < sizeof(upper); name++)
        upper[n++] = *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') ? *name : '_';
    upper[n] = '\0';
    return host->format(call, "%s_PRIVATE_KEY", upper);
}

int act_github_deploy_key(const struct callboard_host *host, struct callboard_call *call)
{
    const char *name = secret_name(host, call), *private = host->text(host->input(call), "/privateKey", "");
    struct forge_body b;
    struct forge f;
    int rc;

    host->mask(call, private);
    if ((rc = open_repository(&f, host, call)) != CALLBOARD_OK || (rc = forge_can_seal(&f)) != CALLBOARD_OK)
        return rc;
    b = FORGE_BODY(&f);
    forge_take(&b, "title", "/deployKeyName");
    forge_take(&b, "key", "/publicKey");
    if ((rc = forge_must(&f, "The deploy key cannot be made", "POST", forge_end(&b), "%s/keys", at(&f))) != CALLBOARD_OK ||
        (rc = forge_put_secret(&f, name, private)) != CALLBOARD_OK)
        return rc;
    host->put_text(call, "privateKeySecretName", name);
    return CALLBOARD_OK;
}
