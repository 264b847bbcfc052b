/*
 * render.h - the template language for those who have a text and values: the routes of this plugin, and its actions.
 *
 *     struct tpl_session *s = tpl_session_new(&(struct tpl_options){.trim_blocks = true});
 *
 *     if ((rc = tpl_session_values(s, json, strlen(json))) != 0 ||
 *         (rc = tpl_session_render(s, "src/main.c", text, n, &out, &out_n)) != 0)
 *         host->fail(call, rc, "%s", tpl_session_error(s));
 *     tpl_session_free(s);
 *
 * Values    one JSON object, read once for all renders of a session; a render cannot change them for the next one
 * Errors    0 or CALLBOARD_EINVAL, CALLBOARD_ELIMIT; tpl_session_error has "AT:LINE:COLUMN: sentence", columns in characters
 * Limits    limit.h
 * Lifetime  OUT until the next call with the session
 * Threads   a session is used by one thread at a time; sessions know nothing of each other
 */
#ifndef TEMPLATES_RENDER_H
#define TEMPLATES_RENDER_H

#include "plugins/templates/eval.h"

struct tpl_options {
    bool cookiecutter;                         /* {{ }}, Python's methods and constants, jsonify */
    bool trim_blocks, lstrip_blocks;
    bool status;                               /* there are always() and failure() */
    bool failed;                               /* what failure() answers */
    const struct tpl_integration *integrations; /* for parseRepoUrl and projectSlug; borrowed */
    size_t integration_n;
};

/* What came of a value. */
struct tpl_result {
    const char *json;                          /* NULL: undefined, there is no value */
    size_t n;
    bool truthy;                               /* as a step's "if": also an empty list is not */
    bool called_always, called_failure;
};

struct tpl_session;

struct tpl_session *tpl_session_new(const struct tpl_options *options);
void tpl_session_free(struct tpl_session *s);
int tpl_session_values(struct tpl_session *s, const char *json, size_t n);
/* A file's text, or its name. The text goes out NUL-terminated, the NUL not counted. */
int tpl_session_render(struct tpl_session *s, const char *at, const char *text, size_t n, const char **out, size_t *out_n);
/* A JSON value whose texts are templates, however deep; keys are none. One that is a single ${{ }} keeps the type of its value. */
int tpl_session_value(struct tpl_session *s, const char *at, const char *json, size_t n, struct tpl_result *out);
const char *tpl_session_error(const struct tpl_session *s);

#endif
