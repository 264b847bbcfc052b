/* callboard compare: does this callboard answer as that Backstage does? */
#include "catalog/base/clock.h"
#include "server/cli/command.h"
#include "server/cli/compare.h"
#include "server/config/option.h"

#define SHOWN_N 60 /* differences in a table, of each sort */

struct compare_flags {
    struct cb_config_flags from;
    const char *token, *with, *with_token, *filter, *sample, *seed, *requests, *time, *output;
};

static enum cb_code number(int64_t *out, const char *text, const char *flag, int64_t preset, int64_t most, struct cb_err *err)
{
    *out = preset;
    if (text && !cb_str_to_int(out, cb_str_cstr(text), 0, most))
        return cb_fail(err, CB_EINVAL, "%s is a whole number from 0 to %lld, not \"%s\"", flag, (long long)most, text);
    return CB_OK;
}

/* Where the callboard of a configuration listens. */
static enum cb_code own_url(cb_str *out, struct cb_arena *a, const struct cb_config_flags *from, struct cb_err *err)
{
    struct cb_config *config;
    enum cb_code rc = cb_config_load(&config, from, err);
    bool any, v6;

    if (rc != CB_OK)
        return rc;
    any = cb_str_eq(config->listen_host, CB_LIT("0.0.0.0")) || cb_str_eq(config->listen_host, CB_LIT("::"));
    v6 = cb_str_find_char(config->listen_host, ':', 0) != SIZE_MAX && !any;
    *out = cb_arena_printf(a, "%s://%s%" CB_FMT "%s:%lld", config->tls_key.n ? "https" : "http", v6 ? "[" : "",
                           CB_ARG(any ? CB_LIT("127.0.0.1") : config->listen_host), v6 ? "]" : "", (long long)config->listen_port);
    cb_config_free(config);
    return CB_OK;
}

static enum cb_code open_side(struct cb_upstream **out, struct cb_arena *a, cb_str url, const char *token,
                              const struct cb_upstream_limits *limits, struct cb_err *err)
{
    cb_str secret;
    enum cb_code rc = cb_option_secret(&secret, a, cb_str_cstr(token ? token : ""), CB_LIT("."), err);

    return rc != CB_OK ? rc : cb_upstream_open(out, url, secret, limits, err);
}

static const char *verdict(const struct cb_compare *c)
{
    return c->differ_n ? "differs" : c->known_n ? "equal, but for known deviations" : "equal";
}

static void print_rows(const struct cb_compare *c, bool known)
{
    static const char *const heads[] = {"WHAT", "WHICH", "FIELD", "THEIRS", "OURS", "WHY"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    size_t n = 0;

    for (size_t i = 0; i < c->row_n; i++) {
        const struct cb_compare_row *row = &c->rows[i];
        const cb_str cells[] = {cb_str_cstr(row->what), row->subject, row->field, cb_str_cut(row->theirs, 60), cb_str_cut(row->ours, 60), row->why};

        if (row->known == known && n++ < SHOWN_N)
            cb_table_row(table, cells);
    }
    if (n)
        cb_table_print(table, stdout);
    else
        cb_table_free(table);
    if (n > SHOWN_N)
        printf("... and %zu more: -o json has them\n", n - SHOWN_N);
}

static void print_table(const struct cb_compare *c)
{
    if (c->differ_n)
        printf("Differences\n");
    print_rows(c, false);
    if (c->known_n)
        printf("%sKnown deviations (docs/compatibility.md)\n", c->differ_n ? "\n" : "");
    print_rows(c, true);
    printf("%s%zu entities there, %zu here, %zu on both sides; %zu questions beside; %lld and %lld requests\n",
           c->differ_n + c->known_n ? "\n" : "", c->their_n, c->our_n, c->common_n, c->question_n, (long long)cb_upstream_asked(c->theirs),
           (long long)cb_upstream_asked(c->ours));
    printf("%s: %zu differences, %zu known deviations\n", verdict(c), c->differ_n, c->known_n);
}

static void put(struct cb_arena *a, struct cb_node *to, const char *key, cb_str text)
{
    cb_node_put(to, cb_str_cstr(key), cb_node_string(a, text));
}

static void print_json(const struct cb_compare *c, enum cb_output output)
{
    struct cb_arena *a = c->arena;
    struct cb_node *root = cb_node_new(a, CB_OBJECT), *items = cb_node_new(a, CB_ARRAY);
    struct cb_buf json = CB_BUF_INIT;

    put(a, root, "verdict", cb_str_cstr(verdict(c)));
    cb_node_put(root, CB_LIT("differences"), cb_node_int(a, (int64_t)c->differ_n));
    cb_node_put(root, CB_LIT("known"), cb_node_int(a, (int64_t)c->known_n));
    cb_node_put(root, CB_LIT("theirs"), cb_node_int(a, (int64_t)c->their_n));
    cb_node_put(root, CB_LIT("ours"), cb_node_int(a, (int64_t)c->our_n));
    cb_node_put(root, CB_LIT("common"), cb_node_int(a, (int64_t)c->common_n));
    cb_node_put(root, CB_LIT("questions"), cb_node_int(a, (int64_t)c->question_n));
    for (size_t i = 0; i < c->row_n; i++) {
        const struct cb_compare_row *row = &c->rows[i];
        struct cb_node *item = cb_node_new(a, CB_OBJECT);

        put(a, item, "what", cb_str_cstr(row->what));
        put(a, item, "which", row->subject);
        if (row->field.n)
            put(a, item, "field", row->field);
        put(a, item, "theirs", row->theirs);
        put(a, item, "ours", row->ours);
        put(a, item, "why", row->why);
        cb_node_put(item, CB_LIT("known"), cb_node_bool(a, row->known));
        cb_node_push(items, item);
    }
    cb_node_put(root, CB_LIT("items"), items);
    cb_node_dump(&json, root);
    cb_command_print(output, cb_buf_str(&json));
    cb_buf_fini(&json);
}

static enum cb_code run(struct cb_compare *c, const struct compare_flags *f, cb_str url, struct cb_err *err)
{
    struct cb_upstream_limits limits = {.time_us = INT64_C(600) * CB_S_US};
    cb_str with = cb_str_cstr(f->with);
    int64_t seed;
    enum cb_code rc;

    if ((rc = number(&c->sample_n, f->sample, "--sample", 40, 10000, err)) != CB_OK ||
        (rc = number(&seed, f->seed, "--seed", 1, INT64_MAX, err)) != CB_OK ||
        (rc = number(&limits.request_n, f->requests, "--requests", 5000, 1000000, err)) != CB_OK)
        return rc;
    if (f->time && (!cb_duration_parse(&limits.time_us, cb_str_cstr(f->time)) || limits.time_us < CB_S_US))
        return cb_fail(err, CB_EINVAL, "--time is a duration such as 5m, at least 1s");
    c->seed = (uint64_t)seed;
    c->filter = f->filter;
    if (!with.n && (rc = own_url(&with, c->arena, &f->from, err)) != CB_OK)
        return rc;
    if ((rc = open_side(&c->theirs, c->arena, url, f->token, &limits, err)) != CB_OK ||
        (rc = open_side(&c->ours, c->arena, with, f->with_token, &limits, err)) != CB_OK)
        return rc;
    return cb_compare_run(c, err);
}

static int compare(int argc, char **argv)
{
    struct compare_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {
        {"--config", 'c', &f.from.file, NULL}, {"--token", 0, &f.token, NULL},   {"--with", 0, &f.with, NULL},
        {"--with-token", 0, &f.with_token, NULL}, {"--filter", 'f', &f.filter, NULL}, {"--sample", 0, &f.sample, NULL},
        {"--seed", 0, &f.seed, NULL},          {"--requests", 0, &f.requests, NULL}, {"--time", 0, &f.time, NULL},
        {"--output", 'o', &f.output, NULL},
    };
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_compare c = {0};
    struct cb_err err;
    int status = CB_EXIT_DONE;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_compare, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_compare, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc != 2)
        return cb_command_usage(&cb_cmd_compare, "with whom? The URL of a Backstage's back end");
    c.arena = cb_arena_new();
    if ((rc = run(&c, &f, cb_str_cstr(argv[1]), &err)) == CB_OK) {
        status = c.differ_n ? CB_EXIT_NO : CB_EXIT_DONE;
        if (output == CB_OUTPUT_TABLE)
            print_table(&c);
        else
            print_json(&c, output);
    }
    cb_upstream_close(c.theirs);
    cb_upstream_close(c.ours);
    cb_arena_free(c.arena);
    if (rc == CB_OK)
        return status;
    status = cb_command_fail(&cb_cmd_compare, &err);
    return status == CB_EXIT_USAGE ? status : CB_EXIT_COULD_NOT; /* "no such thing" is no verdict */
}

const struct cb_command cb_cmd_compare = {
    .name = "compare",
    .usage = "compare URL [--token T] [-c callboard.yaml | --with URL2 [--with-token T2]] [--filter F] [-o table|json|yaml]",
    .sentence = "Ask a Backstage and this callboard the same, and say what differs and why",
    .help = "  URL                   the Backstage's back end; --token TOKEN for it (file:PATH keeps it off the command line)\n"
            "      --with URL2       the callboard; without it the one that -c, --config FILE says where to find\n"
            "      --with-token T2   for it\n"
            "  -f, --filter FILTER   only these entities: kind=component,metadata.namespace=default\n"
            "      --sample N        40 questions beside the entities themselves; --seed N draws others\n"
            "      --requests N      at most 5000 to each; --time 10m\n"
            "  -o, --output FORMAT   table, json, yaml\n\n"
            "Exit status 0: equal, or but for known deviations; 1: it differs; 3: it could not be asked.\n",
    .run = compare,
};
