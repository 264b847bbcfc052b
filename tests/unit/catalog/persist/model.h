/*
 * model.h - what passes should do, as plainly as it can be said: lists, and a look at each entry.
 *
 * A few names, sources and paths, so that everything collides. Times are generations.
 */
#ifndef CB_TESTS_PERSIST_MODEL_H
#define CB_TESTS_PERSIST_MODEL_H

#include "catalog/base/buf.h"
#include "catalog/base/vec.h"

enum { NAME_N = 12, SOURCE_N = 3, PATH_N = 4, DOC_N = 5, ANYONE = -1 };

struct model_doc {
    int name; /* ANYONE: broken, and nobody can tell which */
    int text; /* -1: broken */
};

struct model_file {
    enum { LEAVE, PUT, TOUCH, DEL } op;
    struct model_doc docs[DOC_N];
    int doc_n;
};

struct model_pass {
    int source;
    struct model_file files[PATH_N];
    int64_t hold_over_n;
};

struct model_claim {
    int source, path, doc, name, text;
    bool holds, held, stale;
};

struct model_version {
    int name, source, path, text;
    bool stale;
    int64_t begins, ends; /* 0: it is served */
};

struct model_problem {
    int source, path, name;
};

struct model {
    CB_VEC(struct model_claim) claims;
    CB_VEC(struct model_version) versions;
    CB_VEC(struct model_problem) problems;
    int position[SOURCE_N];
    bool configured[SOURCE_N], confirmed[SOURCE_N];
    int64_t generation;
};

struct model_result {
    int64_t generation, added, changed, removed, held, stale, lost, problems;
};

void model_init(struct model *m);
void model_fini(struct model *m);
struct model_result model_apply(struct model *m, const struct model_pass *pass);
/* A random one. */
void model_draw(struct model_pass *pass, unsigned *seed);
unsigned model_random(unsigned *seed, unsigned below);

/* As text, sorted: what model_test.c asks of the database in the same words. */
void model_claims(struct cb_buf *out, const struct model *m);
void model_current(struct cb_buf *out, const struct model *m);
void model_history(struct cb_buf *out, const struct model *m);

#endif
