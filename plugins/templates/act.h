/*
 * act.h - what the files of actions share. Inputs, outputs and what an action does to the workspace are those of Backstage's action of
 * the same name; docs/compatibility.md has each difference.
 *
 * Input     was held against the row's schema before an action runs: members have the types that the schema says
 * Schemas   a JSON text written as C tokens, ACT_JSON({"type":"object"}); they stand beside the function that they describe, and
 *           plugin.c has the rows
 * Paths     through place.h only
 */
#ifndef TEMPLATES_ACT_H
#define TEMPLATES_ACT_H

#include "plugins/templates/place.h"

#define ACT_JSON(...) #__VA_ARGS__

/* The same from pieces that several rows share; REQUIRED and PROPERTIES are JSON without the braces around. */
#define ACT_TEXT(title_, description_) "{\"type\":\"string\",\"title\":\"" title_ "\",\"description\":\"" description_ "\"}"
#define ACT_FLAG(title_, description_) "{\"type\":\"boolean\",\"title\":\"" title_ "\",\"description\":\"" description_ "\"}"
#define ACT_OBJECT(required_, properties_)                                                                                       \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required_ "],\"properties\":{" properties_ "}}"
#define ACT_EXAMPLE(description_, action_, input_)                                                                               \
    "{\"description\":\"" description_ "\",\"example\":\"steps:\\n  - id: fetch\\n    name: Fetch\\n    action: " action_ "\\n    input:\\n" input_ "\"}"

#define ACT_URL "\"url\":" ACT_TEXT("Source", "Where the files are: a path beside the template, such as ./skeleton, or an address")
#define ACT_FILE_URL "\"url\":" ACT_TEXT("Source", "Where the file is: a path beside the template, or an address")
#define ACT_TARGET ",\"targetPath\":" ACT_TEXT("Target", "Folder of the workspace that they go to; the workspace itself unless it is said")
#define ACT_FILE_TARGET ",\"targetPath\":" ACT_TEXT("Target", "What the file is called in the workspace")
#define ACT_TOKEN ",\"token\":" ACT_TEXT("Token", "To read with, instead of the credentials that callboard has for the host")

/* A row's texts: act_debug_log_input, act_debug_log_examples, and the function act_debug_log. */
#define ACT_DECLARE(name)                                                                                                        \
    extern const char act_##name##_input[], act_##name##_examples[];                                                             \
    extern callboard_fn act_##name

ACT_DECLARE(debug_log);
ACT_DECLARE(debug_wait);
ACT_DECLARE(fs_delete);
ACT_DECLARE(fs_rename);
ACT_DECLARE(fs_readdir);
extern const char act_fs_readdir_output[];
ACT_DECLARE(catalog_fetch);
extern const char act_catalog_fetch_output[];
ACT_DECLARE(catalog_register);
extern const char act_catalog_register_output[];
extern callboard_fn act_catalog_register_undo;
ACT_DECLARE(catalog_write);
ACT_DECLARE(publish_git);
extern const char act_publish_git_output[];
ACT_DECLARE(publish_github);
extern const char act_publish_github_output[];
extern callboard_fn act_publish_github_undo;
ACT_DECLARE(publish_github_pull_request);
extern const char act_publish_github_pull_request_output[];
ACT_DECLARE(github_webhook);
ACT_DECLARE(github_dispatch);
ACT_DECLARE(github_label);
ACT_DECLARE(github_deploy_key);
extern const char act_github_deploy_key_output[];
ACT_DECLARE(publish_gitlab);
extern const char act_publish_gitlab_output[];
extern callboard_fn act_publish_gitlab_undo;
ACT_DECLARE(publish_gitlab_merge_request);
extern const char act_publish_gitlab_merge_request_output[];
ACT_DECLARE(publish_gitea);
extern const char act_publish_gitea_output[];
extern callboard_fn act_publish_gitea_undo;
ACT_DECLARE(publish_gitea_pull_request);
extern const char act_publish_gitea_pull_request_output[];
ACT_DECLARE(publish_file);
extern const char act_publish_file_output[];
extern callboard_fn act_publish_file_undo;

ACT_DECLARE(fetch_plain);
ACT_DECLARE(fetch_plain_file);
ACT_DECLARE(fetch_template);
ACT_DECLARE(fetch_template_file);
ACT_DECLARE(workspace_template);
ACT_DECLARE(workspace_template_file);

ACT_DECLARE(http_request);
extern const char act_http_request_output[];
ACT_DECLARE(notify_send);

/* ---- act_fetch.c: what the input's "url" and "targetPath" name. They return as place.h does */

#define ACT_FETCHED PLACE_SCRATCH "/fetched"

/* To ACT_FETCHED: a folder, or (FOLDER false) a single file; the other one is refused. */
int act_fetch_aside(struct place *place, bool folder);
/* The scratch folder goes, whatever happened, and the place is closed. Hands RC on. */
int act_fetch_tidy(struct place *place, int rc);
int act_target(char *out, struct place *place);
int act_file_target(char *out, struct place *place); /* refuses a folder */

/* TEXT of any length as lines of the task's log, cut at line ends where it is longer than one line of the host may be. */
void act_log(const struct callboard_host *host, struct callboard_call *call, const char *text, size_t n);

#endif
