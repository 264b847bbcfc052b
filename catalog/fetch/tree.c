#include "catalog/fetch/tree.h"

#include "catalog/base/vec.h"

/* The folder part of PATH, without its last '/'; empty at the root. */
static cb_str folder_of(cb_str path)
{
    size_t n = path.n;

    while (n && path.p[n - 1] != '/')
        n--;
    return cb_str_sub(path, 0, n ? n - 1 : 0);
}

enum cb_code cb_tree_resolve(cb_str *out, struct cb_arena *a, cb_str from, cb_str target,
                             struct cb_err *err)
{
    CB_VEC(cb_str) parts = {0};
    cb_str sources[2] = {folder_of(from), target}, part;
    enum cb_code rc = CB_OK;
    char *text, *p;

    if (target.n == 0)
        return cb_fail(err, CB_EINVAL,
                       "the target is empty: write a path such as ./catalog-info.yaml");
    if (memchr(target.p, '\0', target.n) || (from.n && memchr(from.p, '\0', from.n)))
        return cb_fail(err, CB_EINVAL, "the target has a NUL byte in it");
    if (target.p[0] == '/')
        return cb_fail(
            err, CB_EINVAL,
            "the target %.*s is absolute: write it relative to the file that names it, as ./x.yaml",
            (int)(target.n < 300 ? target.n : 300), target.p);
    for (size_t k = 0; k < 2; k++) {
        cb_str rest = sources[k];

        while (rc == CB_OK && cb_str_split(&part, &rest, '/')) {
            if (part.n == 0 || cb_str_eq(part, CB_LIT(".")))
                continue;
            if (!cb_str_eq(part, CB_LIT("..")))
                cb_vec_push(&parts, part);
            else if (parts.n)
                parts.n--;
            else
                rc = cb_fail(err, CB_EINVAL, "the target %.*s leaves the repository",
                             (int)(target.n < 300 ? target.n : 300), target.p);
        }
    }
    if (rc == CB_OK && parts.n > CB_TREE_DEPTH_MAX)
        rc = cb_fail(err, CB_EINVAL, "the target lies over %d folders deep", CB_TREE_DEPTH_MAX);
    if (rc == CB_OK) {
        p = text = cb_arena_alloc(a, from.n + target.n + 2);
        for (size_t i = 0; i < parts.n; i++) {
            if (i)
                *p++ = '/';
            memcpy(p, parts.v[i].p, parts.v[i].n);
            p += parts.v[i].n;
        }
        *p = '\0';
        *out = cb_str_make(text, (size_t)(p - text));
    }
    cb_vec_fini(&parts);
    return rc;
}

enum cb_code cb_tree_check_path(cb_str path, struct cb_err *err)
{
    cb_str rest = path, part;
    size_t depth = 0;
    int shown = (int)(path.n < 300 ? path.n : 300);

    if (path.n == 0)
        return cb_fail(err, CB_ENOTFOUND, "no file: the path is empty");
    if (memchr(path.p, '\0', path.n))
        return cb_fail(err, CB_ENOTFOUND, "no file %.*s: a path has no NUL byte", shown, path.p);
    while (cb_str_split(&part, &rest, '/')) {
        if (part.n == 0 || cb_str_eq(part, CB_LIT(".")) || cb_str_eq(part, CB_LIT("..")))
            return cb_fail(err, CB_ENOTFOUND,
                           "no file %.*s: a path has no empty, \".\" or \"..\" part", shown,
                           path.p);
        if (++depth > CB_TREE_DEPTH_MAX)
            return cb_fail(err, CB_ENOTFOUND, "no file %.*s: it lies over %d folders deep", shown,
                           path.p, CB_TREE_DEPTH_MAX);
    }
    return CB_OK;
}
