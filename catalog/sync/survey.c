#include "catalog/sync/survey.h"

#include "catalog/base/vec.h"
#include "catalog/entity/url.h"

/* ---- what a URL says of its repository */

static const struct {
    enum cb_forge_type type;
    const char *annotation;
} annotations[] = {
    {CB_FORGE_GITHUB, "github.com/project-slug"},
    {CB_FORGE_GITLAB, "gitlab.com/project-slug"},
    {CB_FORGE_BITBUCKET_CLOUD, "bitbucket.org/project-slug"},
    {CB_FORGE_BITBUCKET_SERVER, "bitbucket.org/project-slug"},
    {CB_FORGE_AZURE, "dev.azure.com/project-slug"},
};

/* What follows these is a place in the repository, on whatever forge. */
static const char *const inner[] = {"/-/", "/blob/", "/tree/", "/raw/", "/src/", "/edit/", "/browse", "/_git/"};

static cb_str without_end(cb_str path)
{
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    if (cb_str_ends(path, CB_LIT(".git")))
        path.n -= 4;
    return path;
}

/* "owner/name" of "https://host/owner/name/blob/main/x"; FROM: where the path begins in URL. */
static cb_str slug_of(size_t *from, cb_str url)
{
    size_t scheme = cb_str_find(url, CB_LIT("://")), slash, end = url.n;
    cb_str path;

    slash = cb_str_find_char(url, '/', scheme == SIZE_MAX ? 0 : scheme + 3);
    if (slash == SIZE_MAX)
        return CB_LIT("");
    for (size_t i = slash; i < url.n && end == url.n; i++)
        if (url.p[i] == '?' || url.p[i] == '#')
            end = i;
    path = cb_str_sub(url, slash + 1, end);
    for (size_t i = 0; i < CB_COUNT(inner); i++) {
        size_t at = cb_str_find(path, cb_str_cstr(inner[i]));

        if (at != SIZE_MAX && at > 0)
            path = cb_str_sub(path, 0, at);
    }
    *from = slash + 1;
    return without_end(path);
}

/* Azure: /organization/project/_git/name; Bitbucket Server: /projects/KEY/repos/name. */
static cb_str shape_of(struct cb_arena *a, enum cb_forge_type type, cb_str url, cb_str slug)
{
    cb_str git = CB_LIT("/_git/"), rest, project;
    size_t at = cb_str_find(url, git), slash;

    if (type == CB_FORGE_AZURE && at != SIZE_MAX) {
        rest = cb_str_sub(url, at + git.n, url.n);
        for (size_t i = 0; i < rest.n; i++)
            if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#')
                rest.n = i;
        slash = slug.n;
        while (slash && slug.p[slash - 1] != '/')
            slash--;
        return cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(cb_str_sub(slug, slash, slug.n)), CB_ARG(rest));
    }
    at = cb_str_find(slug, CB_LIT("/repos/"));
    if (type != CB_FORGE_BITBUCKET_SERVER || at == SIZE_MAX || !cb_str_starts(slug, CB_LIT("projects/")))
        return slug;
    project = cb_str_sub(slug, 9, at);
    rest = cb_str_sub(slug, at + 7, slug.n);
    rest = cb_str_sub(rest, 0, cb_str_find_char(rest, '/', 0));
    return cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(project), CB_ARG(rest));
}

enum cb_code cb_survey_slug(struct cb_survey_slug *out, struct cb_arena *a, const struct cb_forge_table *forges, cb_str url,
                            struct cb_err *err)
{
    enum cb_forge_type type;
    cb_str slug;
    size_t slash, from = 0;

    if (!cb_url_ok(url) || cb_str_find(url, CB_LIT("://")) == SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "The given location.target is not a URL");
    *out = (struct cb_survey_slug){0};
    type = cb_forge_type_of(forges, url);
    slug = shape_of(a, type, url, slug_of(&from, url));
    slash = slug.n;
    while (slash && slug.p[slash - 1] != '/')
        slash--;
    out->name = cb_str_sub(slug, slash, slug.n);
    out->owner = slash ? cb_str_sub(slug, 0, slash - 1) : CB_LIT("");
    if (!out->name.n)
        return cb_fail(err, CB_EINVAL, "The given location.target names no repository");
    out->web = cb_arena_printf(a, "%" CB_FMT "%" CB_FMT "/", CB_ARG(cb_str_sub(url, 0, from)), CB_ARG(slug));
    for (size_t i = 0; i < CB_COUNT(annotations) && out->owner.n; i++)
        if (annotations[i].type == type)
            out->annotation = annotations[i].annotation;
    return CB_OK;
}

/* ---- what is in it */

enum cb_code cb_survey(struct cb_survey_found **out, size_t *n, struct cb_visit *v, cb_str url, cb_str name, struct cb_err *err)
{
    struct cb_arena *a = cb_visit_arena(v);
    cb_str globs[2] = {name, cb_arena_printf(a, "**/%" CB_FMT, CB_ARG(name))}, *paths, location;
    CB_VEC(struct cb_survey_found) found = {0};
    struct cb_visit_place at;
    size_t path_n = 0;
    enum cb_code rc;

    if ((rc = cb_visit_repository(&at, v, url, err)) == CB_OK)
        rc = cb_visit_list(&paths, &path_n, v, &at, globs, CB_COUNT(globs), CB_SURVEY_FILE_MAX, err);
    for (size_t i = 0; rc == CB_OK && i < path_n; i++) {
        struct cb_descriptor d;

        rc = cb_visit_read(&d, &location, v, &at, paths[i], CB_LIT(""), cb_visit_rules(v), err);
        for (size_t e = 0; rc == CB_OK && e < d.entity_n && found.n < CB_SURVEY_ENTITY_MAX; e++)
            cb_vec_push(&found, (struct cb_survey_found){location, d.entities[e]});
    }
    *out = CB_NEW_N(a, struct cb_survey_found, found.n + 1);
    *n = found.n;
    if (found.n)
        memcpy(*out, found.v, found.n * sizeof(**out));
    cb_vec_fini(&found);
    return rc;
}
