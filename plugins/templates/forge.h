/*
 * forge.h - a forge's REST API, for actions: which integration a repoUrl means, requests with its token, bodies, failures in words.
 *
 * Token     the input's `token`, else the integration's. It is masked, and goes to that integration's API alone
 * Errors    what fails has called host->fail
 * Lifetime  of one call
 */
#ifndef TEMPLATES_FORGE_H
#define TEMPLATES_FORGE_H

#include "plugins/templates/publish.h"

struct forge {
    const struct callboard_host *host;
    struct callboard_call *call;
    const char *type, *web, *api, *token;
    struct publish_repo repo;           /* of the repoUrl; owner is there */
    const struct callboard_json *answer; /* of the last request; NULL: none, or no JSON */
    int status;                          /* of it */
};

/*
 * By the text REPO_URL ("host?owner=o&repo=r") the integration of TYPE ("github", "gitlab", "gitea"). OWNER_OPTIONAL: GitLab makes it the
 * token's own. Fails when no such integration was lent to the plugin, with the line to write, or when there is no token.
 */
int forge_open(struct forge *f, const struct callboard_host *host, struct callboard_call *call, const char *repo_url, const char *type,
               int owner_optional);
/* METHOD on a path below the API, each %s of FORMAT escaped already; BODY NULL: none. The status, or CALLBOARD_FAILED: nobody answered. */
int forge_ask(struct forge *f, const char *method, const char *body, const char *format, ...) CALLBOARD_PRINTF(4, 5);
/* The same, and anything but 2xx fails with WHAT ("The repository acme/shop cannot be made") and what the forge says. */
int forge_must(struct forge *f, const char *what, const char *method, const char *body, const char *format, ...) CALLBOARD_PRINTF(5, 6);
/* Fails with WHAT and what the forge said last. Returns CALLBOARD_FAILED. */
int forge_refused(struct forge *f, const char *what);
/* What the forge said last, in one line; never NULL. */
const char *forge_said(struct forge *f);
const char *forge_text(const struct forge *f, const char *pointer); /* of the answer; NULL: none */
const char *forge_part(const struct forge *f, const char *text);    /* as a part of a path */

/* The path of its repository where the API is GitHub's or Gitea's. */
const char *forge_repository(const struct forge *f);
/* Deletes the repository that this very step made and a later part of which failed: it is of no use to anybody, and in the way of the next run. */
void forge_take_back(struct forge *f);
/* The undo of a published repository: deletes it when its one commit is the one of /output/commitHash, else fails. PER_PAGE: the API's word for it. */
int forge_undo(const struct callboard_host *host, struct callboard_call *call, const char *type, const char *per_page);

/* SECRET as the repository's on GitHub, sealed with its public key. */
int forge_put_secret(struct forge *f, const char *name, const char *secret);
/* Can this callboard? Fails when not. */
int forge_can_seal(struct forge *f);

/* A body in the making: one object, or arrays of texts in it. */
struct forge_body {
    const struct callboard_host *host;
    struct callboard_call *call;
    const char *text;
};
#define FORGE_BODY(f) ((struct forge_body){(f)->host, (f)->call, ""})
/* NULL values are left out. */
void forge_put(struct forge_body *b, const char *key, const char *text);
void forge_put_json(struct forge_body *b, const char *key, const struct callboard_json *value);
void forge_put_flag(struct forge_body *b, const char *key, int on);
/* JSON as it is. */
void forge_put_raw(struct forge_body *b, const char *key, const char *json);
/* The input's member of that name, as BODY's KEY, where it is there. */
void forge_take(struct forge_body *b, const char *key, const char *pointer);
const char *forge_end(const struct forge_body *b);

#endif
