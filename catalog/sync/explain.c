#include "catalog/sync/explain.h"

#include "catalog/base/clock.h"
#include "catalog/fetch/mirror.h"
#include "catalog/persist/explain_store.h"
#include "catalog/persist/problem_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/relate/near.h"

#define PROBLEM_MAX 100 /* that are told */

struct telling {
    struct cb_arena *a;
    struct cb_conn *conn;
    struct cb_node *root, *findings;
    const struct cb_forge_table *forges;
    struct cb_source_row *sources;
    size_t source_n;
};

/* ---- writing */

static void put(struct telling *t, struct cb_node *to, const char *key, cb_str text)
{
    if (text.n)
        cb_node_put(to, cb_str_cstr(key), cb_node_string(t->a, text));
}

static void put_int(struct telling *t, struct cb_node *to, const char *key, int64_t i)
{
    cb_node_put(to, cb_str_cstr(key), cb_node_int(t->a, i));
}

static void put_bool(struct telling *t, struct cb_node *to, const char *key, bool b)
{
    cb_node_put(to, cb_str_cstr(key), cb_node_bool(t->a, b));
}

static cb_str time_text(struct telling *t, int64_t at_us)
{
    char text[32];

    if (!at_us)
        return CB_LIT("");
    cb_clock_format(text, at_us);
    return cb_arena_str(t->a, cb_str_cstr(text));
}

static struct cb_node *list(struct telling *t, const char *key)
{
    struct cb_node *n = cb_node_new(t->a, CB_ARRAY);

    cb_node_put(t->root, cb_str_cstr(key), n);
    return n;
}

static struct cb_node *item(struct telling *t, struct cb_node *to)
{
    struct cb_node *n = cb_node_new(t->a, CB_OBJECT);

    cb_node_push(to, n);
    return n;
}

static struct cb_node *object(struct telling *t, struct cb_node *to, const char *key)
{
    struct cb_node *n = cb_node_new(t->a, CB_OBJECT);

    cb_node_put(to, cb_str_cstr(key), n);
    return n;
}

static struct cb_node *find(struct telling *t, const char *type, cb_str sentence)
{
    struct cb_node *n = item(t, t->findings);

    put(t, n, "type", cb_str_cstr(type));
    put(t, n, "sentence", sentence);
    return n;
}

#define SAY(t, ...) cb_arena_printf((t)->a, __VA_ARGS__)

static bool is_git(const struct cb_source_row *row)
{
    return cb_str_eq(row->type, CB_LIT("git"));
}

/* As people know it: its page at a known forge, else its key. */
static cb_str source_name(struct telling *t, const struct cb_source_row *row)
{
    if (is_git(row) && cb_forge_type_of(t->forges, row->url) != CB_FORGE_OTHER)
        return cb_forge_source(t->a, t->forges, row->url, row->branch, CB_LIT("catalog-info.yaml"));
    return row->key;
}

/* "catalog-info.yaml:3 of git:…"; SOURCE is a key */
static cb_str place(struct telling *t, cb_str path, uint32_t line, cb_str source)
{
    for (size_t i = 0; i < t->source_n; i++)
        if (cb_str_eq(t->sources[i].key, source)) {
            source = source_name(t, &t->sources[i]);
            break;
        }
    return line ? SAY(t, "%" CB_FMT ":%u of %" CB_FMT, CB_ARG(path), line, CB_ARG(source))
                : SAY(t, "%" CB_FMT " of %" CB_FMT, CB_ARG(path), CB_ARG(source));
}

/* A problem's two sentences, of which the first may have no full stop. */
static cb_str sentences(struct telling *t, cb_str message, cb_str remedy)
{
    bool stops = message.n && strchr(".!?", message.p[message.n - 1]);

    return remedy.n ? SAY(t, "%" CB_FMT "%s %" CB_FMT, CB_ARG(message), stops ? "" : ".", CB_ARG(remedy)) : message;
}

static cb_str pass_text(struct telling *t, const struct cb_explain_pass *p)
{
    if (!p->commit.n)
        return SAY(t, "generation %lld", (long long)p->generation);
    return SAY(t, "generation %lld, commit %.10s (\"%" CB_FMT "\" by %" CB_FMT ")", (long long)p->generation, p->commit.p,
               CB_ARG(cb_str_cut(p->subject, 120)), CB_ARG(p->author));
}

static void put_pass(struct telling *t, struct cb_node *to, const char *key, const struct cb_explain_pass *p)
{
    struct cb_node *n;

    if (!p->generation)
        return;
    n = object(t, to, key);
    put_int(t, n, "generation", p->generation);
    put(t, n, "at", time_text(t, p->at_us));
    put(t, n, "commit", p->commit);
    put(t, n, "author", p->author);
    put(t, n, "subject", p->subject);
}

static const struct cb_source_row *source_of(const struct telling *t, int64_t id)
{
    for (size_t i = 0; i < t->source_n; i++)
        if (t->sources[i].id == id)
            return &t->sources[i];
    return NULL;
}

static void put_source(struct telling *t, struct cb_node *to, const char *key, const struct cb_source_row *row)
{
    static const char *const states[] = {"new", "reading", "ok", "failing"};
    struct cb_node *n = object(t, to, key);

    put(t, n, "id", SAY(t, "%lld", (long long)row->id));
    put(t, n, "key", row->key);
    put(t, n, "state", cb_str_cstr(states[row->state]));
    put_bool(t, n, "configured", row->configured);
    put(t, n, "lastRead", time_text(t, row->read_at_us));
    put(t, n, "lastTry", time_text(t, row->tried_at_us));
    put(t, n, "commit", row->commit);
    put(t, n, "error", row->error);
}

static void tell_source(struct telling *t, const struct cb_source_row *row)
{
    struct cb_node *n = NULL;

    if (row->error.n)
        n = find(t, "source-failing", SAY(t, "%" CB_FMT " cannot be read, %d times in a row: %" CB_FMT "; what it gave stays as last read",
                                          CB_ARG(source_name(t, row)), row->failures, CB_ARG(row->error)));
    else if (!row->read_at_us)
        n = find(t, "source-unread", SAY(t, "%" CB_FMT " has not been read yet", CB_ARG(source_name(t, row))));
    if (n) {
        put(t, n, "source", row->key);
        put(t, n, "sourceId", SAY(t, "%lld", (long long)row->id));
    }
}

static enum cb_code tell_problems(struct telling *t, const struct cb_problem_query *q, bool refused, struct cb_err *err)
{
    struct cb_node *all = cb_node_get(t->root, "problems");
    struct cb_problem_row *rows;
    int64_t total;
    size_t n;
    enum cb_code rc = cb_problem_find(&rows, &n, &total, t->a, t->conn, q, err);

    for (size_t i = 0; rc == CB_OK && i < n; i++) {
        const struct cb_problem *p = &rows[i].problem;
        struct cb_node *to;

        if (q->path.n && !cb_str_eq(p->at.path, q->path))
            continue;
        if (refused && p->severity == CB_PROBLEM_ERROR && strcmp(p->rule, "name-conflict") != 0)
            to = find(t, q->path.n ? "problem" : "refused",
                      SAY(t, "%" CB_FMT ": %" CB_FMT, CB_ARG(place(t, p->at.path, p->at.line, rows[i].source_key)),
                          CB_ARG(sentences(t, p->message, p->remedy))));
        else
            to = item(t, all);
        put(t, to, "rule", cb_str_cstr(p->rule));
        put(t, to, "severity", cb_str_cstr(cb_severity_name(p->severity)));
        put(t, to, "source", rows[i].source_key);
        put(t, to, "path", p->at.path);
        if (p->at.line)
            put_int(t, to, "line", p->at.line);
        put(t, to, "field", p->field);
        put(t, to, "message", p->message);
        put(t, to, "remedy", p->remedy);
    }
    return rc;
}

static enum cb_code begin(struct telling *t, struct cb_arena *a, const struct cb_forge_table *forges, struct cb_conn *c, struct cb_err *err)
{
    *t = (struct telling){.a = a, .conn = c, .forges = forges, .root = cb_node_new(a, CB_OBJECT)};
    t->findings = cb_node_new(a, CB_ARRAY);
    return cb_source_all(&t->sources, &t->source_n, a, c, err);
}

/* The whole's sentence is that of its first finding. */
static void end(struct cb_buf *out, struct telling *t)
{
    if (t->findings->first)
        put(t, t->root, "sentence", cb_node_text(t->findings->first, "sentence"));
    cb_node_put(t->root, CB_LIT("findings"), t->findings);
    cb_node_dump(out, t->root);
}

/* ---- an entity */

/* What callboard writes itself, and why; all else stands in the document. */
static const struct {
    const char *field, *from, *sentence;
} derived[] = {
    {"metadata.uid", "derived", "the UUIDv5 of the ref: the same wherever it is read from"},
    {"metadata.etag", "derived", "a hash of the entity as it is served, unless the document has one"},
    {"metadata.namespace", "default", "\"default\" when the document does not say another"},
    {"metadata.annotations.backstage.io/managed-by-location", "derived", "the file it stands in"},
    {"metadata.annotations.backstage.io/managed-by-origin-location", "derived", "the file that led to it"},
    {"metadata.annotations.backstage.io/source-location", "derived", "the folder of its file, unless the document says another"},
    {"metadata.annotations.backstage.io/view-url", "derived", "the file's page at its forge"},
    {"metadata.annotations.backstage.io/edit-url", "derived", "the file's editor at its forge"},
    {"relations", "derived", "from the fields of spec, here and in the entities at the other end"},
};

static const char *derived_row(cb_str field, const char **from)
{
    for (size_t i = 0; i < CB_COUNT(derived); i++)
        if (cb_str_eq(field, cb_str_cstr(derived[i].field))) {
            *from = derived[i].from;
            return derived[i].sentence;
        }
    return NULL;
}

static void tell_fields(struct telling *t, struct cb_node *to, const struct cb_node *n, cb_str path, const struct cb_explain_claim *holder)
{
    if (n->type == CB_OBJECT && n->first) {
        for (const struct cb_node *kid = n->first; kid; kid = kid->next)
            tell_fields(t, to, kid, path.n ? SAY(t, "%" CB_FMT ".%" CB_FMT, CB_ARG(path), CB_ARG(kid->key)) : kid->key, holder);
        return;
    }
    const char *from = "file", *why = derived_row(path, &from);
    struct cb_node *field = item(t, to);

    put(t, field, "field", path);
    if (why && strcmp(from, "default") == 0 && !cb_str_eq(n->text, CB_LIT("default"))) {
        why = NULL;
        from = "file";
    }
    put(t, field, "from", cb_str_cstr(from));
    if (why) {
        put(t, field, "sentence", cb_str_cstr(why));
    } else if (holder) {
        put(t, field, "path", holder->path);
        put_int(t, field, "documentLine", holder->line);
    }
}

static enum cb_code tell_relations(struct telling *t, const struct cb_snapshot *s, cb_doc d, cb_str id, struct cb_err *err)
{
    struct cb_node *to = list(t, "relations");
    struct cb_relation_seen *seen;
    size_t n = cb_doc_relations(&seen, t->a, s, d);

    for (size_t i = 0; i < n && i < CB_EXPLAIN_FILE_MAX; i++) {
        struct cb_node *r = item(t, to);
        struct cb_origin at = {0};
        cb_str says = seen[i].stored ? id : seen[i].other;

        put(t, r, "type", cb_relations[seen[i].type].name);
        put(t, r, "targetRef", seen[i].other);
        put(t, r, "saidBy", says);
        if (i < PROBLEM_MAX && cb_problem_place(&at, t->a, t->conn, says, err) == CB_OK) {
            put(t, r, "path", at.path);
            put_int(t, r, "line", at.line);
        }
        if (seen[i].missing) {
            put_bool(t, r, "missing", true);
            put(t, r, "sentence", SAY(t, "nobody has registered %" CB_FMT, CB_ARG(seen[i].other)));
        }
    }
    return CB_OK;
}

static void tell_claims(struct telling *t, const struct cb_explain_claim *claims, size_t n)
{
    struct cb_node *to = list(t, "claims");

    for (size_t i = 0; i < n; i++) {
        const struct cb_explain_claim *k = &claims[i];
        struct cb_node *c = item(t, to);

        put(t, c, "source", k->source);
        put(t, c, "path", k->path);
        put_int(t, c, "line", k->line);
        put(t, c, "commit", k->commit);
        put_bool(t, c, "holds", k->holds);
        if (k->stale)
            put_bool(t, c, "stale", true);
        if (k->held)
            put_bool(t, c, "held", true);
        put(t, c, "lostSince", k->holds ? CB_LIT("") : time_text(t, k->since_us));
        if (k->holds && k->held)
            find(t, "held", SAY(t, "its document is gone from %" CB_FMT ", but so many of that source went at once that the deletion waits for a "
                                   "confirmation", CB_ARG(place(t, k->path, 0, k->source))));
        if (k->holds && k->stale)
            find(t, "stale", SAY(t, "its document in %" CB_FMT " is broken now: this is the last good version", CB_ARG(place(t, k->path, k->line, k->source))));
        if (!k->holds)
            find(t, "lost-claim", SAY(t, "%" CB_FMT " claims the name, too: %" CB_FMT " had it first; it takes over when that goes",
                                      CB_ARG(place(t, k->path, k->line, k->source)), CB_ARG(place(t, claims[0].path, claims[0].line, claims[0].source))));
    }
}

static void tell_history(struct telling *t, const struct cb_explain_version *v)
{
    struct cb_node *h = object(t, t->root, "history");

    put_int(t, h, "versions", v->version_n);
    put_int(t, h, "firstGeneration", v->first_generation);
    put_pass(t, h, "since", &v->began);
    put_pass(t, h, "removed", &v->ended);
}

static void tell_near(struct telling *t, const struct cb_snapshot *s, cb_str id)
{
    struct cb_node *near, *names;
    cb_str refs[CB_NEAR_MOST], text = CB_LIT("");
    size_t n = cb_near_find(refs, cb_near_new(s, t->a), id);

    if (n == 0)
        return;
    names = cb_node_new(t->a, CB_ARRAY);
    for (size_t i = 0; i < n; i++) {
        cb_node_push(names, cb_node_string(t->a, refs[i]));
        text = SAY(t, "%" CB_FMT "%s%" CB_FMT, CB_ARG(text), i ? ", " : "", CB_ARG(refs[i]));
    }
    near = find(t, "did-you-mean", SAY(t, "these are here: %" CB_FMT, CB_ARG(text)));
    cb_node_put(near, CB_LIT("refs"), names);
}

static void tell_absent(struct telling *t, const struct cb_snapshot *s, cb_str id, const struct cb_explain_version *v, bool found)
{
    struct cb_node *n;

    if (found && v->ended.generation) {
        n = find(t, "removed", SAY(t, "it was there until %" CB_FMT ": no file says it any more. It stood in %" CB_FMT, CB_ARG(pass_text(t, &v->ended)),
                                   CB_ARG(place(t, v->path, v->line, v->source))));
        put_int(t, n, "generation", v->ended.generation);
    } else if (!t->findings->first) {
        find(t, "never-seen", SAY(t, "no file of any source has ever said %" CB_FMT, CB_ARG(id)));
    }
    for (size_t i = 0; i < t->source_n; i++)
        if (t->sources[i].configured)
            tell_source(t, &t->sources[i]);
    tell_near(t, s, id);
}

enum cb_code cb_explain_ref(struct cb_buf *out, struct cb_arena *a, const struct cb_forge_table *forges, const struct cb_snapshot *s,
                            struct cb_conn *c, cb_str id, struct cb_err *err)
{
    struct cb_problem_query q = {.entity = id, .limit = PROBLEM_MAX};
    struct cb_explain_claim *claims;
    struct cb_explain_version v;
    const struct cb_source_row *source;
    struct cb_node *body, *n;
    struct telling t;
    size_t claim_n;
    bool found, here;
    enum cb_code rc;
    cb_doc d;

    if ((rc = begin(&t, a, forges, c, err)) != CB_OK || (rc = cb_explain_claims(&claims, &claim_n, a, c, id, err)) != CB_OK ||
        (rc = cb_explain_last(&v, &found, a, c, id, err)) != CB_OK)
        return rc;
    here = cb_snapshot_find(&d, s, id);
    put(&t, t.root, "ref", id);
    put_bool(&t, t.root, "exists", here);
    if (here && found) {
        n = find(&t, "served", SAY(&t, "%" CB_FMT " is served as %" CB_FMT " says it since %" CB_FMT, CB_ARG(id),
                                   CB_ARG(claim_n ? place(&t, claims[0].path, claims[0].line, claims[0].source) : place(&t, v.path, v.line, v.source)),
                                   CB_ARG(pass_text(&t, &v.began))));
        put_int(&t, n, "generation", v.began.generation);
    }
    tell_claims(&t, claims, claim_n);
    list(&t, "problems");
    if ((rc = tell_problems(&t, &q, !here, err)) != CB_OK)
        return rc;
    if (found)
        tell_history(&t, &v);
    if (!here) {
        tell_absent(&t, s, id, &v, found);
    } else {
        if ((source = source_of(&t, cb_doc_source(s, d)))) {
            put_source(&t, t.root, "source", source);
            tell_source(&t, source);
        }
        if (cb_node_parse(&body, a, cb_doc_body(s, d), NULL) == CB_OK)
            tell_fields(&t, list(&t, "fields"), body, CB_LIT(""), claim_n ? &claims[0] : NULL);
        rc = tell_relations(&t, s, d, id, err);
    }
    if (rc == CB_OK)
        end(out, &t);
    return rc;
}

/* ---- a file */

static cb_str without_git(cb_str url)
{
    while (cb_str_ends(url, CB_LIT("/")))
        url.n--;
    if (cb_str_ends(url, CB_LIT(".git")))
        url.n -= 4;
    while (cb_str_ends(url, CB_LIT("/")))
        url.n--;
    return url;
}

/* The folder of a file source; its files are named from there. */
static cb_str folder_of(const struct cb_source_row *row)
{
    size_t n = row->url.n;

    while (n && row->url.p[n - 1] != '/')
        n--;
    return cb_str_sub(row->url, 0, n ? n - 1 : 0);
}

/* Is FILE (a path of this machine, or file://) below what ROW reads? PATH from there. */
static bool is_below(cb_str *path, const struct cb_source_row *row, cb_str file)
{
    cb_str base = is_git(row) ? row->url : folder_of(row);

    if (cb_str_starts(base, CB_LIT("file://")))
        base = cb_str_sub(base, 7, base.n);
    while (cb_str_ends(base, CB_LIT("/")))
        base.n--;
    if (!cb_str_starts(file, base) || file.n <= base.n + 1 || file.p[base.n] != '/')
        return false;
    *path = cb_str_sub(file, base.n + 1, file.n);
    return true;
}

static bool glob_matches(struct telling *t, const struct cb_source_row *row, cb_str path)
{
    struct cb_node *globs;

    if (!is_git(row))
        return cb_str_ends(row->url, path) && row->url.n > path.n && row->url.p[row->url.n - path.n - 1] == '/';
    if (cb_node_parse(&globs, t->a, row->paths, NULL) != CB_OK)
        return false;
    for (const struct cb_node *g = globs->first; g; g = g->next)
        if (cb_glob_match(g->text, path, true))
            return true;
    return false;
}

static enum cb_code tell_file(struct telling *t, const struct cb_source_row *row, cb_str path, struct cb_err *err)
{
    struct cb_problem_query q = {.source_id = row->id, .path = path, .limit = PROBLEM_MAX};
    struct cb_explain_given *given;
    struct cb_node *n, *to;
    bool known, matches = glob_matches(t, row, path);
    size_t given_n;
    enum cb_code rc = cb_explain_given(&given, &given_n, &known, t->a, t->conn, row->id, path, err);

    if (rc != CB_OK)
        return rc;
    put_source(t, t->root, "source", row);
    put(t, t->root, "path", path);
    put_bool(t, t->root, "globMatches", matches);
    put_bool(t, t->root, "read", known);
    tell_source(t, row);
    if ((rc = tell_problems(t, &q, true, err)) != CB_OK)
        return rc;
    if (!known && !matches)
        find(t, "no-glob", SAY(t, "%" CB_FMT " matches none of the source's paths %" CB_FMT ", and no Location that was read names it", CB_ARG(path),
                               CB_ARG(row->paths)));
    else if (!known && row->read_at_us)
        find(t, "not-there", SAY(t, "%" CB_FMT " would match, but there is no such file at commit %.10s, the last one that was read", CB_ARG(path),
                                 row->commit.n ? row->commit.p : "(none)"));
    to = list(t, "entities");
    for (size_t i = 0; i < given_n; i++) {
        n = item(t, to);
        put(t, n, "ref", given[i].id);
        put_int(t, n, "line", given[i].line);
        put_bool(t, n, "holds", given[i].holds);
        if (given[i].held)
            put_bool(t, n, "held", true);
        if (given[i].stale)
            put_bool(t, n, "stale", true);
        find(t, given[i].holds ? "gives" : "lost-claim",
             given[i].holds ? SAY(t, "it gives %" CB_FMT " (line %u)%s", CB_ARG(given[i].id), given[i].line, given[i].stale ? ", at its last good version" : "")
                            : SAY(t, "%" CB_FMT " (line %u) is held by another file: ask why about that ref", CB_ARG(given[i].id), given[i].line));
    }
    if (known && !given_n && !t->findings->first)
        find(t, "gives-nothing", SAY(t, "it was read and has no entity in it"));
    return CB_OK;
}

/* Is ROW the repository, at the branch that its page is of? *PATH is the file's. A branch may have slashes: TAIL has all of it. */
static bool is_repository(const struct cb_source_row *row, const struct cb_forge_place *at, cb_str *path, bool *branch)
{
    if (!is_git(row) || !cb_str_eq_nocase(without_git(row->url), without_git(at->clone)))
        return false;
    *path = at->path;
    *branch = !at->branch.n || !row->branch.n || cb_str_eq(row->branch, at->branch);
    if (!*branch && at->tail.n > row->branch.n + 1 && cb_str_starts(at->tail, row->branch) && at->tail.p[row->branch.n] == '/') {
        *path = cb_str_sub(at->tail, row->branch.n + 1, at->tail.n);
        *branch = true;
    }
    return true;
}

enum cb_code cb_explain_url(struct cb_buf *out, struct cb_arena *a, const struct cb_forge_table *forges, struct cb_conn *c, cb_str url,
                            struct cb_err *err)
{
    const struct cb_source_row *other = NULL;
    struct cb_forge_place at = {0};
    cb_str path = CB_LIT(""), file = url;
    bool local, branch, told = false;
    struct telling t;
    enum cb_code rc;

    if (cb_str_starts(file, CB_LIT("url:")))
        file = url = cb_str_sub(url, 4, url.n);
    if (cb_str_starts(file, CB_LIT("file:///")))
        file = cb_str_sub(file, 7, file.n);
    else if (cb_str_starts(file, CB_LIT("file:/")))
        file = cb_str_sub(file, 5, file.n);
    local = file.n && file.p[0] == '/' && cb_str_find_char(file, '#', 0) == SIZE_MAX;
    if (!local && (rc = cb_forge_parse(&at, a, forges, url, err)) != CB_OK)
        return rc;
    if ((rc = begin(&t, a, forges, c, err)) != CB_OK)
        return rc;
    put(&t, t.root, "url", cb_git_url_clean(a, url));
    list(&t, "problems");
    for (size_t i = 0; i < t.source_n && !told; i++) {
        const struct cb_source_row *row = &t.sources[i];

        branch = true;
        if (!row->configured || !(local ? is_below(&path, row, file) : is_repository(row, &at, &path, &branch)))
            continue;
        if (!branch) {
            other = row;
            continue;
        }
        told = true;
        if ((rc = tell_file(&t, row, path, err)) != CB_OK)
            return rc;
    }
    if (!told && other)
        find(&t, "other-branch", SAY(&t, "%" CB_FMT " is read, but not the branch %" CB_FMT, CB_ARG(source_name(&t, other)),
                                     CB_ARG(at.branch)));
    else if (!told)
        find(&t, "no-source", SAY(&t, "no source covers %" CB_FMT ": add it under sources: in the configuration, or register its location",
                                  CB_ARG(local ? file : cb_git_url_clean(a, url))));
    end(out, &t);
    return CB_OK;
}
