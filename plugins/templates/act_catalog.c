/* catalog:fetch, catalog:register and catalog:write. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plugins/templates/act.h"
#include "plugins/templates/yaml_out.h"

#define REF_N 500             /* references of one catalog:fetch */
#define REF_MAX 512           /* bytes of one */
#define REGISTER_WAIT_MS 30000 /* how long a new location may take to be read */
#define OPTIONAL_WAIT_MS 3000  /* the same of one that need not exist */
#define REGISTER_STEP_MS 50
#define REGISTER_SURE_MS 1500  /* how long what a reading found wrong must last: the catalog is served a moment after it was read */
#define REASON_N 3             /* sentences that say why nothing came */
#define SOURCE_TEMPLATE "backstage.io/source-template"

/* ---- catalog:fetch */

const char act_catalog_fetch_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "properties": {
        "entityRef": {"type": "string", "title": "Entity", "description": "Reference to one entity: its output is entity"},
        "entityRefs": {"type": "array", "items": {"type": "string"}, "title": "Entities", "description": "References to several: their output is entities"},
        "optional": {"type": "boolean", "title": "Optional", "description": "What does not exist is null instead of an error"},
        "defaultKind": {"type": "string", "title": "Kind", "description": "Of references that name none"},
        "defaultNamespace": {"type": "string", "title": "Namespace", "description": "Of references that name none"}}});

const char act_catalog_fetch_output[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "properties": {
        "entity": {"description": "The entity that entityRef names, as the catalog has it"},
        "entities": {"type": "array", "description": "Those that entityRefs names, in its order"}}});

const char act_catalog_fetch_examples[] = ACT_JSON([
    {"description": "Fetch one entity", "example": "steps:\n  - id: owner\n    name: Who owns it\n    action: catalog:fetch\n    input:\n      entityRef: group:default/team-payments\n"},
    {"description": "Fetch several, and do without those that do not exist",
     "example": "steps:\n  - id: parts\n    name: What it is made of\n    action: catalog:fetch\n    input:\n      entityRefs: [payment-service, checkout-service]\n      defaultKind: Component\n      optional: true\n"}]);

/* [<kind>:][<namespace>/]<name> as a whole reference; NULL with host->fail. */
static const char *whole_ref(const struct callboard_host *host, struct callboard_call *call, const char *ref)
{
    const struct callboard_json *input = host->input(call);
    const char *colon = strchr(ref, ':'), *rest = colon ? colon + 1 : ref, *slash = strchr(rest, '/'), *name = slash ? slash + 1 : rest;
    const char *kind = colon ? host->format(call, "%.*s", (int)(colon - ref), ref) : host->text(input, "/defaultKind", "");
    const char *space = slash ? host->format(call, "%.*s", (int)(slash - rest), rest) : host->text(input, "/defaultNamespace", "default");

    if ((colon && !*kind) || (slash && !*space) || !*name || strlen(ref) > REF_MAX) {
        host->fail(call, CALLBOARD_EINVAL, "Entity reference \"%.200s\" was not on the form [<kind>:][<namespace>/]<name>", ref);
        return NULL;
    }
    if (!*kind) {
        host->fail(call, CALLBOARD_EINVAL, "Entity reference \"%.200s\" had missing or empty kind (e.g. did not start with \"component:\" or similar)", ref);
        return NULL;
    }
    return host->format(call, "%s:%s/%s", kind, *space ? space : "default", name);
}

static int put_entity(const struct callboard_host *host, struct callboard_call *call, const char *key, const char *ref)
{
    const char *whole = whole_ref(host, call, ref);
    const struct callboard_json *entity;

    if (!whole)
        return CALLBOARD_FAILED;
    entity = host->catalog_entity(call, whole);
    if (!entity && *host->error(call))
        return host->fail(call, CALLBOARD_FAILED, "%s: %s", whole, host->error(call));
    if (!entity && !host->boolean(host->input(call), "/optional", 0))
        return host->fail(call, CALLBOARD_ENOTFOUND, "Entity %s not found", ref);
    if (entity)
        host->put_json(call, key, entity);
    else
        host->put_text(call, key, NULL);
    return CALLBOARD_OK;
}

int act_catalog_fetch(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *refs = host->get(input, "/entityRefs");
    const char *ref = host->text(input, "/entityRef", NULL);
    size_t n = host->count(refs, "");
    int rc = CALLBOARD_OK;

    if (!ref && !refs)
        return host->fail(call, CALLBOARD_EINVAL, "Missing entity reference or references");
    if (n > REF_N)
        return host->fail(call, CALLBOARD_ELIMIT, "catalog:fetch takes at most %d references, not %zu", REF_N, n);
    if (ref)
        rc = put_entity(host, call, "entity", ref);
    if (rc != CALLBOARD_OK || !refs)
        return rc;
    host->begin_array(call, "entities");
    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++)
        rc = put_entity(host, call, NULL, host->text(host->at(refs, i), "", ""));
    host->end(call);
    return rc;
}

/* ---- catalog:register */

const char act_catalog_register_input[] = ACT_JSON({
    "anyOf": [
        {"type": "object", "additionalProperties": false, "required": ["catalogInfoUrl"], "properties": {
            "catalogInfoUrl": {"type": "string", "title": "Descriptor", "description": "Address of the descriptor to register"},
            "optional": {"type": "boolean", "title": "Optional", "description": "It may be registered already, and need not exist yet"}}},
        {"type": "object", "additionalProperties": false, "required": ["repoContentsUrl"], "properties": {
            "repoContentsUrl": {"type": "string", "title": "Repository", "description": "Address of the repository's files, as publish actions tell it"},
            "catalogInfoPath": {"type": "string", "title": "Path", "description": "Of the descriptor in the repository; /catalog-info.yaml unless it is said"},
            "optional": {"type": "boolean", "title": "Optional", "description": "It may be registered already, and need not exist yet"}}}]});

const char act_catalog_register_output[] = ACT_JSON({
    "type": "object", "required": ["catalogInfoUrl"], "properties": {
        "entityRef": {"type": "string", "description": "The entity that it brought: a component if there is one"},
        "catalogInfoUrl": {"type": "string", "description": "What was registered"}}});

const char act_catalog_register_examples[] = ACT_JSON([
    {"description": "Register the descriptor of the repository that was just published",
     "example": "steps:\n  - id: register\n    name: Register\n    action: catalog:register\n    input:\n      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}\n      catalogInfoPath: /catalog-info.yaml\n"},
    {"description": "Register a descriptor that may be registered already",
     "example": "steps:\n  - id: register\n    name: Register\n    action: catalog:register\n    input:\n      catalogInfoUrl: https://git.example.com/acme/shop/blob/main/catalog-info.yaml\n      optional: true\n"}]);

/* Where a forge says that a page is about a folder, and what it says of a file. */
static const struct {
    const char *folder, *file;
} pages[] = {
    {"/-/tree/", "/-/blob/"}, /* GitLab */
    {"/-/blob/", "/-/blob/"},
    {"/tree/", "/blob/"}, /* GitHub */
    {"/blob/", "/blob/"},
    {"/src/branch/", "/src/branch/"}, /* Gitea */
    {"/src/", "/src/"},               /* Bitbucket */
};

/* PATH in the repository whose files BASE shows: the path begins at its root. */
static const char *descriptor_of(const struct callboard_host *host, struct callboard_call *call, const char *base, const char *path)
{
    const char *hash = strchr(base, '#');
    size_t n = strlen(base);

    while (*path == '/' || strncmp(path, "./", 2) == 0)
        path += *path == '/' ? 1 : 2;
    if (hash) { /* <clone>#<branch>:<path> */
        const char *colon = strchr(hash, ':');

        return host->format(call, "%.*s:%s", (int)(colon ? (size_t)(colon - base) : n), base, path);
    }
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        const char *at = strstr(base, pages[i].folder), *ref;

        if (!at)
            continue;
        ref = at + strlen(pages[i].folder);
        return host->format(call, "%.*s%s%.*s/%s", (int)(at - base), base, pages[i].file, (int)strcspn(ref, "/?"), ref, path);
    }
    while (n && base[n - 1] == '/')
        n--;
    return host->format(call, "%.*s/%s", (int)n, base, path);
}

/* Of what the location brought: a component, else whatever is no Location that callboard made itself. */
static const struct callboard_json *best_of(const struct callboard_host *host, const struct callboard_json *items)
{
    const struct callboard_json *other = NULL;

    for (size_t i = 0; i < host->count(items, ""); i++) {
        const struct callboard_json *entity = host->at(items, i);

        if (strncmp(host->text(entity, "/metadata/name", ""), "generated-", 10) == 0)
            continue;
        if (strcasecmp(host->text(entity, "/kind", ""), "component") == 0)
            return entity;
        if (!other)
            other = entity;
    }
    return other;
}

/* What is known of the file TARGET and of the source that reads it; NULL: callboard cannot say. */
static const struct callboard_json *known_of(const struct callboard_host *host, struct callboard_call *call, const char *target)
{
    return host->api_get(call, host->format(call, "/api/explain?url=%s", host->escape(call, target)));
}

/* Findings after which no waiting helps: only another commit, or another name, does. */
static bool is_final(const char *type)
{
    static const char *const types[] = {"problem", "not-there", "gives-nothing", "lost-claim", "source-failing"};

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

/* Why a reading that ended after BEFORE_TRY made nothing of TARGET; NULL: none has ended, or nothing is wrong. */
static const char *why_nothing(const struct callboard_host *host, struct callboard_call *call, const char *target, const char *before_try)
{
    const struct callboard_json *known = known_of(host, call, target), *findings = host->get(known, "/findings");
    const char *why = NULL;

    if (strcmp(host->text(known, "/source/lastTry", before_try), before_try) == 0)
        return NULL;
    for (size_t i = 0, n = 0; i < host->count(findings, "") && n < REASON_N; i++) {
        const struct callboard_json *finding = host->at(findings, i);
        const char *sentence = host->text(finding, "/sentence", "");

        if (!is_final(host->text(finding, "/type", "")))
            continue;
        why = why ? host->format(call, "%s; %.250s", why, sentence) : host->format(call, "%.250s", sentence);
        n++;
    }
    return why;
}

struct awaited {
    const char *target;
    const char *before_try;              /* when its source had been read last before it was registered; "": never */
    const struct callboard_json *entity; /* what it brought; NULL: nothing within the time */
    const char *why;                     /* why nothing comes of it, as its reading says; NULL: not known */
};

/* Until the catalog serves something of it, its reading says that nothing comes, or WAIT_MS are over. */
static int wait_for(struct awaited *w, const struct callboard_host *host, struct callboard_call *call, int64_t wait_ms)
{
    const char *query = host->format(call,
                                     "filter=metadata.annotations.backstage.io/managed-by-origin-location=%s&limit=100"
                                     "&fields=kind,metadata.name,metadata.namespace",
                                     host->escape(call, host->format(call, "url:%s", w->target)));
    int64_t until_us = host->now_us(call) + wait_ms * 1000, step = REGISTER_STEP_MS, wrong_us = 0;

    for (;;) {
        const struct callboard_json *answer = host->catalog_query(call, query);
        int64_t now_us;

        if (!answer)
            return host->fail(call, CALLBOARD_FAILED, "%s was registered, but the catalog cannot be asked for what it brought: %s", w->target,
                              host->error(call));
        if ((w->entity = best_of(host, host->get(answer, "/items"))))
            return CALLBOARD_OK;
        w->why = why_nothing(host, call, w->target, w->before_try);
        now_us = host->now_us(call);
        if (!w->why)
            wrong_us = 0;
        else if (!wrong_us)
            wrong_us = now_us;
        if (now_us >= until_us || (wrong_us && now_us - wrong_us >= INT64_C(1000) * REGISTER_SURE_MS))
            return CALLBOARD_OK;
        if (host->wait_ms(call, step) != 0)
            return host->fail(call, CALLBOARD_ECANCELLED, "the step was cancelled while it waited for %s to be read", w->target);
        step = step < 1000 ? step * 3 / 2 : step;
    }
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
}

static int put_ref(const struct callboard_host *host, struct callboard_call *call, const struct callboard_json *entity)
{
    char *ref = strdup(host->format(call, "%s:%s/%s", host->text(entity, "/kind", ""), host->text(entity, "/metadata/namespace", "default"),
                                    host->text(entity, "/metadata/name", "")));

    if (!ref)
        abort();
    lower(ref);
    host->put_text(call, "entityRef", ref);
    free(ref);
    return CALLBOARD_OK;
}

int act_catalog_register(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    struct awaited w = {.target = host->text(input, "/catalogInfoUrl", NULL)};
    bool optional = host->boolean(input, "/optional", 0);
    int rc;

    if (!w.target)
        w.target = descriptor_of(host, call, host->text(input, "/repoContentsUrl", ""), host->text(input, "/catalogInfoPath", "/catalog-info.yaml"));
    w.before_try = host->text(known_of(host, call, w.target), "/source/lastTry", "");
    host->log(call, CALLBOARD_LOG_INFO, "Registering %s in the catalog", w.target);
    rc = host->location_register(call, "url", w.target);
    if (rc < 0 && !(rc == CALLBOARD_ECONFLICT && optional))
        return host->fail(call, rc, "%s", host->error(call));
    host->put_text(call, "catalogInfoUrl", w.target);
    if ((rc = wait_for(&w, host, call, optional ? OPTIONAL_WAIT_MS : REGISTER_WAIT_MS)) != CALLBOARD_OK)
        return rc;
    if (w.entity)
        return put_ref(host, call, w.entity);
    if (w.why && optional)
        host->log(call, CALLBOARD_LOG_WARN, "Nothing came of %s: %s", w.target, w.why);
    if (optional)
        return CALLBOARD_OK;
    if (w.why)
        return host->fail(call, CALLBOARD_EUPSTREAM, "%s is registered, but nothing came of it: %s", w.target, w.why);
    return host->fail(call, CALLBOARD_EUPSTREAM, "%s is registered, but nothing came of it within %d s: its source and the list of problems say why",
                      w.target, REGISTER_WAIT_MS / 1000);
}

/* What may have been registered before the run, as with "optional", is not for the run to take back. */
int act_catalog_register_undo(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *both = host->input(call);
    const char *target = host->text(both, "/output/catalogInfoUrl", NULL);
    int rc;

    if (!target || host->boolean(both, "/input/optional", 0))
        return CALLBOARD_OK;
    if ((rc = host->location_remove(call, "url", target)) < 0)
        return host->fail(call, rc, "%s", host->error(call));
    host->put_textf(call, "message", "%s is not registered any more", target);
    return CALLBOARD_OK;
}

/* ---- catalog:write */

const char act_catalog_write_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "required": ["entity"], "properties": {
        "filePath": {"type": "string", "title": "File", "description": "catalog-info.yaml unless it is said"},
        "entity": {"type": "object", "additionalProperties": {}, "title": "Entity", "description": "The descriptor, as a value"}}});

const char act_catalog_write_examples[] = ACT_JSON([
    {"description": "Write a descriptor",
     "example": "steps:\n  - id: describe\n    name: Write the descriptor\n    action: catalog:write\n    input:\n      entity:\n        apiVersion: backstage.io/v1alpha1\n        kind: Component\n        metadata:\n          name: ${{ parameters.name }}\n        spec:\n          type: service\n          lifecycle: production\n          owner: ${{ parameters.owner }}\n"}]);

int act_catalog_write(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call), *entity = host->get(input, "/entity");
    const char *file = host->text(input, "/filePath", "catalog-info.yaml"), *ref = host->ref(call);
    char path[PLACE_PATH_MAX + 1], *text;
    struct place p;
    size_t n;
    int rc;

    if (host->type(entity, "/metadata") != CALLBOARD_JSON_OBJECT)
        return host->fail(call, CALLBOARD_EINVAL, "entity has no metadata: a descriptor needs at least metadata.name");
    host->log(call, CALLBOARD_LOG_INFO, "Writing %s", file);
    rc = place_open(&p, host, call);
    if (rc == CALLBOARD_OK)
        rc = place_clean(path, &p, file);
    if (rc == CALLBOARD_OK) {
        text = yaml_out_entity(&n, host, call, entity, SOURCE_TEMPLATE, ref ? ref : "");
        rc = place_write(&p, path, text, n, 0);
        free(text);
    }
    place_close(&p);
    return rc;
}
