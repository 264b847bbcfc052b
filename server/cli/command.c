#include "server/cli/command.h"

#include <stdlib.h>

#include "catalog/base/log.h"
#include "catalog/base/node.h"
#include "catalog/base/vec.h"
#include "catalog/persist/local_pg.h"

static const struct cb_command *const commands[] = {
    &cb_cmd_serve, &cb_cmd_check, &cb_cmd_sync, &cb_cmd_query, &cb_cmd_graph, &cb_cmd_history, &cb_cmd_explain, &cb_cmd_watch, &cb_cmd_template, &cb_cmd_panel, &cb_cmd_plugin, &cb_cmd_token, &cb_cmd_migrate,
    &cb_cmd_import, &cb_cmd_compare, &cb_cmd_routes,
};

/* ---- main, help */

static void print_all(FILE *out)
{
    fputs("callboard: an internal developer portal over your Git repositories\n\nusage: callboard COMMAND [flags]\n\n", out);
    for (size_t i = 0; i < CB_COUNT(commands); i++)
        if (commands[i]->sentence)
            fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->sentence);
    fputs("\ncallboard COMMAND --help says more; callboard --version prints the version.\n"
          "exit status: 0 done, 1 the answer is no, 2 usage, 3 could not\n",
          out);
}

int cb_command_main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name) {
        print_all(stderr);
        return CB_EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_all(stdout);
        return CB_EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("callboard " CB_VERSION);
        return CB_EXIT_DONE;
    }
    cb_log_set_level(CB_LOG_WARN); /* serve sets its own */
    for (size_t i = 0; i < CB_COUNT(commands); i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    fprintf(stderr, "callboard: there is no command \"%s\": callboard --help lists them\n", name);
    return CB_EXIT_USAGE;
}

static void print_help(const struct cb_command *c)
{
    printf("usage: callboard %s\n\n%s.\n", c->usage, c->sentence ? c->sentence : "For callboard's own tests");
    if (c->help)
        printf("\n%s", c->help);
}

int cb_command_usage(const struct cb_command *c, const char *sentence)
{
    fprintf(stderr, "callboard %s: %s\nusage: callboard %s\n", c->name, sentence, c->usage);
    return CB_EXIT_USAGE;
}

int cb_command_fail(const struct cb_command *c, const struct cb_err *err)
{
    fprintf(stderr, "callboard %s: %s\n", c->name, err->text);
    switch (err->code) {
    case CB_EINVAL:
        return CB_EXIT_USAGE;
    case CB_ENOTFOUND:
        return CB_EXIT_NO;
    default:
        return CB_EXIT_COULD_NOT;
    }
}

/* ---- flags */

static const struct cb_flag *flag_of(const char *arg, const struct cb_flag *flags, size_t n, const char **value)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(flags[i].name);

        *value = NULL;
        if (strncmp(arg, flags[i].name, len) == 0 && (arg[len] == '\0' || arg[len] == '=')) {
            if (arg[len] == '=')
                *value = arg + len + 1;
            return &flags[i];
        }
        if (flags[i].letter && arg[0] == '-' && arg[1] == flags[i].letter) {
            if (arg[2])
                *value = arg + 2;
            return &flags[i];
        }
    }
    return NULL;
}

bool cb_command_flags(const struct cb_command *c, int *argc, char **argv, const struct cb_flag *flags, size_t flag_n, bool *helped)
{
    int kept = 1, n = *argc;

    *helped = false;
    for (int i = 1; i < n; i++) {
        const struct cb_flag *flag;
        const char *value;

        if (strcmp(argv[i], "--") == 0) {
            while (++i < n)
                argv[kept++] = argv[i];
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[kept++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(c);
            *helped = true;
            return true;
        }
        flag = flag_of(argv[i], flags, flag_n, &value);
        if (!flag || (flag->set && value)) {
            fprintf(stderr, "callboard %s: there is no flag %s: callboard %s --help lists them\n", c->name, argv[i], c->name);
            return false;
        }
        if (flag->set) {
            *flag->set = true;
            continue;
        }
        if (!value && i + 1 >= n) {
            fprintf(stderr, "callboard %s: %s needs a value\n", c->name, flag->name);
            return false;
        }
        *flag->text = value ? value : argv[++i];
    }
    *argc = kept;
    return true;
}

bool cb_command_output(enum cb_output *out, const struct cb_command *c, const char *text)
{
    static const char *const names[] = {"table", "json", "yaml"};

    for (size_t i = 0; i < CB_COUNT(names); i++) {
        if (text && strcmp(text, names[i]) == 0) {
            *out = (enum cb_output)i;
            return true;
        }
    }
    if (text)
        fprintf(stderr, "callboard %s: -o takes table, json or yaml, not %s\n", c->name, text);
    return !text;
}

/* ---- JSON and YAML */

static void indent(struct cb_buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        cb_buf_put_cstr(out, "  ");
}

static void pretty(struct cb_buf *out, const struct cb_node *n, int depth)
{
    bool object = n->type == CB_OBJECT;

    if ((!object && n->type != CB_ARRAY) || !n->first) {
        cb_node_dump(out, n);
        return;
    }
    cb_buf_put_cstr(out, object ? "{\n" : "[\n");
    for (const struct cb_node *child = n->first; child; child = child->next) {
        indent(out, depth + 1);
        if (object) {
            cb_buf_put_json(out, child->key);
            cb_buf_put_cstr(out, ": ");
        }
        pretty(out, child, depth + 1);
        cb_buf_put_cstr(out, child->next ? ",\n" : "\n");
    }
    indent(out, depth);
    cb_buf_put_char(out, object ? '}' : ']');
}

void cb_command_print(enum cb_output output, cb_str json)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf out = CB_BUF_INIT;
    struct cb_node *root;
    struct cb_err err;

    if (cb_node_parse(&root, a, json, &err) != CB_OK) {
        cb_buf_put_str(&out, json);
    } else if (output == CB_OUTPUT_YAML && root->first) {
        cb_node_dump_yaml(&out, root);
    } else {
        pretty(&out, root, 0);
        cb_buf_put_char(&out, '\n');
    }
    fwrite(out.p, 1, out.n, stdout);
    cb_buf_fini(&out);
    cb_arena_free(a);
}

/* ---- tables */

struct cb_table {
    size_t column_n;
    CB_VEC(cb_str) cells;
};

struct cb_table *cb_table_new(const char *const *heads, size_t column_n)
{
    struct cb_table *t = calloc(1, sizeof(*t));

    if (!t)
        abort();
    t->column_n = column_n;
    for (size_t i = 0; i < column_n; i++)
        cb_vec_push(&t->cells, cb_str_cstr(heads[i]));
    return t;
}

void cb_table_row(struct cb_table *t, const cb_str *cells)
{
    for (size_t i = 0; i < t->column_n; i++)
        cb_vec_push(&t->cells, cells[i]);
}

/* Characters, not bytes: continuation bytes take no place. */
static size_t width(cb_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* A cell is one line of a terminal: no control byte of a stranger's reaches it. */
static void put_cell(FILE *out, cb_str cell)
{
    for (size_t i = 0; i < cell.n; i++) {
        unsigned char byte = (unsigned char)cell.p[i];

        fputc(byte < 0x20 || byte == 0x7F ? ' ' : byte, out);
    }
}

void cb_table_print(struct cb_table *t, FILE *out)
{
    size_t *widths = calloc(t->column_n, sizeof(*widths));

    if (!widths)
        abort();
    for (size_t i = 0; i < t->cells.n; i++)
        if (width(t->cells.v[i]) > widths[i % t->column_n])
            widths[i % t->column_n] = width(t->cells.v[i]);
    for (size_t i = 0; i < t->cells.n; i++) {
        size_t column = i % t->column_n, rest = t->column_n - column - 1;
        bool last = true; /* nothing but empty cells behind it: no blanks at a line's end */

        for (size_t k = 1; k <= rest; k++)
            last &= t->cells.v[i + k].n == 0;
        put_cell(out, t->cells.v[i]);
        if (rest == 0)
            fputc('\n', out);
        else if (!last)
            fprintf(out, "%*s", (int)(widths[column] - width(t->cells.v[i]) + 2), "");
    }
    free(widths);
    cb_table_free(t);
}

void cb_table_free(struct cb_table *t)
{
    cb_vec_fini(&t->cells);
    free(t);
}

/* ---- the database */

#define COMMAND_CONNECTIONS 2

/* Where the database of CONFIG is. */
static enum cb_code find_database(char **url, const struct cb_config *config, struct cb_err *err)
{
    struct cb_arena *a;
    struct cb_err why;
    cb_str dir;
    enum cb_code rc;

    if (config->database.n) {
        if (!(*url = strdup(config->database.p)))
            abort();
        return CB_OK;
    }
    a = cb_arena_new();
    dir = cb_arena_printf(a, "%" CB_FMT "/postgres", CB_ARG(config->data_dir));
    rc = cb_local_pg_find(url, dir.p, &why);
    cb_arena_free(a);
    if (rc == CB_ENOTFOUND)
        return cb_fail(err, CB_EUNAVAILABLE,
                       "no callboard runs on %" CB_FMT " (%s): start one with `callboard serve`, or name its configuration with --config",
                       CB_ARG(config->data_dir), why.text);
    return rc == CB_OK ? CB_OK : cb_fail(err, rc, "%s", why.text);
}

enum cb_code cb_command_open(struct cb_opened *out, const struct cb_config_flags *from, bool connect, struct cb_err *err)
{
    enum cb_code rc;

    *out = (struct cb_opened){0};
    if ((rc = cb_config_load(&out->config, from, err)) != CB_OK || (rc = find_database(&out->url, out->config, err)) != CB_OK ||
        (rc = cb_pool_new(&out->pool, out->url, COMMAND_CONNECTIONS, err)) != CB_OK)
        return rc;
    return connect ? cb_pool_take(&out->conn, out->pool, CB_COMMAND_WAIT_US, err) : CB_OK;
}

void cb_command_close(struct cb_opened *o)
{
    if (o->pool) {
        cb_pool_give(o->pool, o->conn);
        cb_pool_free(o->pool);
    }
    free(o->url);
    cb_config_free(o->config);
}
