#include "server/cli/graph_ask.h"

#include "catalog/base/node.h"
#include "catalog/entity/ref.h"

enum cb_code cb_graph_number(int64_t *out, const char *option, const char *text, int64_t min, int64_t max, struct cb_err *err)
{
    if (text && !cb_str_to_int(out, cb_str_cstr(text), min, max))
        return cb_fail(err, CB_EINVAL, "%s is a number from %lld to %lld, not \"%s\"", option, (long long)min, (long long)max, text);
    return CB_OK;
}

enum cb_code cb_graph_ref(cb_str *out, struct cb_arena *a, const char *text, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    struct cb_ref ref;
    enum cb_code rc = cb_ref_parse(&ref, cb_str_cstr(text), &defaults, err);

    if (rc == CB_OK)
        *out = cb_ref_id(a, &ref);
    return rc;
}

/* "component,API" in lower case. */
static size_t read_kinds(const cb_str **out, struct cb_arena *a, const char *text)
{
    cb_str rest = cb_str_cstr(text), part, *kinds = CB_NEW_N(a, cb_str, rest.n + 1);
    size_t n = 0;

    while (text && cb_str_split(&part, &rest, ','))
        if ((part = cb_str_trim(part)).n)
            kinds[n++] = cb_arena_lower(a, part);
    *out = kinds;
    return n;
}

/* ---- asking */

struct asking {
    struct cb_arena *a;
    const struct cb_snapshot *s;
    const struct cb_graph_ask *ask;
    uint64_t types;
    const cb_str *kinds;
    size_t kind_n;
    cb_str owner;
};

static enum cb_code ask_impact(struct cb_buf *out, bool *none, const struct asking *q, struct cb_err *err)
{
    struct cb_impact_opts opts = {.needs = q->ask->question == CB_GRAPH_NEEDS,
                                  .pairs = q->types,
                                  .depth = CB_REACH_HOP_MAX,
                                  .limit = CB_IMPACT_ITEM_MAX,
                                  .kinds = q->kinds,
                                  .kind_n = q->kind_n,
                                  .owner = q->owner};
    struct cb_impact impact;
    enum cb_code rc;
    cb_str id;

    if ((rc = cb_graph_number(&opts.depth, "--depth", q->ask->depth, 1, CB_REACH_HOP_MAX, err)) != CB_OK ||
        (rc = cb_graph_number(&opts.limit, "--limit", q->ask->limit, 0, CB_IMPACT_ITEM_MAX, err)) != CB_OK ||
        (rc = cb_graph_ref(&id, q->a, q->ask->from, err)) != CB_OK ||
        (rc = cb_impact_of(&impact, q->s, id, &opts, NULL, q->a, err)) != CB_OK)
        return rc;
    *none = false;
    cb_impact_json(out, cb_facts_new(q->s, q->a), &impact);
    return CB_OK;
}

static enum cb_code ask_path(struct cb_buf *out, bool *none, const struct asking *q, struct cb_err *err)
{
    int64_t most = 1;
    struct cb_paths paths;
    uint32_t from, to;
    enum cb_code rc;
    cb_str id;

    if ((rc = cb_graph_number(&most, "--limit", q->ask->limit, 1, CB_PATH_MAX, err)) != CB_OK ||
        (rc = cb_graph_ref(&id, q->a, q->ask->from, err)) != CB_OK || (rc = cb_ref_of(&from, q->s, id, err)) != CB_OK ||
        (rc = cb_graph_ref(&id, q->a, q->ask->to, err)) != CB_OK || (rc = cb_ref_of(&to, q->s, id, err)) != CB_OK ||
        (rc = cb_path_between(&paths, q->s, from, to, cb_types_toward(q->types, cb_str_cstr(q->ask->direction)), (size_t)most, NULL, q->a,
                              err)) != CB_OK)
        return rc;
    *none = paths.n == 0;
    cb_paths_json(out, cb_facts_new(q->s, q->a), from, to, &paths);
    return CB_OK;
}

static enum cb_code ask_cycles(struct cb_buf *out, bool *none, const struct asking *q, struct cb_err *err)
{
    struct cb_cycle_opts opts = {.kinds = q->kinds, .kind_n = q->kind_n, .owner = q->owner, .limit = CB_CYCLE_ITEM_MAX};
    struct cb_cycles all;
    enum cb_code rc;

    if ((rc = cb_graph_number(&opts.limit, "--limit", q->ask->limit, 0, CB_CYCLE_ITEM_MAX, err)) != CB_OK ||
        (rc = cb_cycle_all(&all, q->s, q->types ? cb_reach_types(q->types, true) : cb_cycle_usual(), NULL, q->a, err)) != CB_OK)
        return rc;
    *none = false;
    cb_cycles_json(out, cb_facts_new(q->s, q->a), &all, &opts, q->a);
    return CB_OK;
}

static enum cb_code ask_dangling(struct cb_buf *out, bool *none, const struct asking *q, struct cb_err *err)
{
    struct cb_dangling_opts opts = {
        .kinds = q->kinds, .kind_n = q->kind_n, .owner = q->owner, .pairs = q->types, .limit = CB_DANGLING_ITEM_MAX};
    struct cb_danglings all;
    enum cb_code rc;

    if ((rc = cb_graph_number(&opts.limit, "--limit", q->ask->limit, 0, CB_DANGLING_ITEM_MAX, err)) != CB_OK ||
        (rc = cb_danglings_of(&all, q->s, &opts, NULL, q->a, err)) != CB_OK)
        return rc;
    *none = false;
    cb_danglings_json(out, q->s, &all, &opts, q->a);
    return CB_OK;
}

enum cb_code cb_graph_answer(struct cb_buf *out, bool *none, struct cb_arena *a, const struct cb_snapshot *s, const struct cb_graph_ask *ask,
                             struct cb_err *err)
{
    struct asking q = {.a = a, .s = s, .ask = ask, .owner = cb_arena_lower(a, cb_str_cstr(ask->owner))};
    enum cb_code rc;

    if (ask->relation && (rc = cb_types_parse(&q.types, cb_str_cstr(ask->relation), err)) != CB_OK)
        return rc;
    q.kind_n = read_kinds(&q.kinds, a, ask->kind);
    switch (ask->question) {
    case CB_GRAPH_PATH:
        return ask_path(out, none, &q, err);
    case CB_GRAPH_CYCLES:
        return ask_cycles(out, none, &q, err);
    case CB_GRAPH_DANGLING:
        return ask_dangling(out, none, &q, err);
    default:
        return ask_impact(out, none, &q, err);
    }
}

/* ---- printing */

/* What each answer has: lists of things, each with edges, or with the refs it is reached by. */
typedef void edge_fn(void *ctx, size_t group, cb_str from, cb_str type, cb_str to);

static void each_of(const struct cb_node *edges, size_t group, edge_fn *each, void *ctx)
{
    for (const struct cb_node *e = edges ? edges->first : NULL; e; e = e->next)
        each(ctx, group, cb_node_text(e, "from"), cb_node_text(e, "type"), cb_node_text(e, "to"));
}

static void each_edge(const struct cb_node *root, enum cb_graph_question question, edge_fn *each, void *ctx)
{
    const struct cb_node *items = cb_node_get(root, question == CB_GRAPH_PATH ? "paths" : "items");
    size_t group = 0;

    if (question == CB_GRAPH_AROUND)
        each_of(cb_node_get(root, "edges"), 0, each, ctx);
    for (const struct cb_node *i = items ? items->first : NULL; i; i = i->next) {
        const struct cb_node *by = cb_node_get(i, "namedBy");

        group++;
        if (question == CB_GRAPH_PATH)
            each_of(cb_node_get(i, "edges"), group, each, ctx);
        else if (question == CB_GRAPH_CYCLES)
            each_of(cb_node_path(i, "cycle.edges"), group, each, ctx);
        else if (question != CB_GRAPH_DANGLING)
            each(ctx, group, cb_node_text(i, "ref"), cb_node_text(i, "relation"), cb_node_text(i, "via"));
        for (const struct cb_node *e = by ? by->first : NULL; e; e = e->next)
            each(ctx, group, cb_node_text(e, "ref"), cb_node_text(e, "relation"), cb_node_text(i, "ref"));
    }
}

static struct cb_node *parsed(struct cb_arena *a, cb_str json)
{
    struct cb_node *root = NULL;

    return cb_node_parse(&root, a, json, NULL) == CB_OK ? root : NULL;
}

struct rows {
    struct cb_table *table;
    struct cb_arena *a;
};

static void put_edge_row(void *ctx, size_t group, cb_str from, cb_str type, cb_str to)
{
    struct rows *r = ctx;
    const cb_str cells[] = {cb_arena_printf(r->a, "%zu", group), from, type, to};

    cb_table_row(r->table, cells);
}

static cb_str number_of(struct cb_arena *a, const struct cb_node *n, const char *key)
{
    struct cb_node *v = cb_node_get(n, key);

    return v ? cb_node_scalar(a, v) : CB_LIT("0");
}

static void print_impact(struct cb_arena *a, const struct cb_node *root)
{
    static const char *const heads[] = {"HOP", "REF", "RELATION", "VIA", "OWNER", ""};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *items = cb_node_get(root, "items");

    for (const struct cb_node *i = items->first; i; i = i->next) {
        const struct cb_node *missing = cb_node_get(i, "missing");
        const cb_str cells[] = {number_of(a, i, "hop"),    cb_node_text(i, "ref"),   cb_node_text(i, "relation"),
                                cb_node_text(i, "via"),    cb_node_text(i, "owner"), missing && missing->b ? CB_LIT("(missing)") : CB_LIT("")};

        cb_table_row(table, cells);
    }
    cb_table_print(table, stdout);
    fprintf(stderr, "%u of %" CB_FMT " entities\n", items->child_n, CB_ARG(number_of(a, root, "totalItems")));
}

static void print_dangling(struct cb_arena *a, const struct cb_node *root)
{
    static const char *const heads[] = {"REF", "NAMED BY", "RELATION", "DID YOU MEAN"};
    struct cb_table *table = cb_table_new(heads, CB_COUNT(heads));
    const struct cb_node *items = cb_node_get(root, "items");

    for (const struct cb_node *i = items->first; i; i = i->next) {
        const struct cb_node *near = cb_node_get(i, "didYouMean")->first;

        for (const struct cb_node *by = cb_node_get(i, "namedBy")->first; by; by = by->next) {
            const cb_str cells[] = {cb_node_text(i, "ref"), cb_node_text(by, "ref"), cb_node_text(by, "relation"),
                                    near ? near->text : CB_LIT("")};

            cb_table_row(table, cells);
        }
    }
    cb_table_print(table, stdout);
    fprintf(stderr, "%u of %" CB_FMT " refs that nobody has registered\n", items->child_n, CB_ARG(number_of(a, root, "totalItems")));
}

void cb_graph_print_table(struct cb_arena *a, cb_str json, enum cb_graph_question question)
{
    static const char *const heads[] = {"WAY", "FROM", "RELATION", "TO"};
    const struct cb_node *root = parsed(a, json);
    struct rows rows;

    if (!root)
        return;
    if (question == CB_GRAPH_IMPACT || question == CB_GRAPH_NEEDS) {
        print_impact(a, root);
        return;
    }
    if (question == CB_GRAPH_DANGLING) {
        print_dangling(a, root);
        return;
    }
    rows = (struct rows){cb_table_new(heads, CB_COUNT(heads)), a};
    each_edge(root, question, put_edge_row, &rows);
    cb_table_print(rows.table, stdout);
    if (question == CB_GRAPH_CYCLES)
        fprintf(stderr, "%u of %" CB_FMT " rings\n", cb_node_get(root, "items")->child_n, CB_ARG(number_of(a, root, "totalItems")));
    else
        fprintf(stderr, "%u ways\n", cb_node_get(root, "paths")->child_n);
}

/* A JSON text is a quoted name of DOT: refs and types have no control characters. */
static void put_edge_dot(void *ctx, size_t group, cb_str from, cb_str type, cb_str to)
{
    struct cb_buf *out = ctx;

    (void)group;
    cb_buf_put_cstr(out, "  ");
    cb_buf_put_json(out, from);
    cb_buf_put_cstr(out, " -> ");
    cb_buf_put_json(out, to);
    cb_buf_put_cstr(out, " [label=");
    cb_buf_put_json(out, type);
    cb_buf_put_cstr(out, "];\n");
}

/* NODES that are missing; ALL: every one. */
static void put_missing(struct cb_buf *out, const struct cb_node *nodes, bool all)
{
    for (const struct cb_node *n = nodes ? nodes->first : NULL; n; n = n->next) {
        const struct cb_node *missing = cb_node_get(n, "missing");

        if (!all && !(missing && missing->b))
            continue;
        cb_buf_put_cstr(out, "  ");
        cb_buf_put_json(out, cb_node_text(n, "ref"));
        cb_buf_put_cstr(out, " [style=dashed];\n");
    }
}

void cb_graph_print_dot(struct cb_arena *a, cb_str json, enum cb_graph_question question)
{
    const struct cb_node *root = parsed(a, json), *ways = cb_node_get(root, "paths");
    struct cb_buf out = CB_BUF_INIT;

    cb_buf_put_cstr(&out, "digraph callboard {\n  rankdir=LR;\n  node [shape=box];\n");
    put_missing(&out, cb_node_get(root, question == CB_GRAPH_AROUND ? "nodes" : "items"), question == CB_GRAPH_DANGLING);
    for (const struct cb_node *w = ways ? ways->first : NULL; w; w = w->next)
        put_missing(&out, cb_node_get(w, "nodes"), false);
    if (root)
        each_edge(root, question, put_edge_dot, &out);
    cb_buf_put_cstr(&out, "}\n");
    fwrite(out.p, 1, out.n, stdout);
    cb_buf_fini(&out);
}
