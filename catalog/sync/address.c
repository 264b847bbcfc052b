#include "catalog/sync/address.h"

static cb_str url_of(struct cb_arena *a, cb_str page)
{
    return page.n ? cb_arena_printf(a, "url:%" CB_FMT, CB_ARG(page)) : CB_LIT("");
}

static void at_git(struct cb_descriptor_at *at, struct cb_arena *a, const struct cb_address *address, cb_str path)
{
    const struct cb_forge_table *forges = address->conf->forges;
    cb_str view = cb_forge_view(a, forges, address->url, address->branch, path);

    at->location = url_of(a, view);
    at->source_location = url_of(a, cb_forge_source(a, forges, address->url, address->branch, path));
    at->location_type = CB_LIT("url");
    if (cb_forge_type_of(forges, address->url) != CB_FORGE_OTHER) { /* of any other there is no page to show */
        at->view_url = view;
        at->edit_url = cb_forge_edit(a, forges, address->url, address->branch, path);
    }
}

void cb_address_of(struct cb_descriptor_at *at, struct cb_arena *a, const struct cb_address *address, cb_str path, cb_str origin)
{
    *at = (struct cb_descriptor_at){.path = path};
    if (address->source->git) {
        at_git(at, a, address, path);
    } else if (address->source->plugin) {
        at->location = cb_arena_printf(a, "plugin:%" CB_FMT "/%" CB_FMT, CB_ARG(address->url), CB_ARG(path));
        at->location_type = CB_LIT("url"); /* what its Locations name */
        if (!origin.n)
            origin = cb_arena_printf(a, "plugin:%" CB_FMT, CB_ARG(address->url));
    } else {
        const char *slash = cb_str_ends(address->url, CB_LIT("/")) ? "" : "/";

        at->location = cb_arena_printf(a, "file:%" CB_FMT "%s%" CB_FMT, CB_ARG(address->url), slash, CB_ARG(path));
        at->location_type = CB_LIT("file");
    }
    at->origin_location = origin.n ? origin : at->location;
}

/* A page of this repository and branch, or of another. */
static enum cb_target_kind page_target(cb_str *path, struct cb_arena *a, const struct cb_address *address, cb_str text, struct cb_err *err)
{
    struct cb_forge_place page, here;
    cb_str own = cb_forge_view(a, address->conf->forges, address->url, address->branch, CB_LIT("x"));
    struct cb_err ignored;

    if (!address->source->git)
        return CB_TARGET_LEAD;
    if (cb_forge_parse(&page, a, address->conf->forges, text, err) != CB_OK)
        return CB_TARGET_REFUSED;
    if (cb_forge_parse(&here, a, address->conf->forges, own, &ignored) == CB_OK && cb_str_eq_nocase(page.clone, here.clone)) {
        cb_str prefix = cb_arena_printf(a, "%" CB_FMT "/", CB_ARG(address->branch));

        if (page.tail.n && cb_str_starts(page.tail, prefix)) { /* the one branch that is known here may hold a '/' */
            *path = cb_str_sub(page.tail, prefix.n, page.tail.n);
            return CB_TARGET_PATH;
        }
        if (!page.branch.n || cb_str_eq(page.branch, address->branch)) {
            *path = page.path;
            return CB_TARGET_PATH;
        }
    }
    return CB_TARGET_LEAD;
}

/* An absolute path is fine below the root of a file source. */
static enum cb_target_kind absolute_target(cb_str *path, const struct cb_address *address, cb_str text, struct cb_err *err)
{
    size_t n = address->url.n == 1 ? 0 : address->url.n;

    if (!address->source->git && cb_str_starts(text, address->url) && text.n > n + 1 && text.p[n] == '/') {
        *path = cb_str_sub(text, n + 1, text.n);
        return CB_TARGET_PATH;
    }
    (void)cb_fail(err, CB_EINVAL, "%" CB_FMT " is outside of %" CB_FMT, CB_ARG(text), CB_ARG(address->url));
    return CB_TARGET_REFUSED;
}

enum cb_target_kind cb_address_target(cb_str *path, struct cb_arena *a, const struct cb_address *address, cb_str from,
                                    const struct cb_target *target, struct cb_err *err)
{
    cb_str text = cb_str_trim(target->text);

    if (target->type.n && !cb_str_eq(target->type, CB_LIT("url")) && !cb_str_eq(target->type, CB_LIT("file"))) {
        (void)cb_fail(err, CB_EINVAL, "Registered locations must be of an allowed type [\"url\",\"file\"], not \"%" CB_FMT "\"",
                      CB_ARG(target->type));
        return CB_TARGET_REFUSED;
    }
    if (cb_str_find(text, CB_LIT("://")) != SIZE_MAX)
        return page_target(path, a, address, text, err);
    if (cb_str_starts(text, CB_LIT("/")))
        return absolute_target(path, address, text, err);
    return cb_tree_resolve(path, a, from, text, err) == CB_OK ? CB_TARGET_PATH : CB_TARGET_REFUSED;
}

enum cb_code cb_address_include(struct cb_arena *a, const struct cb_address *address, struct cb_tree *tree, cb_str from, cb_str target,
                                cb_str *bytes, cb_str *path, struct cb_err *err)
{
    struct cb_target t = {.type = CB_LIT("url"), .text = target};
    enum cb_code rc;

    *path = CB_LIT("");
    switch (cb_address_target(path, a, address, from, &t, err)) {
    case CB_TARGET_REFUSED:
        return CB_EINVAL;
    case CB_TARGET_LEAD:
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is in another repository or branch: an include is of this one", CB_ARG(target));
    case CB_TARGET_PATH:
        break;
    }
    if (cb_glob_is_pattern(*path))
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is a pattern: an include names one file", CB_ARG(target));
    if ((rc = tree->ops->want(tree, path, 1, err)) != CB_OK)
        return rc;
    return tree->ops->read(tree, a, *path, bytes, err);
}
