#include "tests/unit/catalog/persist/model.h"

#include <stdio.h>
#include <stdlib.h>

enum fate { KEEP, GONE, STALE, HELD, MOVED };

void model_init(struct model *m)
{
    memset(m, 0, sizeof(*m));
    for (int i = 0; i < SOURCE_N; i++) {
        m->position[i] = i;
        m->configured[i] = true;
    }
}

void model_fini(struct model *m)
{
    cb_vec_fini(&m->claims);
    cb_vec_fini(&m->versions);
    cb_vec_fini(&m->problems);
}

unsigned model_random(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

void model_draw(struct model_pass *pass, unsigned *seed)
{
    static const int64_t holds[] = {10, 2, 2, 0, 1, -1};

    memset(pass, 0, sizeof(*pass));
    pass->source = (int)model_random(seed, SOURCE_N);
    pass->hold_over_n = holds[model_random(seed, CB_COUNT(holds))];
    for (int i = 0; i < PATH_N; i++) {
        struct model_file *f = &pass->files[i];
        unsigned dice = model_random(seed, 100);

        f->op = dice < 50 ? LEAVE : dice < 84 ? PUT : dice < 90 ? TOUCH : DEL;
        f->doc_n = f->op == PUT ? (int)model_random(seed, DOC_N) : 0;
        for (int k = 0; k < f->doc_n; k++) {
            dice = model_random(seed, 100);
            f->docs[k] =
                (struct model_doc){(int)model_random(seed, NAME_N), (int)model_random(seed, 3)};
            if (dice < 18)
                f->docs[k].text = -1;
            if (dice < 4)
                f->docs[k].name = ANYONE;
        }
    }
}

/* --- one pass --------------------------------------------------------------------------------- */

static bool says(const struct model_file *f, int name, bool good)
{
    for (int i = 0; i < f->doc_n; i++)
        if (f->docs[i].name == name && (f->docs[i].text >= 0) == good)
            return true;
    return false;
}

static bool newly_claimed(const struct model_pass *pass, int name)
{
    for (int i = 0; i < PATH_N; i++)
        if (says(&pass->files[i], name, true))
            return true;
    return false;
}

static enum fate fate_of(const struct model_claim *c, const struct model_pass *pass)
{
    const struct model_file *f = &pass->files[c->path];

    if (c->source != pass->source)
        return KEEP;
    if (f->op == PUT && !says(f, c->name, true) &&
        (says(f, c->name, false) || says(f, ANYONE, false)))
        return STALE;
    return f->op == PUT || f->op == DEL || c->held ? GONE : KEEP;
}

/* The first file of the pass with a broken document of NAME; -1: none. */
static int broken_in(const struct model_pass *pass, int name)
{
    for (int i = 0; i < PATH_N; i++)
        if (says(&pass->files[i], name, false))
            return i;
    return -1;
}

/* Every claim on NAME is gone, and there is one. */
static bool goes(const struct model *m, const enum fate *fates, const struct model_pass *pass,
                 int name)
{
    bool any = false;

    for (size_t i = 0; i < m->claims.n; i++) {
        if (m->claims.v[i].name != name)
            continue;
        if (fates[i] != GONE)
            return false;
        any = true;
    }
    return any && !newly_claimed(pass, name);
}

/* Its files are gone, and the only document of the name is a broken one: the holder goes there. */
static void move(struct model *m, enum fate *fates, const struct model_pass *pass)
{
    for (int name = 0; name < NAME_N; name++) {
        if (broken_in(pass, name) < 0 || !goes(m, fates, pass, name))
            continue;
        for (size_t i = 0; i < m->claims.n; i++)
            if (m->claims.v[i].name == name && m->claims.v[i].holds)
                fates[i] = MOVED;
    }
}

static void hold(struct model *m, enum fate *fates, const struct model_pass *pass)
{
    int64_t going = 0, total = 0;

    for (int name = 0; name < NAME_N; name++)
        going += goes(m, fates, pass, name);
    for (size_t i = 0; i < m->claims.n; i++)
        total += m->claims.v[i].source == pass->source && m->claims.v[i].holds;
    if (pass->hold_over_n < 0 || m->confirmed[pass->source] || going <= pass->hold_over_n ||
        2 * going <= total)
        return;
    for (int name = 0; name < NAME_N; name++) {
        if (!goes(m, fates, pass, name))
            continue;
        for (size_t i = 0; i < m->claims.n; i++)
            if (m->claims.v[i].name == name && m->claims.v[i].holds)
                fates[i] = HELD;
        /* the others of the name are gone all the same; goes() is asked of each name once */
    }
}

static void carry_out(struct model *m, const enum fate *fates, const struct model_pass *pass)
{
    size_t n = 0;

    for (size_t i = 0; i < m->claims.n; i++) {
        struct model_claim c = m->claims.v[i];

        if (fates[i] == GONE || (c.held && c.source != pass->source && newly_claimed(pass, c.name)))
            continue;
        if (fates[i] == STALE) {
            c.stale = true;
            c.held = false;
        }
        if (fates[i] == MOVED) {
            c.stale = true;
            c.held = false;
            c.path = broken_in(pass, c.name);
        }
        if (fates[i] == HELD)
            c.held = true;
        m->claims.v[n++] = c;
    }
    m->claims.n = n;
    for (int p = 0; p < PATH_N; p++)
        for (int k = 0; k < pass->files[p].doc_n; k++)
            if (pass->files[p].docs[k].text >= 0)
                cb_vec_push(&m->claims, (struct model_claim){.source = pass->source,
                                                             .path = p,
                                                             .doc = k,
                                                             .name = pass->files[p].docs[k].name,
                                                             .text = pass->files[p].docs[k].text});
}

static struct model_version *current(struct model *m, int name)
{
    for (size_t i = 0; i < m->versions.n; i++)
        if (m->versions.v[i].name == name && m->versions.v[i].ends == 0)
            return &m->versions.v[i];
    return NULL;
}

/* Smaller is better; all keys in the order of their weight. */
static bool better(const struct model *m, const struct model_claim *a, const struct model_claim *b,
                   const struct model_version *now)
{
    int x[7] = {!(now && now->source == a->source && now->path == a->path),
                !(now && now->source == a->source),
                !m->configured[a->source],
                m->position[a->source],
                a->source,
                a->path,
                a->doc};
    int y[7] = {!(now && now->source == b->source && now->path == b->path),
                !(now && now->source == b->source),
                !m->configured[b->source],
                m->position[b->source],
                b->source,
                b->path,
                b->doc};

    for (int i = 0; i < 7; i++)
        if (x[i] != y[i])
            return x[i] < y[i];
    return false;
}

static struct model_claim *winner(struct model *m, int name, const struct model_version *now)
{
    struct model_claim *best = NULL;

    for (size_t i = 0; i < m->claims.n; i++)
        if (m->claims.v[i].name == name && (!best || better(m, &m->claims.v[i], best, now)))
            best = &m->claims.v[i];
    return best;
}

static void decide(struct model *m, int name, struct model_result *r)
{
    struct model_version *now = current(m, name);
    struct model_claim *best = winner(m, name, now);

    for (size_t i = 0; i < m->claims.n; i++)
        if (m->claims.v[i].name == name)
            m->claims.v[i].holds = &m->claims.v[i] == best;
    if (now && best && now->source == best->source && now->path == best->path &&
        now->text == best->text && now->stale == best->stale)
        return;
    r->added += best && !now;
    r->changed += best && now;
    r->removed += !best && now;
    if (now)
        now->ends = m->generation + 1;
    if (best)
        cb_vec_push(&m->versions, (struct model_version){.name = name,
                                                         .source = best->source,
                                                         .path = best->path,
                                                         .text = best->text,
                                                         .stale = best->stale,
                                                         .begins = m->generation + 1});
}

static void put_problems(struct model *m, const struct model_pass *pass)
{
    size_t n = 0;

    for (size_t i = 0; i < m->problems.n; i++) {
        struct model_problem p = m->problems.v[i];

        if (p.source != pass->source || pass->files[p.path].op == LEAVE ||
            pass->files[p.path].op == TOUCH)
            m->problems.v[n++] = p;
    }
    m->problems.n = n;
    for (int p = 0; p < PATH_N; p++)
        for (int k = 0; k < pass->files[p].doc_n; k++)
            if (pass->files[p].docs[k].text < 0)
                cb_vec_push(&m->problems,
                            (struct model_problem){pass->source, p, pass->files[p].docs[k].name});
}

/* What of a source people see beside its entities: lost and held claims, problems. Sorted, as text. */
static void oddities(struct cb_buf *out, const struct model *m, int source)
{
    for (int path = 0; path < PATH_N; path++)
        for (int name = ANYONE; name < NAME_N; name++) {
            for (int doc = 0; doc < DOC_N; doc++)
                for (size_t i = 0; i < m->claims.n; i++) {
                    const struct model_claim *c = &m->claims.v[i];

                    if (c->source == source && c->path == path && c->name == name &&
                        c->doc == doc && (c->held || !c->holds))
                        cb_buf_printf(out, "%d/%d/%d%s ", path, name, doc, c->held ? "h" : "l");
                }
            for (size_t i = 0; i < m->problems.n; i++)
                if (m->problems.v[i].source == source && m->problems.v[i].path == path &&
                    m->problems.v[i].name == name)
                    cb_buf_printf(out, "%d!%d ", path, name);
        }
}

static void count(struct model_result *r, const struct model *m, int source)
{
    for (size_t i = 0; i < m->claims.n; i++) {
        const struct model_claim *c = &m->claims.v[i];

        r->held += c->source == source && c->held;
        r->stale += c->source == source && c->stale;
        r->lost += c->source == source && !c->holds;
    }
    for (size_t i = 0; i < m->problems.n; i++)
        r->problems += m->problems.v[i].source == source;
}

struct model_result model_apply(struct model *m, const struct model_pass *pass)
{
    struct cb_buf before = CB_BUF_INIT, after = CB_BUF_INIT;
    enum fate *fates = calloc(m->claims.n + 1, sizeof(*fates));
    struct model_result r = {0};

    oddities(&before, m, pass->source);
    for (size_t i = 0; i < m->claims.n; i++)
        fates[i] = fate_of(&m->claims.v[i], pass);
    move(m, fates, pass);
    hold(m, fates, pass);
    carry_out(m, fates, pass);
    for (int name = 0; name < NAME_N; name++)
        decide(m, name, &r);
    put_problems(m, pass);
    oddities(&after, m, pass->source);
    count(&r, m, pass->source);
    if (r.added + r.changed + r.removed > 0 || !cb_str_eq(cb_buf_str(&before), cb_buf_str(&after)))
        r.generation = ++m->generation;
    m->confirmed[pass->source] = false;
    cb_buf_fini(&before);
    cb_buf_fini(&after);
    free(fates);
    return r;
}

/* --- as text ---------------------------------------------------------------------------------- */

static int by_line(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_sorted(struct cb_buf *out, char **lines, size_t n)
{
    qsort(lines, n, sizeof(*lines), by_line);
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(out, lines[i]);
        free(lines[i]);
    }
    free(lines);
}

#define LINES(n) calloc((n) + 1, sizeof(char *))
#define LINE(...) ck_line(__VA_ARGS__)

static char *ck_line(const char *format, ...) CB_PRINTF(1, 2);
static char *ck_line(const char *format, ...)
{
    char *line = NULL;
    va_list ap;

    va_start(ap, format);
    if (vasprintf(&line, format, ap) < 0)
        abort();
    va_end(ap);
    return line;
}

void model_claims(struct cb_buf *out, const struct model *m)
{
    char **lines = LINES(m->claims.n);

    for (size_t i = 0; i < m->claims.n; i++) {
        const struct model_claim *c = &m->claims.v[i];

        lines[i] = LINE("%d p%d n%02d %d%s%s%s\n", c->source, c->path, c->name, c->doc,
                        c->holds ? " holds" : "", c->held ? " held" : "", c->stale ? " stale" : "");
    }
    put_sorted(out, lines, m->claims.n);
}

void model_current(struct cb_buf *out, const struct model *m)
{
    char **lines = LINES(m->versions.n);
    size_t n = 0;

    for (size_t i = 0; i < m->versions.n; i++) {
        const struct model_version *v = &m->versions.v[i];

        if (v->ends == 0)
            lines[n++] = LINE("n%02d t%d%s %d p%d %lld\n", v->name, v->text,
                              v->stale ? " stale" : "", v->source, v->path, (long long)v->begins);
    }
    put_sorted(out, lines, n);
}

void model_history(struct cb_buf *out, const struct model *m)
{
    char **lines = LINES(m->versions.n);

    for (size_t i = 0; i < m->versions.n; i++) {
        const struct model_version *v = &m->versions.v[i];

        lines[i] =
            LINE("n%02d t%d%s %d p%d %lld-%lld\n", v->name, v->text, v->stale ? " stale" : "",
                 v->source, v->path, (long long)v->begins, (long long)v->ends);
    }
    put_sorted(out, lines, m->versions.n);
}
