/*
 * publish.h - what the actions that publish share: the input that they have in common, and the order for host->git_publish.
 *
 * Input     sourcePath, gitCommitMessage, gitAuthorName, gitAuthorEmail, as Backstage's publishers have them
 * Output    remoteUrl, repoContentsUrl, commitHash
 * Errors    what fails has called host->fail: NULL, or CALLBOARD_FAILED
 * Lifetime  of one call
 */
#ifndef TEMPLATES_PUBLISH_H
#define TEMPLATES_PUBLISH_H

#include "plugins/templates/act.h"

struct publish {
    const struct callboard_host *host;
    struct callboard_call *call;
    const char *url;      /* clone URL, or the name of a repository on callboard's machine */
    const char *branch, *base; /* base NULL: the first commit of a branch */
    const char *path;     /* where in the repository; NULL: its root */
    const char *token, *username; /* NULL: those of the integrations */
    const struct callboard_json *gone; /* list of paths; NULL: none */
    const char *message;  /* NULL: the input's, or "initial commit" */
    int create;           /* the repository itself is made */
    int empty;            /* a commit even when it changes nothing */
};

/* TEXT as JSON; NULL: null. */
const char *publish_quote(const struct callboard_host *host, struct callboard_call *call, const char *text);
/* Reads the common input, publishes, logs a line. {"commit","remoteUrl","repoContentsUrl","branch","unchanged"}. */
const struct callboard_json *publish_run(const struct publish *p);
/* Writes the common output. */
void publish_put(const struct publish *p, const struct callboard_json *made);

/* What a repoUrl of Backstage's picker says: "github.com?owner=acme&repo=shop". NULL: it has no such part. */
struct publish_repo {
    const char *host, *owner, *repo, *organization, *workspace, *project;
};
/* False: it is no such text, it is a URL or a name. */
int publish_repo(struct publish_repo *out, const struct callboard_host *host, struct callboard_call *call, const char *text);

/* Members of a schema's properties that they have in common: ACT_JSON({"properties": {"x": {},) PUBLISH_COMMON "}}". */
#define PUBLISH_COMMON                                                                                                           \
    ACT_JSON("gitCommitMessage": {"type": "string", "title": "Commit message", "description": "initial commit unless it is said"}, \
             "gitAuthorName": {"type": "string", "title": "Author", "description": "Of the commit; Scaffolder unless it is said"},  \
             "gitAuthorEmail": {"type": "string", "title": "Author's address", "description": "Of the commit"},                    \
             "sourcePath": {"type": "string", "title": "Folder", "description": "Of the workspace; all of it unless it is said"})
#define PUBLISH_OUTPUT                                                                                                           \
    ACT_JSON("remoteUrl": {"type": "string", "title": "Clone URL", "description": "What to clone"},                              \
             "repoContentsUrl": {"type": "string", "title": "Contents", "description": "Its files; for catalog:register"},         \
             "commitHash": {"type": "string", "title": "Commit", "description": "The new commit"})

#endif
