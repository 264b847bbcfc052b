/* callboard import: take over what a Backstage has: its locations, rules and integrations. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/parse/yaml.h"
#include "server/cli/app_config.h"
#include "server/cli/command.h"
#include "server/cli/import.h"
#include "server/cli/upstream.h"
#include "server/config/option.h"

#define IMPORT_REQUEST_N 20000
#define IMPORT_TIME_US (INT64_C(900) * 1000000)
#define LOCATION_N_MAX 100000
#define FILE_MAX (1024 * 1024)

struct import_flags {
    const char *from, *token, *to, *to_token, *write, *output;
    bool dry_run;
};

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

static enum cb_code open_upstream(struct cb_upstream **out, struct cb_arena *a, const char *url, const char *token, struct cb_err *err)
{
    struct cb_upstream_limits limits = {IMPORT_REQUEST_N, IMPORT_TIME_US};
    cb_str secret;
    enum cb_code rc = cb_option_secret(&secret, a, cb_str_cstr(token ? token : ""), CB_LIT("."), err);

    return rc != CB_OK ? rc : cb_upstream_open(out, cb_str_cstr(url), secret, &limits, err);
}

/* ---- a running Backstage */

/* Register TARGET at the callboard behind TO; what is there already is no error. */
static enum cb_code register_location(struct cb_import *im, struct cb_upstream *to, cb_str type, cb_str target, bool dry_run,
                                      const struct cb_node *there, struct cb_err *err)
{
    struct cb_buf body = CB_BUF_INIT;
    struct cb_node *json;
    enum cb_code rc;
    int status;

    for (const struct cb_node *item = there->first; item; item = item->next) {
        const struct cb_node *data = cb_node_get(item, "data");

        if (cb_str_eq(cb_node_text(data, "type"), type) && cb_str_eq(cb_node_text(data, "target"), target)) {
            cb_import_note(im, "location", target, CB_IMPORT_THERE, CB_LIT("registered location"));
            return CB_OK;
        }
    }
    if (dry_run) {
        cb_import_note(im, "location", target, CB_IMPORT_TAKEN, CB_LIT("registered location (not yet: --dry-run)"));
        return CB_OK;
    }
    cb_buf_put_cstr(&body, "{\"type\":");
    cb_buf_put_json(&body, type);
    cb_buf_put_cstr(&body, ",\"target\":");
    cb_buf_put_json(&body, target);
    cb_buf_put_char(&body, '}');
    rc = cb_upstream_ask(&json, &status, to, im->arena, CB_LIT("/api/catalog/locations"), cb_buf_str(&body), err);
    cb_buf_fini(&body);
    if (rc != CB_OK)
        return rc;
    if (status == 401 || status == 403)
        return cb_fail(err, CB_EAUTH, "%s does not let us register locations: %" CB_FMT, cb_upstream_name(to),
                       CB_ARG(cb_upstream_why(im->arena, json, status)));
    if (status == 201)
        cb_import_note(im, "location", target, CB_IMPORT_TAKEN, CB_LIT("registered location"));
    else if (status == 409)
        cb_import_note(im, "location", target, CB_IMPORT_THERE, CB_LIT("registered location"));
    else
        cb_import_note(im, "location", target, CB_IMPORT_COULD_NOT, cb_upstream_why(im->arena, json, status));
    return CB_OK;
}

static enum cb_code from_backstage(struct cb_import *im, const struct import_flags *f, struct cb_err *err)
{
    struct cb_upstream *from = NULL, *to = NULL;
    struct cb_node *all, *there = NULL;
    enum cb_code rc;

    if ((rc = open_upstream(&from, im->arena, f->from, f->token, err)) != CB_OK ||
        (rc = cb_upstream_get(&all, from, im->arena, CB_LIT("/api/catalog/locations"), err)) != CB_OK)
        goto out;
    if (all->type != CB_ARRAY || all->child_n > LOCATION_N_MAX) {
        rc = cb_fail(err, CB_EUPSTREAM, "%s/api/catalog/locations is no list of at most %d locations", cb_upstream_name(from), LOCATION_N_MAX);
        goto out;
    }
    if (f->to && ((rc = open_upstream(&to, im->arena, f->to, f->to_token, err)) != CB_OK ||
                  (rc = cb_upstream_get(&there, to, im->arena, CB_LIT("/api/catalog/locations"), err)) != CB_OK))
        goto out;
    for (const struct cb_node *item = all->first; item && rc == CB_OK; item = item->next) {
        const struct cb_node *data = cb_node_get(item, "data");
        cb_str type = cb_node_text(data, "type"), target = cb_node_text(data, "target");

        if (to)
            rc = register_location(im, to, type, target, f->dry_run, there, err);
        else
            cb_import_location(im, type, target, NULL, CB_LIT("."));
    }
out:
    cb_upstream_close(from);
    cb_upstream_close(to);
    return rc;
}

/* ---- the file */

static enum cb_code read_config(struct cb_node **out, bool *exists, struct cb_arena *a, const char *file, struct cb_err *err)
{
    char *bytes = cb_arena_alloc(a, FILE_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct cb_yaml yaml;
    ssize_t n;

    *out = cb_node_new(a, CB_OBJECT);
    *exists = fd >= 0;
    if (fd < 0)
        return errno == ENOENT ? CB_OK : cb_fail(err, CB_EINVAL, "cannot read %s: %s", file, strerror(errno));
    n = read(fd, bytes, FILE_MAX + 1);
    close(fd);
    if (n < 0 || n > FILE_MAX)
        return cb_fail(err, CB_EINVAL, "%s cannot be read, or is over %d bytes", file, FILE_MAX);
    cb_yaml_read(&yaml, a, cb_str_make(bytes, (size_t)n));
    if (yaml.doc_n > 1 || (yaml.doc_n && (yaml.docs[0].broken || (yaml.docs[0].root && yaml.docs[0].root->type != CB_OBJECT))))
        return cb_fail(err, CB_EINVAL, "%s is no configuration: a map of keys is expected", file);
    if (yaml.doc_n && yaml.docs[0].root)
        *out = cb_node_copy(a, yaml.docs[0].root);
    return CB_OK;
}

static enum cb_code write_config(struct cb_arena *a, const struct cb_node *config, const char *file, bool exists, struct cb_err *err)
{
    const char *fresh = cb_arena_printf(a, "%s.new", file).p, *before = cb_arena_printf(a, "%s.before", file).p;
    struct cb_buf text = CB_BUF_INIT;
    struct stat st = {.st_mode = 0640};
    bool ok;
    int fd;

    cb_node_dump_yaml(&text, config);
    if (exists && stat(file, &st) < 0)
        st.st_mode = 0640;
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0777);
    ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    if (fd >= 0)
        ok &= close(fd) == 0;
    cb_buf_fini(&text);
    if (ok && exists) { /* a comment that was there stays readable */
        (void)unlink(before);
        ok = link(file, before) == 0;
    }
    if (ok)
        ok = rename(fresh, file) == 0;
    if (!ok)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot write %s: %s", file, strerror(errno));
    fprintf(stderr, "callboard import: %s is written%s\n", file, exists ? "; as it was, with its comments, it is in the file .before beside it" : "");
    return CB_OK;
}

/* ---- what is said */

static void print(const struct cb_import *im, const struct cb_node *config, enum cb_output output)
{
    static const char *const heads[] = {"WHAT", "SUBJECT", "FATE", "AS, OR WHY NOT"};
    struct cb_table *table;
    struct cb_node *root, *items;
    struct cb_buf json = CB_BUF_INIT;

    if (output == CB_OUTPUT_TABLE) {
        table = cb_table_new(heads, CB_COUNT(heads));
        for (size_t i = 0; i < im->row_n; i++) {
            const cb_str cells[] = {cb_str_cstr(im->rows[i].what), im->rows[i].subject, cb_str_cstr(cb_import_fate_name(im->rows[i].fate)),
                                    im->rows[i].as};

            cb_table_row(table, cells);
        }
        cb_table_print(table, stdout);
        return;
    }
    root = cb_node_new(im->arena, CB_OBJECT);
    items = cb_node_new(im->arena, CB_ARRAY);
    for (size_t i = 0; i < im->row_n; i++) {
        struct cb_node *item = cb_node_new(im->arena, CB_OBJECT);

        cb_node_put(item, CB_LIT("what"), cb_node_string(im->arena, cb_str_cstr(im->rows[i].what)));
        cb_node_put(item, CB_LIT("subject"), cb_node_string(im->arena, im->rows[i].subject));
        cb_node_put(item, CB_LIT("fate"), cb_node_string(im->arena, cb_str_cstr(cb_import_fate_name(im->rows[i].fate))));
        cb_node_put(item, CB_LIT("as"), cb_node_string(im->arena, im->rows[i].as));
        cb_node_push(items, item);
    }
    cb_node_put(root, CB_LIT("items"), items);
    cb_node_put(root, CB_LIT("configuration"), cb_node_copy(im->arena, config));
    cb_node_dump(&json, root);
    cb_command_print(output, cb_buf_str(&json));
    cb_buf_fini(&json);
}

static enum cb_code import_all(struct cb_import *im, const struct import_flags *f, enum cb_output output, int argc, char **argv, int *status,
                               struct cb_err *err)
{
    const char *files[CB_APP_CONFIG_FILE_N + 1];
    struct cb_node *config = cb_node_new(im->arena, CB_OBJECT), *app;
    bool exists = false, changed;
    cb_str dir = CB_LIT(".");
    size_t n = 0, not_n = 0;
    enum cb_code rc;

    for (int i = 1; i < argc && n <= CB_APP_CONFIG_FILE_N; i++)
        files[n++] = argv[i];
    if (n) {
        for (size_t i = strlen(files[0]); i > 0; i--)
            if (files[0][i - 1] == '/') {
                dir = cb_str_make(files[0], i);
                break;
            }
        if ((rc = cb_app_config_read(&app, im->arena, files, n, err)) != CB_OK)
            return rc;
        cb_import_app_config(im, app, dir);
    }
    if (f->from && (rc = from_backstage(im, f, err)) != CB_OK)
        return rc;
    if (f->write && (rc = read_config(&config, &exists, im->arena, f->write, err)) != CB_OK)
        return rc;
    changed = cb_import_merge(im, config);
    if (f->write && changed && !f->dry_run && (rc = write_config(im->arena, config, f->write, exists, err)) != CB_OK)
        return rc;
    print(im, config, output);
    for (size_t i = 0; i < im->row_n; i++)
        not_n += im->rows[i].fate == CB_IMPORT_COULD_NOT;
    if (!f->write && changed && output == CB_OUTPUT_TABLE)
        fprintf(stderr, "callboard import: no configuration was written: --write callboard.yaml does, -o yaml shows it\n");
    *status = not_n ? CB_EXIT_NO : CB_EXIT_DONE;
    return CB_OK;
}

static int import(int argc, char **argv)
{
    struct import_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {
        {"--from", 0, &f.from, NULL},   {"--token", 0, &f.token, NULL},   {"--to", 0, &f.to, NULL},         {"--to-token", 0, &f.to_token, NULL},
        {"--write", 'w', &f.write, NULL}, {"--output", 'o', &f.output, NULL}, {"--dry-run", 0, NULL, &f.dry_run},
    };
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_import im;
    struct cb_arena *a;
    struct cb_err err;
    int status = CB_EXIT_DONE;
    char *with_from[CB_APP_CONFIG_FILE_N + 2];
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_import, &argc, argv, flags, CB_COUNT(flags), &helped) || !cb_command_output(&output, &cb_cmd_import, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc > CB_APP_CONFIG_FILE_N)
        return cb_command_usage(&cb_cmd_import, "so many files are not merged");
    if (f.from && !is_url(f.from)) { /* a file: the first of those that are merged */
        with_from[0] = argv[0];
        with_from[1] = (char *)(uintptr_t)f.from;
        for (int i = 1; i < argc; i++)
            with_from[i + 1] = argv[i];
        argv = with_from;
        argc++;
        f.from = NULL;
    }
    if (!f.from && argc < 2)
        return cb_command_usage(&cb_cmd_import, "from where? --from URL, or --from app-config.yaml");
    if (f.to && !f.from)
        return cb_command_usage(&cb_cmd_import, "--to takes the registered locations of --from URL; those of a file become sources");
    a = cb_arena_new();
    cb_import_begin(&im, a);
    rc = import_all(&im, &f, output, argc, argv, &status, &err);
    cb_arena_free(a);
    return rc == CB_OK ? status : cb_command_fail(&cb_cmd_import, &err);
}

const struct cb_command cb_cmd_import = {
    .name = "import",
    .usage = "import [--from URL [--token T]] [--to URL [--to-token T]] [--write FILE] [--dry-run] [APP-CONFIG.yaml...]",
    .sentence = "Take over the locations, rules and integrations of a Backstage",
    .help = "      --from URL        a running Backstage's back end: its registered locations; or a first APP-CONFIG file\n"
            "      --token TOKEN     for it; file:PATH keeps it off the command line\n"
            "      --to URL          register them at this callboard (--to-token); without it they become sources\n"
            "  APP-CONFIG.yaml...    merged as Backstage merges its --config files; ${ENV}, $env and $file stay references\n"
            "  -w, --write FILE      put sources, rules and integrations into this callboard.yaml; what is there stays\n"
            "      --dry-run         change nothing, say what would be\n"
            "  -o, --output FORMAT   table, json, yaml\n\n"
            "Exit status 1: something could not be taken over; its row says why, and what to do instead.\n",
    .run = import,
};
