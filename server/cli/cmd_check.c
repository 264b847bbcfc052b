/* callboard check: descriptors as they are on this machine, without database or network. Made for CI. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/map.h"
#include "catalog/base/node.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/mirror.h"
#include "catalog/parse/descriptor.h"
#include "catalog/sync/address.h"
#include "server/cli/command.h"

#define CHECK_DEPTH_MAX 32
#define FAILURE_MAX 10000 /* problems that are printed */

struct found {
    cb_str file; /* as the caller named it, and below */
    struct cb_problem problem;
};

struct checking {
    struct cb_arena *arena;
    struct cb_tree *tree;
    struct cb_address address;
    struct cb_source_conf source;
    struct cb_sync_conf conf;
    struct cb_rules rules;      /* n 0: everything is allowed */
    cb_str shown;               /* what the caller wrote for the tree's root: "" or "dir/" */
    struct cb_map seen;         /* absolute path -> 1 */
    struct cb_map names;        /* entity id -> struct found of its first claim */
    CB_VEC(struct found) all;
    size_t file_n, entity_n, error_n;
};

static enum cb_code include(void *ctx, struct cb_arena *a, cb_str from, cb_str target, cb_str *bytes, cb_str *path, struct cb_err *err)
{
    struct checking *c = ctx;
    struct cb_target t = {.type = CB_LIT("url"), .text = target};

    *path = CB_LIT("");
    switch (cb_address_target(path, a, &c->address, from, &t, err)) {
    case CB_TARGET_REFUSED:
        return CB_EINVAL;
    case CB_TARGET_LEAD:
        return cb_fail(err, CB_EINVAL, "%" CB_FMT " is in a repository: an include is a file beside this one", CB_ARG(target));
    case CB_TARGET_PATH:
        break;
    }
    return c->tree->ops->read(c->tree, a, *path, bytes, err);
}

static void report(struct checking *c, const struct cb_problem *p)
{
    cb_str file = cb_arena_printf(c->arena, "%" CB_FMT "%" CB_FMT, CB_ARG(c->shown), CB_ARG(p->at.path));

    c->error_n += p->severity == CB_PROBLEM_ERROR;
    cb_vec_push(&c->all, (struct found){file, *p});
}

/* Two documents of what is checked claim the same name: in the catalog one of them would lose. */
static void claim(struct checking *c, const struct cb_entity *e)
{
    struct found *first = CB_NEW(c->arena, struct found);
    union cb_map_value *v;
    bool made;

    v = cb_map_put(&c->names, e->id, &made);
    if (made) {
        first->file = cb_arena_printf(c->arena, "%" CB_FMT "%" CB_FMT, CB_ARG(c->shown), CB_ARG(e->at.path));
        first->problem.at = e->at;
        v->p = first;
        return;
    }
    first = v->p;
    report(c, &(struct cb_problem){
                  .rule = "name-conflict",
                  .severity = CB_PROBLEM_ERROR,
                  .at = e->at,
                  .field = CB_LIT("metadata.name"),
                  .message = cb_arena_printf(c->arena, "%" CB_FMT " is claimed by %" CB_FMT ":%u already", CB_ARG(e->id),
                                             CB_ARG(first->file), first->problem.at.line),
                  .remedy = CB_LIT("rename one of them, or put one into another namespace"),
                  .entity = e->id,
              });
}

static void check_file(struct checking *c, cb_str path, int depth);

struct below {
    struct checking *c;
    int depth;
};

static int check_match(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct below *b = ctx;

    (void)id;
    check_file(b->c, cb_arena_str(b->c->arena, path), b->depth);
    return 0;
}

static void check_target(struct checking *c, cb_str from, const struct cb_target *t, int depth)
{
    struct below below = {c, depth};
    struct cb_tree_id id;
    struct cb_err err = {0};
    cb_str path;

    if (cb_str_find(t->text, CB_LIT("://")) != SIZE_MAX)
        return; /* another place: not for a check without a network */
    if (cb_address_target(&path, c->arena, &c->address, from, t, &err) == CB_TARGET_PATH) {
        if (cb_glob_is_pattern(path)) {
            if (c->tree->ops->each(c->tree, &path, 1, check_match, &below, &err) == CB_OK)
                return;
        } else if (c->tree->ops->id(c->tree, path, &id, &err) == CB_OK) {
            check_file(c, path, depth);
            return;
        } else if (t->optional && err.code == CB_ENOTFOUND) {
            return;
        }
    }
    report(c, &(struct cb_problem){
                  .rule = "location-target",
                  .severity = CB_PROBLEM_ERROR,
                  .at = t->at,
                  .field = CB_LIT("spec.target"),
                  .message = cb_arena_printf(c->arena, "%" CB_FMT ": %s", CB_ARG(t->text), err.text),
                  .remedy = CB_LIT("name a file that is there, or set spec.presence: optional"),
                  .entity = t->entity,
              });
}

static void check_file(struct checking *c, cb_str path, int depth)
{
    struct cb_descriptor_opts opts = {.rules = c->rules.n ? &c->rules : NULL, .include = include, .include_ctx = c};
    cb_str key = cb_arena_printf(c->arena, "%" CB_FMT "/%" CB_FMT, CB_ARG(c->address.url), CB_ARG(path));
    struct cb_descriptor_at at;
    struct cb_descriptor d;
    struct cb_err err;
    cb_str bytes;
    bool made;

    cb_map_put(&c->seen, key, &made);
    if (!made || depth > CHECK_DEPTH_MAX)
        return;
    c->file_n++;
    if (c->tree->ops->read(c->tree, c->arena, path, &bytes, &err) != CB_OK) {
        report(c, &(struct cb_problem){.rule = "file-unreadable",
                                       .severity = CB_PROBLEM_ERROR,
                                       .at = {.path = path},
                                       .message = cb_arena_str(c->arena, cb_str_cstr(err.text)),
                                       .remedy = CB_LIT("make it a regular file of at most 16 MiB")});
        return;
    }
    cb_address_of(&at, c->arena, &c->address, path, CB_LIT(""));
    cb_descriptor_read(&d, c->arena, bytes, &at, &opts);
    for (size_t i = 0; i < d.problem_n; i++)
        report(c, &d.problems[i]);
    for (size_t i = 0; i < d.entity_n; i++)
        claim(c, &d.entities[i]);
    c->entity_n += d.entity_n;
    for (size_t i = 0; i < d.target_n; i++)
        check_target(c, path, &d.targets[i], depth + 1);
}

/* One operand: a file, or a folder of which every catalog-info.yaml is looked at. */
static enum cb_code check_operand(struct checking *c, const char *operand, struct cb_err *err)
{
    static const cb_str globs[] = {{"**/catalog-info.yaml", 20}, {"**/catalog-info.yml", 19}};
    struct below below = {c, 0};
    char real[PATH_MAX];
    struct stat st;
    cb_str name = cb_str_cstr(operand), whole;
    size_t slash, before = c->file_n;
    enum cb_code rc = CB_OK;

    if (!realpath(operand, real) || stat(real, &st) < 0)
        return cb_fail(err, CB_ENOTFOUND, "%s: %s", operand, strerror(errno));
    whole = cb_arena_str(c->arena, cb_str_cstr(real));
    if (S_ISDIR(st.st_mode)) {
        c->address.url = whole;
        c->shown = cb_str_ends(name, CB_LIT("/")) ? name : cb_arena_printf(c->arena, "%s/", operand);
        if (cb_str_eq(name, CB_LIT(".")))
            c->shown = CB_LIT("");
    } else {
        for (slash = whole.n; slash > 1 && whole.p[slash - 1] != '/'; slash--)
            ;
        c->address.url = cb_arena_str(c->arena, cb_str_sub(whole, 0, slash > 1 ? slash - 1 : 1));
        for (slash = name.n; slash > 0 && name.p[slash - 1] != '/'; slash--)
            ;
        c->shown = cb_str_sub(name, 0, slash);
    }
    if ((rc = cb_folder_tree(&c->tree, c->address.url.p, err)) != CB_OK)
        return rc;
    if (S_ISDIR(st.st_mode)) {
        rc = c->tree->ops->each(c->tree, globs, CB_COUNT(globs), check_match, &below, err);
        if (rc == CB_OK && c->file_n == before)
            rc = cb_fail(err, CB_ENOTFOUND, "%s: no catalog-info.yaml in it or below it: name the descriptors themselves", operand);
    } else {
        check_file(c, cb_str_sub(whole, c->address.url.n == 1 ? 1 : c->address.url.n + 1, whole.n), 0);
    }
    c->tree->ops->close(c->tree);
    return rc;
}

static int by_place(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = cb_str_cmp(x->file, y->file);

    if (order)
        return order;
    if (x->problem.at.line != y->problem.at.line)
        return x->problem.at.line < y->problem.at.line ? -1 : 1;
    return (x->problem.at.column > y->problem.at.column) - (x->problem.at.column < y->problem.at.column);
}

static void print_lines(const struct checking *c, bool quiet)
{
    for (size_t i = 0; i < c->all.n && i < FAILURE_MAX; i++) {
        const struct cb_problem *p = &c->all.v[i].problem;

        printf("%" CB_FMT ":%u:%u: %s: %" CB_FMT "%s%" CB_FMT " [%s]\n", CB_ARG(c->all.v[i].file), p->at.line ? p->at.line : 1,
               p->at.column ? p->at.column : 1, cb_severity_name(p->severity), CB_ARG(p->message), p->remedy.n ? "; " : "",
               CB_ARG(p->remedy), p->rule);
    }
    if (!quiet)
        fprintf(stderr, "%zu file%s, %zu entit%s, %zu problem%s\n", c->file_n, c->file_n == 1 ? "" : "s", c->entity_n,
                c->entity_n == 1 ? "y" : "ies", c->all.n, c->all.n == 1 ? "" : "s");
}

static void put_text(struct cb_arena *a, struct cb_node *object, const char *key, cb_str text)
{
    if (text.n)
        cb_node_put(object, cb_str_cstr(key), cb_node_string(a, text));
}

static void print_data(struct checking *c, enum cb_output output)
{
    struct cb_arena *a = c->arena;
    struct cb_node *root = cb_node_new(a, CB_OBJECT), *problems = cb_node_new(a, CB_ARRAY);
    struct cb_buf out = CB_BUF_INIT;

    for (size_t i = 0; i < c->all.n && i < FAILURE_MAX; i++) {
        const struct cb_problem *p = &c->all.v[i].problem;
        struct cb_node *row = cb_node_new(a, CB_OBJECT);

        put_text(a, row, "file", c->all.v[i].file);
        cb_node_put(row, CB_LIT("line"), cb_node_int(a, p->at.line));
        cb_node_put(row, CB_LIT("column"), cb_node_int(a, p->at.column));
        put_text(a, row, "severity", cb_str_cstr(cb_severity_name(p->severity)));
        put_text(a, row, "rule", cb_str_cstr(p->rule));
        put_text(a, row, "field", p->field);
        put_text(a, row, "message", p->message);
        put_text(a, row, "remedy", p->remedy);
        put_text(a, row, "entityRef", p->entity);
        cb_node_push(problems, row);
    }
    cb_node_put(root, CB_LIT("files"), cb_node_int(a, (int64_t)c->file_n));
    cb_node_put(root, CB_LIT("entities"), cb_node_int(a, (int64_t)c->entity_n));
    cb_node_put(root, CB_LIT("problems"), problems);
    cb_node_dump(&out, root);
    cb_command_print(output, cb_buf_str(&out));
    cb_buf_fini(&out);
}

static int check(int argc, char **argv)
{
    struct checking c = {.arena = cb_arena_new()};
    const char *format = NULL, *file = NULL;
    bool helped, quiet = false;
    struct cb_flag flags[] = {{"--output", 'o', &format, NULL}, {"--config", 'c', &file, NULL}, {"--quiet", 'q', NULL, &quiet}};
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_config *config = NULL;
    struct cb_err err;
    int status = CB_EXIT_DONE;

    if (!cb_command_flags(&cb_cmd_check, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_check, format)) {
        status = CB_EXIT_USAGE;
    } else if (!helped && argc < 2) {
        status = cb_command_usage(&cb_cmd_check, "name files or folders");
    } else if (file && cb_config_load(&config, &(struct cb_config_flags){.file = file}, &err) != CB_OK) {
        status = cb_command_fail(&cb_cmd_check, &err);
    }
    if (config)
        c.rules = config->rules;
    c.address = (struct cb_address){.conf = &c.conf, .source = &c.source};
    for (int i = 1; i < argc && status == CB_EXIT_DONE && !helped; i++)
        if (check_operand(&c, argv[i], &err) != CB_OK) {
            (void)cb_command_fail(&cb_cmd_check, &err);
            status = CB_EXIT_COULD_NOT;
        }
    if (status == CB_EXIT_DONE && !helped) {
        if (c.all.n)
            qsort(c.all.v, c.all.n, sizeof(*c.all.v), by_place);
        if (output == CB_OUTPUT_TABLE)
            print_lines(&c, quiet);
        else
            print_data(&c, output);
        status = c.error_n ? CB_EXIT_NO : CB_EXIT_DONE;
    }
    cb_vec_fini(&c.all);
    cb_map_fini(&c.seen);
    cb_map_fini(&c.names);
    cb_config_free(config);
    cb_arena_free(c.arena);
    return status;
}

const struct cb_command cb_cmd_check = {
    .name = "check",
    .usage = "check [-o table|json|yaml] [--config FILE] [-q] PATH...",
    .sentence = "Judge descriptors on this machine: file:line:col: message",
    .help = "  PATH                  a descriptor, or a folder: every catalog-info.yaml in it and below\n"
            "  -o, --output FORMAT   table (one line a problem), json, yaml\n"
            "  -c, --config FILE     only the kinds that this callboard.yaml allows\n"
            "  -q, --quiet           no summary on stderr\n\n"
            "Follows Location entities and $text, $json, $yaml within the folder; needs no network and no database.\n"
            "Exit status 0: all is well; 1: there is an error; 3: a path could not be read.\n\n"
            "  callboard check .                     in a repository's CI\n"
            "  callboard check -o json a.yaml b.yaml\n",
    .run = check,
};
