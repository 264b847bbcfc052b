/* callboard query: the query engine on the database's catalog, without a socket. */
#include <stdlib.h>

#include "catalog/base/node.h"
#include "catalog/base/vec.h"
#include "catalog/search/query.h"
#include "server/cli/serve_catalog.h"

#define QUERY_LIMIT 100
#define QUERY_LIMIT_MAX 1000000

struct query_flags {
    struct cb_config_flags from;
    const char *at, *order, *text, *in, *fields, *limit, *offset, *facet, *output;
    bool count;
};

static enum cb_code number(int64_t *out, const char *text, const char *flag, int64_t preset, int64_t min, struct cb_err *err)
{
    *out = preset;
    if (text && !cb_str_to_int(out, cb_str_cstr(text), min, QUERY_LIMIT_MAX))
        return cb_fail(err, CB_EINVAL, "%s is a whole number from %lld to %d, not \"%s\"", flag, (long long)min, QUERY_LIMIT_MAX, text);
    return CB_OK;
}

static size_t split(cb_str *out, size_t most, const char *text)
{
    cb_str rest = cb_str_cstr(text), part;
    size_t n = 0;

    while (text && n < most && cb_str_split(&part, &rest, ','))
        if (cb_str_trim(part).n)
            out[n++] = cb_str_trim(part);
    return n;
}

/* "name", "-name" or "name:desc" */
static size_t orders(struct cb_order *out, const char *text)
{
    cb_str parts[CB_ORDER_FIELD_MAX];
    size_t n = split(parts, CB_COUNT(parts), text);

    for (size_t i = 0; i < n; i++) {
        out[i] = (struct cb_order){.field = parts[i]};
        if (parts[i].p[0] == '-')
            out[i] = (struct cb_order){cb_str_sub(parts[i], 1, parts[i].n), true};
        else if (cb_str_ends(parts[i], CB_LIT(":desc")))
            out[i] = (struct cb_order){cb_str_sub(parts[i], 0, parts[i].n - 5), true};
        else if (cb_str_ends(parts[i], CB_LIT(":asc")))
            out[i].field = cb_str_sub(parts[i], 0, parts[i].n - 4);
    }
    return n;
}

static cb_str at(struct cb_arena *a, const struct cb_node *entity, const char *path)
{
    const struct cb_node *n = cb_node_path(entity, path);

    return n ? cb_node_scalar(a, n) : CB_LIT("");
}

static void print_page(struct cb_arena *a, const struct cb_snapshot *s, const struct cb_page *page)
{
    static const char *const heads[] = {"REF", "TYPE", "LIFECYCLE", "OWNER", "TITLE"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));

    for (size_t i = 0; i < page->n; i++) {
        struct cb_node *entity;
        struct cb_err err;

        if (cb_node_parse(&entity, a, cb_doc_body(s, page->docs[i]), &err) != CB_OK)
            continue;
        const cb_str cells[] = {cb_doc_id(s, page->docs[i]), at(a, entity, "spec.type"), at(a, entity, "spec.lifecycle"),
                                at(a, entity, "spec.owner"), at(a, entity, "metadata.title")};
        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
    fprintf(stderr, "%zu of %zu\n", page->n, page->total);
}

static void print_entities(const struct cb_snapshot *s, const struct cb_page *page, const struct cb_fields *fields, enum cb_output output)
{
    struct cb_buf out = CB_BUF_INIT;

    for (size_t i = 0; i < page->n; i++) {
        cb_buf_put_char(&out, i ? ',' : '[');
        if (fields)
            cb_fields_put(&out, fields, s, page->docs[i]);
        else
            cb_doc_put(&out, s, page->docs[i]);
    }
    cb_buf_put_cstr(&out, page->n ? "]" : "[]");
    cb_command_print(output, cb_buf_str(&out));
    cb_buf_fini(&out);
}

static enum cb_code facets(struct cb_arena *a, const struct cb_snapshot *s, const struct cb_filter *filter, const struct query_flags *f,
                           enum cb_output output, struct cb_err *err)
{
    static const char *const heads[] = {"FACET", "VALUE", "COUNT"};
    cb_str names[CB_FACET_MAX];
    size_t n = split(names, CB_COUNT(names), f->facet);
    struct cb_facet *found = CB_NEW_N(a, struct cb_facet, n + 1);
    struct cb_node *root = cb_node_new(a, CB_OBJECT);
    struct cb_table *table;
    struct cb_buf out = CB_BUF_INIT;
    enum cb_code rc = cb_facet_run(found, s, filter, names, n, a, err);

    if (rc != CB_OK)
        return rc;
    table = cb_table_new(heads, CB_COUNT(heads));
    for (size_t i = 0; i < n; i++) {
        struct cb_node *values = cb_node_new(a, CB_OBJECT);

        for (size_t k = 0; k < found[i].n; k++) {
            const cb_str cells[] = {found[i].name, found[i].values[k].value, cb_arena_printf(a, "%zu", found[i].values[k].n)};

            cb_table_row(table, cells);
            cb_node_set(values, found[i].values[k].value, cb_node_int(a, (int64_t)found[i].values[k].n));
        }
        cb_node_set(root, found[i].name, values);
    }
    cb_node_dump(&out, root);
    if (output == CB_OUTPUT_TABLE) {
        cb_table_print(table, stdout);
    } else {
        cb_table_free(table);
        cb_command_print(output, cb_buf_str(&out));
    }
    cb_buf_fini(&out);
    return CB_OK;
}

static enum cb_code ask(struct cb_arena *a, const struct cb_snapshot *s, const struct query_flags *f, enum cb_output output, int argc,
                        char **argv, int *status, struct cb_err *err)
{
    cb_str *filters = CB_NEW_N(a, cb_str, (size_t)argc), text_fields[CB_FIELD_MAX], field_list = cb_str_cstr(f->fields);
    struct cb_order order[CB_ORDER_FIELD_MAX];
    struct cb_query q = {.order = order, .count = true, .text = cb_str_cstr(f->text), .text_fields = text_fields};
    struct cb_fields *fields = NULL;
    struct cb_page page;
    enum cb_code rc;

    for (int i = 1; i < argc; i++)
        filters[i - 1] = cb_str_cstr(argv[i]);
    if ((rc = cb_filter_parse(&q.filter, a, filters, (size_t)argc - 1, err)) != CB_OK ||
        (rc = number(&q.limit, f->limit, "--limit", QUERY_LIMIT, 0, err)) != CB_OK ||
        (rc = number(&q.offset, f->offset, "--offset", 0, 0, err)) != CB_OK)
        return rc;
    if (f->facet)
        return facets(a, s, q.filter, f, output, err);
    q.order_n = orders(order, f->order);
    q.text_field_n = split(text_fields, CB_COUNT(text_fields), f->in ? f->in : "metadata.name,metadata.title,metadata.description");
    if ((rc = cb_query_run(&page, s, &q, a, err)) != CB_OK)
        return rc;
    if (f->fields && (rc = cb_fields_parse(&fields, a, &field_list, 1, true, err)) != CB_OK)
        return rc;
    *status = page.total ? CB_EXIT_DONE : CB_EXIT_NO;
    if (f->count)
        printf("%zu\n", page.total);
    else if (output == CB_OUTPUT_TABLE && !fields)
        print_page(a, s, &page);
    else
        print_entities(s, &page, fields, output);
    return CB_OK;
}

static int query(int argc, char **argv)
{
    struct query_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {
        {"--config", 'c', &f.from.file, NULL},     {"--data-dir", 0, &f.from.data_dir, NULL}, {"--database", 0, &f.from.database, NULL},
        {"--order", 0, &f.order, NULL},            {"--text", 't', &f.text, NULL},            {"--in", 0, &f.in, NULL},
        {"--fields", 'f', &f.fields, NULL},        {"--limit", 'n', &f.limit, NULL},          {"--offset", 0, &f.offset, NULL},
        {"--facet", 0, &f.facet, NULL},            {"--at", 0, &f.at, NULL},
                              {"--output", 'o', &f.output, NULL},        {"--count", 0, NULL, &f.count},
    };
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_cli_catalog c;
    struct cb_arena *a;
    struct cb_err err;
    int status = CB_EXIT_DONE;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_query, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_query, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    a = cb_arena_new();
    if ((rc = cb_cli_catalog_open_at(&c, &f.from, f.at, &err)) == CB_OK)
        rc = ask(a, c.snapshot, &f, output, argc, argv, &status, &err);
    cb_cli_catalog_close(&c);
    cb_arena_free(a);
    return rc == CB_OK ? status : cb_command_fail(&cb_cmd_query, &err);
}

const struct cb_command cb_cmd_query = {
    .name = "query",
    .usage = "query [--order FIELD,...] [--text TERM] [--fields F,...] [--count] [--facet F,...] [--at MOMENT] [-o table|json|yaml] [FILTER...]",
    .sentence = "Ask the catalog: 'kind=component,spec.type=service'",
    .help = "  FILTER                key, key=value, joined by commas: all must hold (the same key twice: either value);\n"
            "                        several FILTERs: one must hold\n"
            "      --order FIELDS    metadata.name, -spec.lifecycle, metadata.name:desc\n"
            "  -t, --text TERM       what must stand in one of the fields of --in\n"
            "      --in FIELDS       metadata.name,metadata.title,metadata.description\n"
            "  -f, --fields FIELDS   only these parts of the entities (JSON or YAML)\n"
            "  -n, --limit N         100; --offset N skips the first ones\n"
            "      --count           only how many\n"
            "      --facet FIELDS    how many of each value\n"
            "      --at MOMENT       as it was: a generation, a time, a commit\n"
            "  -o, --output FORMAT   table, json, yaml\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n\n"
            "Exit status 1: nothing matches.\n",
    .run = query,
};
