/* callboard graph: what is around an entity, who breaks with it, ways, rings, what is missing; as a table, as data, as a drawing. */
#include <stdlib.h>

#include "catalog/base/node.h"
#include "catalog/relate/walk.h"
#include "server/cli/graph_ask.h"
#include "server/cli/serve_catalog.h"

struct graph_flags {
    struct cb_config_flags from;
    struct cb_graph_ask ask;
    const char *at, *output;
    bool dot;
};

/* The words before and behind the entities. */
static bool read_question(struct cb_graph_ask *ask, int argc, char **argv)
{
    static const struct {
        const char *word;
        enum cb_graph_question question;
    } behind[] = {{"impact", CB_GRAPH_IMPACT}, {"needs", CB_GRAPH_NEEDS}}, alone[] = {{"cycles", CB_GRAPH_CYCLES}, {"dangling", CB_GRAPH_DANGLING}};

    ask->from = argc > 1 ? argv[1] : NULL;
    if (argc == 2) {
        for (size_t i = 0; i < CB_COUNT(alone); i++)
            if (strcmp(argv[1], alone[i].word) == 0)
                ask->question = alone[i].question;
        return true;
    }
    if (argc == 4 && strcmp(argv[1], "path") == 0) {
        *ask = (struct cb_graph_ask){CB_GRAPH_PATH, argv[2], argv[3], ask->depth, ask->direction, ask->relation, ask->kind, ask->owner, ask->limit};
        return true;
    }
    for (size_t i = 0; argc == 3 && i < CB_COUNT(behind); i++)
        if (strcmp(argv[2], behind[i].word) == 0) {
            ask->question = behind[i].question;
            return true;
        }
    return false;
}

static const char *const directions[] = {"both", "out", "in"};

/* Index in directions; *OUT stays when TEXT is NULL. */
static enum cb_code read_direction(size_t *out, const char *text, struct cb_err *err)
{
    for (size_t i = 0; text && i < CB_COUNT(directions); i++)
        if (strcmp(text, directions[i]) == 0) {
            *out = i;
            return CB_OK;
        }
    return text ? cb_fail(err, CB_EINVAL, "--direction is both, out or in, not \"%s\"", text) : CB_OK;
}

static enum cb_code options(struct cb_walk_opts *out, const struct cb_graph_ask *ask, struct cb_err *err)
{
    size_t direction = CB_WALK_BOTH;
    enum cb_code rc;

    *out = (struct cb_walk_opts)CB_WALK_OPTS_INIT;
    if ((rc = cb_graph_number(&out->depth, "--depth", ask->depth, 1, CB_WALK_DEPTH_MAX, err)) != CB_OK ||
        (rc = cb_graph_number(&out->node_max, "--limit", ask->limit, 1, CB_WALK_NODE_MAX, err)) != CB_OK ||
        (rc = read_direction(&direction, ask->direction, err)) != CB_OK ||
        (ask->relation && (rc = cb_types_parse(&out->types, cb_str_cstr(ask->relation), err)) != CB_OK))
        return rc;
    out->direction = (enum cb_walk_direction)direction;
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

static void print_data(struct cb_arena *a, const struct cb_walk *w, enum cb_output output, bool dot)
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
    if (dot)
        cb_graph_print_dot(a, cb_buf_str(&out), CB_GRAPH_AROUND);
    else
        cb_command_print(output, cb_buf_str(&out));
    cb_buf_fini(&out);
}

static enum cb_code walk(struct cb_arena *a, const struct cb_snapshot *s, const struct graph_flags *f, enum cb_output output,
                         struct cb_err *err)
{
    struct cb_walk_opts opts;
    struct cb_walk w;
    enum cb_code rc;
    cb_str id;

    if ((rc = options(&opts, &f->ask, err)) != CB_OK || (rc = cb_graph_ref(&id, a, f->ask.from, err)) != CB_OK ||
        (rc = cb_walk_from(&w, s, id, &opts, a, err)) != CB_OK)
        return rc;
    if (output == CB_OUTPUT_TABLE && !f->dot)
        print_edges(&w);
    else
        print_data(a, &w, output, f->dot);
    return CB_OK;
}

static enum cb_code ask(bool *none, struct cb_arena *a, const struct cb_snapshot *s, const struct graph_flags *f, enum cb_output output,
                        struct cb_err *err)
{
    struct cb_buf out = CB_BUF_INIT;
    size_t direction;
    enum cb_code rc;

    if ((rc = read_direction(&direction, f->ask.direction, err)) == CB_OK && (rc = cb_graph_answer(&out, none, a, s, &f->ask, err)) == CB_OK) {
        if (f->dot)
            cb_graph_print_dot(a, cb_buf_str(&out), f->ask.question);
        else if (output == CB_OUTPUT_TABLE)
            cb_graph_print_table(a, cb_buf_str(&out), f->ask.question);
        else
            cb_command_print(output, cb_buf_str(&out));
    }
    cb_buf_fini(&out);
    return rc;
}

static int graph(int argc, char **argv)
{
    struct graph_flags f = {0};
    bool helped, none = false;
    struct cb_flag flags[] = {{"--config", 'c', &f.from.file, NULL},       {"--data-dir", 0, &f.from.data_dir, NULL},
                              {"--database", 0, &f.from.database, NULL},   {"--depth", 'd', &f.ask.depth, NULL},
                              {"--direction", 0, &f.ask.direction, NULL},  {"--relation", 'r', &f.ask.relation, NULL},
                              {"--kind", 0, &f.ask.kind, NULL},            {"--owner", 0, &f.ask.owner, NULL},
                              {"--limit", 0, &f.ask.limit, NULL},          {"--at", 0, &f.at, NULL},
                              {"--output", 'o', &f.output, NULL}};
    enum cb_output output = CB_OUTPUT_TABLE;
    struct cb_cli_catalog c;
    struct cb_arena *a;
    struct cb_err err;
    enum cb_code rc;

    if (!cb_command_flags(&cb_cmd_graph, &argc, argv, flags, CB_COUNT(flags), &helped))
        return CB_EXIT_USAGE;
    f.dot = f.output && strcmp(f.output, "dot") == 0;
    if (!f.dot && !cb_command_output(&output, &cb_cmd_graph, f.output))
        return CB_EXIT_USAGE;
    if (helped)
        return CB_EXIT_DONE;
    if (!read_question(&f.ask, argc, argv))
        return cb_command_usage(&cb_cmd_graph, "name one entity, and impact or needs behind it; path and two; cycles; or dangling");
    a = cb_arena_new();
    if ((rc = cb_cli_catalog_open_at(&c, &f.from, f.at, &err)) == CB_OK)
        rc = f.ask.question == CB_GRAPH_AROUND ? walk(a, c.snapshot, &f, output, &err) : ask(&none, a, c.snapshot, &f, output, &err);
    cb_cli_catalog_close(&c);
    cb_arena_free(a);
    if (rc != CB_OK)
        return cb_command_fail(&cb_cmd_graph, &err);
    return none ? CB_EXIT_NO : CB_EXIT_DONE;
}

const struct cb_command cb_cmd_graph = {
    .name = "graph",
    .usage = "graph [-d N] [--direction both|out|in] [--relation TYPE,...] [--kind KIND,...] [--owner REF] [--limit N] [--at MOMENT] "
             "[-o table|json|yaml|dot] REF [impact|needs] | path REF REF | cycles | dangling",
    .sentence = "Show what is around an entity, who breaks with it, ways, rings, what is missing",
    .help = "  REF                   what is around it: component:default/checkout; kind and namespace may be left out\n"
            "  REF impact            who breaks if it breaks, near or far\n"
            "  REF needs             what must be up for it to work\n"
            "  path REF REF          the shortest ways from one to the other; exit status 1 when there is none\n"
            "  cycles                entities that need each other in a ring (an entity of that name: component:cycles)\n"
            "  dangling              what is named and nobody has registered (the same)\n"
            "  -d, --depth N         hops: 1 to 8 around an entity, 1 to 64 of impact and needs\n"
            "      --direction D     both, out (what it points at), in (what points at it); around an entity and of path\n"
            "  -r, --relation TYPES  only these: ownedBy, dependsOn, partOf, providesApi, ...\n"
            "      --kind KINDS      only these; of impact, needs, cycles, dangling\n"
            "      --owner REF       only what this one owns; the same\n"
            "      --limit N         at most so many entities, ways, rings, refs\n"
            "      --at MOMENT       as it was: a generation, a time, a commit\n"
            "  -o, --output FORMAT   table, json, yaml, dot (for Graphviz)\n"
            "  -c, --config FILE     callboard.yaml (or --database URL, --data-dir DIR)\n",
    .run = graph,
};
