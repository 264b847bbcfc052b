/*
 * graph_ask.h - what `callboard graph` asks of the whole graph, and how an answer is printed: the answers are those of the routes
 * under /api/graph (server/http/graph_json.h).
 *
 * Table     a row a relation, or an entity
 * Dot       Graphviz' language: an arrow a relation, as it is said; what nobody has registered is dashed
 */
#ifndef CB_CLI_GRAPH_ASK_H
#define CB_CLI_GRAPH_ASK_H

#include "server/cli/command.h"
#include "server/http/graph_json.h"

enum cb_graph_question { CB_GRAPH_AROUND, CB_GRAPH_IMPACT, CB_GRAPH_NEEDS, CB_GRAPH_PATH, CB_GRAPH_CYCLES, CB_GRAPH_DANGLING };

struct cb_graph_ask {
    enum cb_graph_question question;
    const char *from, *to;
    const char *depth, *direction, *relation, *kind, *owner, *limit; /* as typed; NULL: not said */
};

/* All but AROUND: the answer as JSON. *NONE: there is none to tell. */
enum cb_code cb_graph_answer(struct cb_buf *out, bool *none, struct cb_arena *a, const struct cb_snapshot *s, const struct cb_graph_ask *ask,
                             struct cb_err *err) CB_MUSTCHECK;
/* JSON, as a table, to stdout; how much of it there is, to stderr. Not of AROUND. */
void cb_graph_print_table(struct cb_arena *a, cb_str json, enum cb_graph_question question);
/* JSON of any question. */
void cb_graph_print_dot(struct cb_arena *a, cb_str json, enum cb_graph_question question);
/* TEXT of OPTION as a number in MIN to MAX into *OUT, which stays when TEXT is NULL. */
enum cb_code cb_graph_number(int64_t *out, const char *option, const char *text, int64_t min, int64_t max, struct cb_err *err) CB_MUSTCHECK;
/* REF as people write it, as a lower-case ref. */
enum cb_code cb_graph_ref(cb_str *out, struct cb_arena *a, const char *ref, struct cb_err *err) CB_MUSTCHECK;

#endif
