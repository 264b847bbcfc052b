#include "catalog/parse/yaml.h"

#include <yaml.h>

#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/entity/problem.h"
#include "catalog/parse/yaml_error.h"
#include "catalog/parse/yaml_scalar.h"
#include "catalog/parse/yaml_text.h"

#define SHOWN_MAX 100   /* bytes of a key that a message repeats */
#define CHUNK_FIRST 512
#define CHUNK_MAX (1 << 20)
#define ENDS_MAX 64     /* lines before the first document that may end none */
#define INDEX_FROM 12   /* keys of a mapping that are compared one by one; more get a table */
#define REPAIR_BYTES_MAX (8 * 1024 * 1024) /* read again because libyaml is stricter than YAML 1.2 */

/* What an anchor stands for, and how much of a tree that is. */
struct anchor {
    cb_str name;
    struct cb_node *node; /* NULL while it is not finished */
    size_t nodes, bytes, height;
};

/* A collection that is not finished. */
struct frame {
    struct cb_node *node;
    bool flow;
    uint32_t column;      /* 0-based, of the innermost block collection; its lines are indented deeper */
    bool has_key;         /* the next node is the value of KEY */
    cb_str key;
    uint32_t key_line, key_column;
    size_t anchor;        /* its own, + 1; 0: none */
    size_t nodes, bytes;  /* the document's totals when it began */
    size_t height;        /* of its deepest child */
    struct cb_map *index; /* of keys, once there are many */
};

struct reader {
    struct cb_arena *a;
    struct cb_yaml_text text;
    CB_VEC(struct cb_yaml_doc) docs;
    CB_VEC(struct anchor) anchors;
    struct cb_map anchor_index; /* name to the latest anchor of that name, + 1 */
    size_t repair_bytes; /* read again so far */
    bool joined;         /* surrogate pairs were rewritten already */
    bool own;            /* the text is a copy in the arena */

    /* the segment that the parser reads: from a document marker (or the beginning) on */
    yaml_parser_t parser;
    size_t seg_at, seg_line; /* offset and 0-based line of its first byte */
    size_t fed;              /* bytes given to the parser */
    bool fed_end;
    size_t chunk;            /* bytes to give next: little behind a broken document, for the next may be broken too */
    size_t line_at, line;    /* a line that was looked up, absolute */

    /* the document */
    bool open;               /* its start was seen */
    bool explicit_end;       /* the last one was ended by "..." */
    size_t seg_docs;         /* documents that this segment gave */
    size_t doc_line;         /* absolute, 0-based */
    struct frame frames[CB_NODE_DEPTH_MAX];
    size_t depth;
    struct cb_node *root;
    size_t nodes, bytes;
};

/* Why a document is broken, and where. */
struct fault {
    const char *rule;
    yaml_mark_t mark; /* in the segment */
    cb_str message, remedy;
};

/* Blanks behind the last line break are no line. */
static bool ends_inside_line(cb_str all, size_t from)
{
    while (all.n > from && (all.p[all.n - 1] == ' ' || all.p[all.n - 1] == '\t'))
        all.n--;
    return all.n > from && all.p[all.n - 1] != '\n';
}

/* libyaml's source: the text, and one line break at its end where the author left it out. */
static int feed(void *data, unsigned char *room, size_t size, size_t *given)
{
    struct reader *r = data;
    cb_str all = r->text.bytes;
    size_t left = all.n - r->fed;

    size = size < r->chunk ? size : r->chunk;
    if (r->chunk < CHUNK_MAX)
        r->chunk *= 2;
    *given = left < size ? left : size;
    if (*given) {
        memcpy(room, all.p + r->fed, *given);
        r->fed += *given;
    } else if (!r->fed_end && size) {
        r->fed_end = true;
        if (ends_inside_line(all, r->seg_at)) {
            room[0] = '\n';
            *given = 1;
        }
    }
    return 1;
}

/* Offset of an absolute line's first byte; the text's end for a line behind it. */
static size_t line_offset(struct reader *r, size_t line)
{
    cb_str all = r->text.bytes;

    if (line < r->line) {
        r->line = r->seg_line;
        r->line_at = r->seg_at;
    }
    while (r->line < line) {
        const char *nl = r->line_at < all.n ? memchr(all.p + r->line_at, '\n', all.n - r->line_at) : NULL;

        if (!nl)
            return all.n;
        r->line_at = (size_t)(nl - all.p) + 1;
        r->line++;
    }
    return r->line_at;
}

static cb_str line_text(struct reader *r, size_t line)
{
    cb_str all = r->text.bytes;
    size_t at = line_offset(r, line);
    const char *nl = at < all.n ? memchr(all.p + at, '\n', all.n - at) : NULL;

    return cb_str_sub(all, at, nl ? (size_t)(nl - all.p) : all.n);
}

/* --- faults ------------------------------------------------------------------------------------ */

static bool fail(struct fault *f, const char *rule, yaml_mark_t mark, cb_str message, cb_str remedy)
{
    f->rule = rule;
    f->mark = mark;
    f->message = message;
    f->remedy = remedy;
    return false;
}

static bool too_big(struct fault *f, yaml_mark_t mark)
{
    return fail(f, "yaml-limit", mark, CB_LIT("the document is too big once its aliases are filled in"),
                CB_LIT("split it, or use fewer aliases"));
}

/* --- building trees ---------------------------------------------------------------------------- */

static struct frame *top(struct reader *r)
{
    return r->depth ? &r->frames[r->depth - 1] : NULL;
}

static bool has_key(struct frame *f, cb_str key)
{
    size_t n = 0;

    if (f->node->child_n < INDEX_FROM) {
        for (const struct cb_node *c = f->node->first; c; c = c->next)
            if (cb_str_eq(c->key, key))
                return true;
        return false;
    }
    if (!f->index) {
        f->index = calloc(1, sizeof(*f->index));
        if (!f->index)
            abort();
        for (const struct cb_node *c = f->node->first; c; c = c->next, n++)
            cb_map_put(f->index, c->key, NULL);
    }
    return cb_map_get(f->index, key) != NULL;
}

static void drop_index(struct frame *f)
{
    if (f->index)
        cb_map_fini(f->index);
    free(f->index);
    f->index = NULL;
}

static bool set_key(struct reader *r, cb_str key, yaml_mark_t mark, struct fault *fault)
{
    struct frame *f = top(r);

    if (has_key(f, key))
        return fail(fault, "yaml-duplicate-key", mark,
                    cb_arena_printf(r->a, "the key \"%" CB_FMT "\" is there twice", CB_ARG(cb_problem_cut(key, SHOWN_MAX))),
                    cb_str_eq(key, CB_LIT("apiVersion")) && r->depth == 1
                        ? CB_LIT("if another entity begins here, put a line with --- before it")
                        : CB_LIT("keep one of the two"));
    f->key = key;
    f->key_line = (uint32_t)(r->seg_line + mark.line) + 1;
    f->key_column = (uint32_t)mark.column + 1;
    f->has_key = true;
    return true;
}

/* NODE is finished: it is a key, a member, an item or the root. HEIGHT: collections in it, its own level included. */
static bool place(struct reader *r, struct cb_node *node, size_t height, yaml_mark_t mark, struct fault *fault)
{
    struct frame *f = top(r);

    if (!f) {
        r->root = node;
        return true;
    }
    if (height > f->height)
        f->height = height;
    if (r->depth + height > CB_NODE_DEPTH_MAX)
        return fail(fault, "yaml-limit", mark, cb_arena_printf(r->a, "nested deeper than %d levels", CB_NODE_DEPTH_MAX),
                    CB_LIT("use fewer levels"));
    if (f->node->type == CB_ARRAY) {
        cb_node_push(f->node, node);
        return true;
    }
    if (!f->has_key)
        return set_key(r, cb_yaml_key_text(r->a, node), mark, fault);
    node->key_line = f->key_line;
    node->key_column = f->key_column;
    cb_node_put(f->node, f->key.p ? f->key : CB_LIT(""), node);
    if (f->index)
        cb_map_put(f->index, node->key, NULL);
    f->has_key = false;
    return true;
}

static struct cb_node *new_node(struct reader *r, enum cb_node_type type, yaml_mark_t mark)
{
    struct cb_node *node = cb_node_new(r->a, type);

    node->line = (uint32_t)(r->seg_line + mark.line) + 1;
    node->column = (uint32_t)mark.column + 1;
    return node;
}

static bool count(struct reader *r, size_t nodes, size_t bytes, yaml_mark_t mark, struct fault *fault)
{
    r->nodes += nodes;
    r->bytes += bytes;
    return (r->nodes <= CB_YAML_NODE_MAX && r->bytes <= CB_YAML_TEXT_MAX) || too_big(fault, mark);
}

static size_t add_anchor(struct reader *r, const yaml_char_t *name)
{
    cb_str text;

    if (!name)
        return 0;
    text = cb_arena_str(r->a, cb_str_cstr((const char *)name));
    cb_vec_push(&r->anchors, (struct anchor){.name = text});
    cb_map_put(&r->anchor_index, text, NULL)->u = r->anchors.n;
    return r->anchors.n;
}

static void finish_anchor(struct reader *r, size_t anchor, struct cb_node *node, size_t nodes, size_t bytes, size_t height)
{
    struct anchor *at;

    if (!anchor)
        return;
    at = &r->anchors.v[anchor - 1];
    at->node = node;
    at->nodes = nodes;
    at->bytes = bytes;
    at->height = height;
}

/*
 * npm `yaml` wants each line of a text or flow collection over several lines to be indented deeper than the block
 * collection that it is in; libyaml does not look.
 */
static bool check_indent(struct reader *r, const yaml_event_t *from, const yaml_event_t *to, bool flow,
                         struct fault *fault)
{
    struct frame *f = top(r);
    size_t need = f ? f->column + 1 : 0;

    if (!f || f->column == UINT32_MAX)
        return true;
    for (size_t line = from->start_mark.line + 1; line <= to->end_mark.line; line++) {
        cb_str s = line_text(r, r->seg_line + line);
        size_t at = 0, blank;

        while (at < s.n && s.p[at] == ' ')
            at++;
        for (blank = at; blank < s.n && strchr(" \t\r", s.p[blank]) && s.p[blank];)
            blank++;
        if (blank == s.n || at >= need || (flow && s.p[blank] == '#'))
            continue;
        if (flow && line == to->end_mark.line && at + 1 == need && blank + 1 == to->end_mark.column)
            continue; /* the last bracket may stand under its key */
        return fail(fault, "yaml-syntax", (yaml_mark_t){0, line, at},
                    flow ? CB_LIT("this line of a [list] or {mapping} is not indented deeper than the key it belongs to")
                         : CB_LIT("this line of a quoted text is not indented deeper than the key it belongs to"),
                    CB_LIT("indent it by two more spaces"));
    }
    return true;
}

/* The same of a value that begins on a line of its own. Block collections see to it themselves. */
static bool check_start(struct reader *r, const yaml_event_t *e, struct fault *fault)
{
    struct frame *f = top(r);

    if (!f || f->flow || e->start_mark.column > f->column || (f->node->type == CB_OBJECT && !f->has_key))
        return true;
    return fail(fault, "yaml-syntax", e->start_mark, CB_LIT("this value is not indented deeper than what it belongs to"),
                CB_LIT("indent it by two more spaces"));
}

static bool on_scalar(struct reader *r, yaml_event_t *e, struct fault *fault)
{
    cb_str read = {(const char *)e->data.scalar.value, e->data.scalar.length}, text;
    yaml_scalar_style_t style = e->data.scalar.style;
    bool plain = style == YAML_PLAIN_SCALAR_STYLE || style == YAML_ANY_SCALAR_STYLE, nul = false;
    bool quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    size_t anchor = add_anchor(r, e->data.scalar.anchor);
    struct cb_node *node;

    if (!(plain && !read.n) && !check_start(r, e, fault))
        return false;
    if (quoted && e->end_mark.line > e->start_mark.line && !check_indent(r, e, e, false, fault))
        return false;
    if (!count(r, 1, read.n, e->start_mark, fault))
        return false;
    if (r->text.swap || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        text = cb_yaml_text_back(&r->text, r->a, read, &nul);
    else
        text = cb_arena_str(r->a, read);
    if (nul)
        return fail(fault, "yaml-nul", e->start_mark, CB_LIT("the text has a NUL character (\\0), which cannot be kept"),
                    CB_LIT("take it out; if the file is UTF-16, save it as UTF-8"));
    node = new_node(r, CB_STRING, e->start_mark);
    if (e->data.scalar.tag) {
        cb_str tag = cb_str_cstr((const char *)e->data.scalar.tag);

        if (cb_str_eq(tag, CB_LIT("tag:yaml.org,2002:binary")))
            return fail(fault, "yaml-tag", e->start_mark, CB_LIT("!!binary is not supported"), CB_LIT("write it as text"));
        cb_yaml_scalar_tagged(node, r->a, text, tag);
    } else if (plain && e->data.scalar.plain_implicit) {
        cb_yaml_scalar_plain(node, text);
    } else {
        node->text = text;
    }
    finish_anchor(r, anchor, node, 1, read.n, 0);
    return place(r, node, 0, e->start_mark, fault);
}

static bool on_alias(struct reader *r, yaml_event_t *e, struct fault *fault)
{
    cb_str name = cb_str_cstr((const char *)e->data.alias.anchor);
    const union cb_map_value *found = cb_map_get(&r->anchor_index, name);
    const struct anchor *at = found ? &r->anchors.v[found->u - 1] : NULL;
    struct cb_node *node;

    if (!check_start(r, e, fault))
        return false;
    if (!at)
        return fail(fault, "yaml-alias", e->start_mark,
                    cb_arena_printf(r->a, "the alias *%" CB_FMT " names an anchor that is not there", CB_ARG(name)),
                    cb_arena_printf(r->a,
                                    "put &%" CB_FMT " before the value it stands for; quote a text that begins with '*'",
                                    CB_ARG(name)));
    if (!at->node)
        return fail(fault, "yaml-alias", e->start_mark,
                    cb_arena_printf(r->a, "the alias *%" CB_FMT " is inside the value it stands for", CB_ARG(name)),
                    CB_LIT("a value cannot hold itself"));
    if (!count(r, at->nodes, at->bytes, e->start_mark, fault))
        return false;
    node = cb_node_new(r->a, at->node->type);
    *node = *at->node; /* its children are shared */
    node->key = (cb_str){0};
    node->next = NULL;
    return place(r, node, at->height, e->start_mark, fault);
}

static bool push(struct reader *r, enum cb_node_type type, bool flow, const yaml_char_t *anchor, yaml_event_t *e,
                 struct fault *fault)
{
    struct frame *up = top(r), *f;

    if (flow && !check_start(r, e, fault))
        return false;
    if (r->depth == CB_NODE_DEPTH_MAX)
        return fail(fault, "yaml-limit", e->start_mark,
                    cb_arena_printf(r->a, "nested deeper than %d levels", CB_NODE_DEPTH_MAX), CB_LIT("use fewer levels"));
    f = &r->frames[r->depth++];
    *f = (struct frame){.flow = flow, .nodes = r->nodes, .bytes = r->bytes, .anchor = add_anchor(r, anchor)};
    f->node = new_node(r, type, e->start_mark);
    if (!flow)
        f->column = (uint32_t)e->start_mark.column;
    else
        f->column = up ? up->column : UINT32_MAX;
    return count(r, 1, 0, e->start_mark, fault);
}

static bool pop(struct reader *r, yaml_event_t *e, struct fault *fault)
{
    struct frame f = *top(r), *up;
    size_t height = f.height + 1;
    yaml_mark_t mark = {0, f.node->line - 1 - r->seg_line, f.node->column - 1};

    drop_index(&r->frames[r->depth - 1]);
    r->depth--;
    up = top(r);
    finish_anchor(r, f.anchor, f.node, r->nodes - f.nodes, r->bytes - f.bytes, height);
    if (f.flow && up && !up->flow && e->end_mark.line > mark.line) {
        yaml_event_t from = {.start_mark = mark};

        if (!check_indent(r, &from, e, true, fault))
            return false;
    }
    return place(r, f.node, height, mark, fault);
}

static void reset_doc(struct reader *r)
{
    while (r->depth)
        drop_index(&r->frames[--r->depth]);
    if (r->anchors.n) {
        cb_vec_clear(&r->anchors);
        cb_map_fini(&r->anchor_index);
        r->anchor_index = CB_MAP_INIT;
    }
    r->root = NULL;
    r->nodes = r->bytes = 0;
    r->open = false;
}

static void end_doc(struct reader *r, yaml_event_t *e)
{
    struct cb_yaml_doc doc = {.root = r->root, .line = (uint32_t)r->doc_line + 1, .column = 1};

    if (r->root && r->root->type == CB_NULL)
        doc.root = NULL;
    if (r->root) {
        doc.line = r->root->line;
        doc.column = r->root->column;
    }
    r->explicit_end = !e->data.document_end.implicit;
    r->seg_docs++;
    cb_vec_push(&r->docs, doc);
    reset_doc(r);
}

static bool on_event(struct reader *r, yaml_event_t *e, struct fault *fault)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        reset_doc(r);
        if (r->docs.n >= CB_YAML_DOC_MAX)
            return fail(fault, "yaml-limit", e->start_mark,
                        cb_arena_printf(r->a, "the file has more than %d documents", CB_YAML_DOC_MAX),
                        CB_LIT("split it; the rest was not read"));
        r->open = true;
        r->doc_line = r->seg_line + e->start_mark.line;
        return true;
    case YAML_DOCUMENT_END_EVENT:
        end_doc(r, e);
        return true;
    case YAML_ALIAS_EVENT:
        return on_alias(r, e, fault);
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e, fault);
    case YAML_SEQUENCE_START_EVENT:
        return push(r, CB_ARRAY, e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, e->data.sequence_start.anchor,
                    e, fault);
    case YAML_MAPPING_START_EVENT:
        return push(r, CB_OBJECT, e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, e->data.mapping_start.anchor, e,
                    fault);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return pop(r, e, fault);
    default:
        return true;
    }
}

/* --- segments: going on behind a broken document ------------------------------------------------ */

static bool is_marker(cb_str line, const char *three)
{
    return line.n >= 3 && memcmp(line.p, three, 3) == 0 && (line.n == 3 || strchr(" \t\r", line.p[3]));
}

/* The next segment begins at the first document marker at or behind absolute line FROM; false: there is none. */
static bool next_segment(struct reader *r, size_t from)
{
    for (size_t line = from;; line++) {
        size_t at = line_offset(r, line);
        cb_str s;

        if (at >= r->text.bytes.n)
            return false;
        s = line_text(r, line);
        if (is_marker(s, "...")) {
            at = line_offset(r, ++line);
            r->seg_at = at;
            r->seg_line = line;
            return at < r->text.bytes.n;
        }
        if (is_marker(s, "---") && at > r->seg_at) {
            r->seg_at = at;
            r->seg_line = line;
            return true;
        }
    }
}

static void broken(struct reader *r, struct cb_yaml_doc *doc, const struct fault *f)
{
    doc->root = NULL;
    doc->broken = true;
    doc->rule = f->rule;
    doc->line = (uint32_t)(r->seg_line + f->mark.line) + 1;
    doc->column = (uint32_t)f->mark.column + 1;
    doc->message = f->message;
    doc->remedy = f->remedy;
}

/* libyaml's own words, and ours for them. */
static void syntax_fault(struct reader *r, struct fault *f)
{
    const yaml_parser_t *p = &r->parser;

    f->rule = "yaml-syntax";
    f->mark = p->problem_mark;
    if (p->error == YAML_READER_ERROR)
        f->mark = p->mark;
    if (p->problem && strstr(p->problem, "could not find expected ':'"))
        f->mark = p->context_mark; /* the line that lacks it, not the one that shows it */
    cb_yaml_error_words(&f->message, &f->remedy, r->a, p, line_text(r, r->seg_line + f->mark.line), (uint32_t)r->seg_line);
}

/* Offset of the character at a place in the segment. */
static size_t mark_offset(struct reader *r, yaml_mark_t mark)
{
    size_t at = line_offset(r, r->seg_line + mark.line);
    cb_str all = r->text.bytes;

    for (size_t column = 0; at < all.n && column < mark.column; column++)
        for (at++; at < all.n && ((unsigned char)all.p[at] & 0xc0) == 0x80;)
            at++;
    return at;
}

/* The text was rewritten: offsets that were looked up before may be wrong now; lines are not. */
static void text_changed(struct reader *r)
{
    r->own = true;
    r->line = r->line_at = 0;
    r->seg_at = line_offset(r, r->seg_line);
}

/* "- <tab>text", where the text is no key: the tab only stands between. */
static bool is_between(cb_str line, size_t at)
{
    size_t blank = 0;

    while (blank < line.n && line.p[blank] == ' ')
        blank++;
    if (blank >= at)
        return false;
    for (size_t i = at; i < line.n; i++)
        if (line.p[i] == ':' && (i + 1 == line.n || strchr(" \t\r", line.p[i + 1])))
            return false;
    return true;
}

/*
 * Tabs of an otherwise empty line, before a comment, or behind a "- " become blanks. False: the line has something
 * else.
 */
static bool blank_tabs(struct reader *r, size_t line_n, size_t column)
{
    cb_str line = line_text(r, line_n);
    size_t at = line_offset(r, line_n), end = 0;

    while (end < line.n && line.p[end] != '\0' && strchr(" \t\r", line.p[end]))
        end++;
    if (is_between(line, column) && column < line.n && line.p[column] == '\t') {
        for (end = column; end < line.n && line.p[end] == '\t';)
            end++;
    } else if ((end < line.n && line.p[end] != '#') || !memchr(line.p, '\t', end)) {
        return false;
    }
    if (!r->own)
        r->text.bytes = cb_arena_str(r->a, r->text.bytes);
    r->own = true;
    for (size_t i = at; i < at + end; i++)
        if (r->text.bytes.p[i] == '\t')
            ((char *)r->text.bytes.p)[i] = ' ';
    return true;
}

/*
 * Places where libyaml refuses what YAML 1.2 allows, rewritten so that the document can be read again from its start:
 * tabs on an empty or comment line, a tab that begins a line of a block's text, {a:[b]}, and JSON's escapes of a
 * character beyond 16 bits.
 */
static bool repair(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    size_t at;

    if (p->error != YAML_SCANNER_ERROR || !p->problem || r->repair_bytes > REPAIR_BYTES_MAX)
        return false;
    r->repair_bytes += 4096 + r->fed - r->seg_at + r->text.bytes.n / 8;
    if (strstr(p->problem, "Unicode character escape") && !r->joined) {
        r->joined = true;
        r->text.bytes = cb_yaml_text_join_surrogates(r->a, r->text.bytes);
        text_changed(r);
        return true;
    }
    if (strstr(p->problem, "cannot start any token") || strstr(p->problem, "tab character that violates"))
        return blank_tabs(r, r->seg_line + p->problem_mark.line, p->problem_mark.column);
    at = mark_offset(r, p->problem_mark);
    if (strstr(p->problem, "found a tab character where an indentation") && at < r->text.bytes.n &&
        r->text.bytes.p[at] == '\t') {
        cb_yaml_text_hide_tab(&r->text, r->a, at);
    } else if (strstr(p->problem, "found unexpected ':'") && at < r->text.bytes.n && r->text.bytes.p[at] == ':') {
        cb_yaml_text_insert(&r->text, r->a, at + 1, ' ');
    } else {
        return false;
    }
    text_changed(r);
    return true;
}

/* The segment is read again from the document that was open: those before it are kept. */
static void rewind_doc(struct reader *r)
{
    size_t line = r->open ? r->doc_line : r->seg_line + r->parser.problem_mark.line;

    if (r->seg_docs == 0)
        return; /* from the segment's start, so that directives are read too */
    r->seg_at = line_offset(r, line);
    r->seg_line = line;
}

enum step { STEP_DONE, STEP_AGAIN };

/* The parser stopped. Say what is broken, and find where to go on. */
static enum step recover(struct reader *r, struct fault *f, bool ours)
{
    bool between = !ours && !r->open && r->parser.problem && strstr(r->parser.problem, "expected <document start>");
    size_t from;

    if (!ours && repair(r)) {
        rewind_doc(r);
        return STEP_AGAIN;
    }
    if (!ours)
        syntax_fault(r, f);
    from = r->seg_line + f->mark.line;
    if (between && r->seg_docs && r->explicit_end) {
        /* a document without "---" behind "...": libyaml wants the marker, YAML 1.2 does not */
        size_t at = line_offset(r, from);

        if (at > r->seg_at) {
            r->seg_at = at;
            r->seg_line = from;
            return STEP_AGAIN;
        }
    }
    if (between && r->seg_docs) {
        broken(r, &r->docs.v[r->docs.n - 1], f);
    } else {
        if (r->docs.n > CB_YAML_DOC_MAX)
            return STEP_DONE;
        cb_vec_push(&r->docs, (struct cb_yaml_doc){0});
        broken(r, &r->docs.v[r->docs.n - 1], f);
    }
    if (r->docs.n > CB_YAML_DOC_MAX)
        return STEP_DONE;
    if (r->open && from <= r->doc_line)
        from = r->doc_line + 1;
    return next_segment(r, from) ? STEP_AGAIN : STEP_DONE;
}

/* Document ends without a document before them are nothing; libyaml would look for a value. */
static void skip_ends(struct reader *r)
{
    for (size_t line = r->seg_line; line < r->seg_line + ENDS_MAX; line++) {
        size_t at = line_offset(r, line);
        cb_str s = cb_str_trim(line_text(r, line));

        if (at >= r->text.bytes.n)
            return;
        if (is_marker(line_text(r, line), "...")) {
            r->seg_line = line + 1;
            r->seg_at = line_offset(r, line + 1);
        } else if (s.n && s.p[0] != '#') {
            return;
        }
    }
}

static enum step read_segment(struct reader *r)
{
    enum step step = STEP_DONE;
    struct fault fault = {0};
    bool more = true;

    reset_doc(r);
    r->seg_docs = 0;
    r->explicit_end = false;
    r->line = r->seg_line;
    r->line_at = r->seg_at;
    skip_ends(r);
    r->fed = r->seg_at;
    r->fed_end = false;
    r->chunk = r->docs.n ? CHUNK_FIRST : CHUNK_MAX;
    if (!yaml_parser_initialize(&r->parser))
        abort();
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&r->parser, feed, r);
    while (more) {
        yaml_event_t e;

        if (!yaml_parser_parse(&r->parser, &e)) {
            step = recover(r, &fault, false);
            break;
        }
        more = e.type != YAML_STREAM_END_EVENT;
        if (!on_event(r, &e, &fault)) {
            step = recover(r, &fault, true);
            more = false;
        }
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&r->parser);
    reset_doc(r);
    return step;
}

void cb_yaml_read(struct cb_yaml *out, struct cb_arena *a, cb_str bytes)
{
    struct reader *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->a = a;
    cb_yaml_text_make(&r->text, a, bytes);
    while (read_segment(r) == STEP_AGAIN)
        ;
    *out = (struct cb_yaml){.doc_n = r->docs.n, .bad_line = r->text.bad_line};
    out->docs = CB_NEW_N(a, struct cb_yaml_doc, r->docs.n);
    if (r->docs.n)
        memcpy(out->docs, r->docs.v, r->docs.n * sizeof(*out->docs));
    cb_vec_fini(&r->docs);
    cb_vec_fini(&r->anchors);
    free(r);
}
