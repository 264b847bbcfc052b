/*
 * Is there a descriptor? A path is asked for by itself; where one of them is a pattern, the names of all files are asked for instead.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define PART_MAX 256   /* bytes of a part of a path; a longer one matches nothing */
#define STEP_MAX 10000 /* of one comparison */
#define TREE_PAGE_MAX 200

/* ---- patterns */

bool fg_is_pattern(const char *path)
{
    return strpbrk(path, "*?[") != NULL;
}

static bool part_matches(const char *glob, size_t glob_n, const char *path, size_t path_n)
{
    char g[PART_MAX], p[PART_MAX];

    if (glob_n >= sizeof(g) || path_n >= sizeof(p))
        return false;
    memcpy(g, glob, glob_n);
    memcpy(p, path, path_n);
    g[glob_n] = p[path_n] = '\0';
    return fnmatch(g, p, FNM_PERIOD) == 0;
}

static bool matches(const char *glob, const char *path, int *steps)
{
    while (++*steps < STEP_MAX) {
        size_t glob_n = strcspn(glob, "/"), path_n = strcspn(path, "/");

        if (glob_n == 2 && memcmp(glob, "**", 2) == 0 && glob[2]) {
            for (const char *rest = path;; rest += strcspn(rest, "/") + 1) {
                if (matches(glob + 3, rest, steps))
                    return true;
                if (*rest == '.' || !strchr(rest, '/')) /* folders that begin with a dot are to be named */
                    return false;
            }
        }
        if (!part_matches(glob, glob_n, path, path_n))
            return false;
        if (!glob[glob_n] || !path[path_n])
            return !glob[glob_n] && !path[path_n];
        glob += glob_n + 1;
        path += path_n + 1;
    }
    return false;
}

bool fg_path_matches(const char *glob, const char *path)
{
    int steps = 0;

    return fg_is_pattern(glob) ? matches(glob, path, &steps) : strcmp(glob, path) == 0;
}

/* ---- the names of all files */

struct search {
    const struct callboard_json *files;
    uint32_t found;
};

static int compare(struct fg *f, const struct callboard_json *row, void *ctx)
{
    struct search *s = ctx;
    const char *path = f->host->text(row, "/path", "");

    for (size_t i = 0; strcmp(f->host->text(row, "/type", "blob"), "blob") == 0 && i < f->host->count(s->files, "") && i < FG_DESCRIPTOR_MAX; i++)
        if (fg_path_matches(f->host->text(f->host->at(s->files, i), "", ""), path))
            s->found |= UINT32_C(1) << i;
    return 0;
}

/* Pages of a tree that is an object: GitHub has one, Gitea as many as it says. One that is cut short may have what was not seen. */
static int each_of_tree(struct fg *f, const char *path, struct search *s)
{
    struct fg_text text = {0};
    bool more = true;
    int rc = 0;

    for (int page = 1; rc == 0 && more; page++) {
        const struct callboard_json *answer, *list;
        struct callboard_http *http;

        text.n = 0;
        fg_printf(&text, "%s&page=%d", path, page);
        if ((rc = fg_get(&answer, &http, f, text.p)) != 0)
            break;
        list = f->host->get(answer, "/tree");
        for (size_t i = 0; i < f->host->count(list, ""); i++)
            (void)compare(f, f->host->at(list, i), s);
        more = f->host->boolean(answer, "/truncated", 0) && f->host->count(list, "");
        if (more && (f->kind->paging != FG_BY_TOTAL || page == TREE_PAGE_MAX)) {
            for (size_t i = 0; i < f->host->count(s->files, "") && i < FG_DESCRIPTOR_MAX; i++)
                s->found |= fg_is_pattern(f->host->text(f->host->at(s->files, i), "", "")) ? UINT32_C(1) << i : 0;
            more = false;
        }
        fg_done(f, http);
    }
    free(text.p);
    return rc;
}

/* ---- one by one */

static int ask_for(uint32_t *found, struct fg *f, const char *name, const char *branch, size_t i, const char *file)
{
    struct fg_text path = {0};
    int rc;

    fg_put_path(&path, f->kind->content, (const char *const[]){name, file, branch});
    rc = fg_ask(NULL, f, f->kind->method, path.p);
    free(path.p);
    if (rc == 0)
        *found |= UINT32_C(1) << i;
    return rc;
}

/* There is none of that name, or nothing at all yet. */
static bool is_absent(int rc)
{
    return rc == CALLBOARD_ENOTFOUND || rc == CALLBOARD_ECONFLICT;
}

int fg_look(uint32_t *found, struct fg *f, const char *name, const char *branch, const struct callboard_json *files)
{
    struct search s = {.files = files};
    bool pattern = false;
    int rc = 0;

    for (size_t i = 0; i < f->host->count(files, ""); i++)
        pattern |= fg_is_pattern(f->host->text(f->host->at(files, i), "", ""));
    if (pattern) {
        struct fg_text path = {0};

        fg_put_path(&path, f->kind->tree, (const char *const[]){name, branch});
        rc = f->kind->paging == FG_BY_NEXT ? fg_each(f, path.p, compare, &s) : each_of_tree(f, path.p, &s);
        free(path.p);
        if (rc == CALLBOARD_EINVAL) /* as Gitea says that there is no such branch: 400 */
            rc = CALLBOARD_ENOTFOUND;
    }
    for (size_t i = 0; !pattern && (rc == 0 || is_absent(rc)) && i < f->host->count(files, "") && i < FG_DESCRIPTOR_MAX; i++)
        rc = ask_for(&s.found, f, name, branch, i, f->host->text(f->host->at(files, i), "", ""));
    *found = s.found;
    return is_absent(rc) ? 0 : rc;
}
