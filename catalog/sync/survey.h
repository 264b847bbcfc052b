/*
 * survey.h - somebody has a repository and wants it in the catalog: what it has already, or what to write.
 *
 * Found     every file of the wanted name, anywhere in the repository, and the entities that it has
 * Unread    a repository that callboard may not or cannot read now has found none: then what to write is all there is to say
 * Slug      "owner/repository" of a URL on any host, and the annotation in which GitHub, GitLab, Bitbucket and Azure entities have it
 * Threads   cb_survey: a worker's; the rest is pure
 */
#ifndef CB_SYNC_SURVEY_H
#define CB_SYNC_SURVEY_H

#include "catalog/sync/visit.h"

#define CB_SURVEY_FILE_MAX 50
#define CB_SURVEY_ENTITY_MAX 500
#define CB_SURVEY_NAME_MAX 200 /* bytes of a file's name */

struct cb_survey_slug {
    cb_str owner, name;     /* owner may have several parts: "group/sub" */
    cb_str web;             /* "https://host/owner/name/": what pages of it begin with */
    const char *annotation; /* "github.com/project-slug", or NULL */
};

struct cb_survey_found {
    cb_str location; /* "url:https://…" */
    struct cb_entity entity;
};

/* CB_EINVAL: URL is none. CB_EINVAL too when it names no repository. */
enum cb_code cb_survey_slug(struct cb_survey_slug *out, struct cb_arena *a, const struct cb_forge_table *forges, cb_str url,
                            struct cb_err *err) CB_MUSTCHECK;
/* NAME: "catalog-info.yaml", or a path or pattern of the repository. All in the visit's arena. Errors are visit.h's. */
enum cb_code cb_survey(struct cb_survey_found **out, size_t *n, struct cb_visit *v, cb_str url, cb_str name,
                       struct cb_err *err) CB_MUSTCHECK;

#endif
