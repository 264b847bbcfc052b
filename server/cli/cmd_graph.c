/* callboard graph: the neighbourhood of an entity, as a tree to read or as data. */
#include <stdlib.h>

#include "catalog/base/node.h"
#include "catalog/relate/walk.h"
#include "server/cli/serve_catalog.h"

struct graph_flags {
    struct cb_config_flags from;
    const char *at, *depth, *direction, *relation, *output;
};

static enum cb_code options(struct cb_walk_opts *out, const struct graph_flags *f, struct cb_err *err)
{
    static const char *const directions[] = {"both", "out", "in"};
    cb_str rest = cb_str_cstr(f->relation), part;

    *out = (struct cb_walk_opts)CB_WALK_OPTS_INIT;
    if (f->depth && !cb_str_to_int(&out->depth, cb_str_cstr(f->depth), 1, CB_WALK_DEPTH_MAX))
        return cb_fail(err, CB_EINVAL, "--depth is a number from 1 to %d, not \"%s\"", CB_WALK_DEPTH_MAX, f->depth);
    if (f->direction) {
        size_t i = 0;

        while (i < CB_COUNT(directions) && strcmp(f->direction, directions[i]) != 0)
            i++;
        if (i == CB_COUNT(directions))
            return cb_fail(err, CB_EINVAL, "--direction is both, out or in, not \"%s\"", f->direction);
        out->direction = (enum cb_walk_direction)i;
    }
    while (f->relation && cb_str_split(&part, &rest, ',')) {
        int type = cb_relation_find(cb_str_trim(part), true);

        if (type < 0)
            return cb_fail(err, CB_EINVAL, "there is no relation \"%" CB_FMT "\" (ownedBy, dependsOn, partOf, providesApi, ...)", CB_ARG(part));
        out->types |= UINT64_C(1) << type;
    }
    return CB_OK;
}

static void print_edges(const struct cb_walk *w)
{
    static const char *const heads[] = {"FROM", "RELATION", "TO", ""};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));

    for (size_t i = 0; i < w->edge_n; i++) {
        const struct cb_walk_node *to = &w->nodes[w->edges[i].to];
        const cb_str cells[] = {w->nodes[w->edges[i].from].id, cb_relations[w->edges[i].type].name, to->id,
                                to->missing ? CB_LIT("(missing)") : CB_LIT("")};

        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
    fprintf(stderr, "%zu entities, %zu relations", w->node_n, w->edge_n);
    if (w->truncated)
        fprintf(stderr, "; %zu more neighbours are left out", w->left_out_n);
    fputc('\n', stderr);
}

static void print_data(struct cb_arena *a, const struct cb_walk *w, enum cb_output output)
{
    struct cb_node *root = cb_node_new(a, CB_OBJECT), *nodes = cb_node_new(a, CB_ARRAY), *edges = cb_node_new(a, CB_ARRAY);
    struct cb_buf out = CB_BUF_INIT;

    for (size_t i = 0; i < w->node_n; i++) {
        struct cb_node *n = cb_node_new(a, CB_OBJECT);

        cb_node_put(n, CB_LIT("ref"), cb_node_string(a, w->nodes[i].id));
        cb_node_put(n, CB_LIT("hop"), cb_node_int(a, w->nodes[i].hop));
        cb_node_put(n, CB_LIT("missing"), cb_node_bool(a, w->nodes[i].missing));
        cb_node_push(nodes, n);
    }
    for (size_t i = 0; i < w->edge_n; i++) {
        struct cb_node *n = cb_node_new(a, CB_OBJECT);

        cb_node_put(n, CB_LIT("from"), cb_node_string(a, w->nodes[w->edges[i].from].id));
        cb_node_put(n, CB_LIT("to"), cb_node_string(a, w->nodes[w->edges[i].to].id));
        cb_node_put(n, CB_LIT("type"), cb_node_string(a, cb_relations[w->edges[i].type].name));
        cb_node_push(edges, n);
    }
    cb_node_put(root, CB_LIT("nodes"), nodes);
    cb_node_put(root, CB_LIT("edges"), edges);
    cb_node_put(root, CB_LIT("truncated"), cb_node_bool(a, w->truncated));
    cb_node_put(root, CB_LIT("leftOut"), cb_node_int(a, (int64_t)w->left_out_n));
    cb_node_dump(&out, root);
    cb_command_print(output, cb_buf_str(&out));
    cb_buf_fini(&out);
}

static enum cb_code walk(struct cb_arena *a, const struct cb_snapshot *s, const struct graph_flags *f, enum cb_output output,
                         const char *ref_text, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    struct cb_walk_opts opts;
    struct cb_walk w;
    struct cb_ref ref;
    enum cb_code rc;

    if ((rc = options(&opts, f, err)) != CB_OK || (rc = cb_ref_parse(&ref, cb_str_cstr(ref_text), &defaults, err)) != CB_OK ||
        (rc = cb_walk_from(&w, s, cb_ref_id(a, &ref), &opts, a, err)) != CB_OK)
        return rc;
    if (output == CB_OUTPUT_TABLE)
        print_edges(&w);
    else
        print_data(a, &w, output);
    return CB_OK;
}

static int graph(int argc, char **argv)
{
    struct graph_flags f = {0};
    bool helped;
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},     {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL}, {"--depth", 'd', &f.depth, NULL},
                              {"--direction", 0, &f.direction, NULL},    {"--relation", 'r', &f.relation, NULL},
                              {"--at", 0, &f.at, NULL},
                              {"--output", 'o', &f.output, NULL}};
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_cli_catalog c;
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_graph, &argc, argv, flags, CB_COUNT(flags), &helped) ||
        !cb_command_output(&output, &cb_cmd_graph, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (argc != 2)
        return cb_command_usage(&cb_cmd_graph, "name one entity");
    a = cb_arena_new();
    if ((rc = cb_cli_catalog_open_at(&c, &f.from, f.at, &err)) == CB_OK)
        rc = walk(a, c.snapshot, &f, output, argv[1], &err);
    cb_cli_catalog_close(&c);
    cb_arena_free(a);
    return rc == CB_OK ? CB_EXIT_DONE : cb_command_fail(&cb_cmd_graph, &err);
}

const struct cb_command cb_cmd_graph = {
    .name = "graph",
    .usage = "graph [--depth 1..8] [--direction both|out|in] [--relation TYPE,...] [--at MOMENT] [-o table|json|yaml] REF",
    .sentence = "Show what is around an entity",
    .help = "  REF                   component:default/checkout; kind and namespace may be left out\n"
            "  -d, --depth N         hops, 1 to 8\n"
            "      --direction D     both, out (what it points at), in (what points at it)\n"
            "  -r, --relation TYPES  only these: ownedBy, dependsOn, partOf, providesApi, ...\n"
            "      --at MOMENT       as it was: a generation, a time, a commit\n"
            "  -o, --output FORMAT   table, json, yaml\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n",
    .run = graph,
};
