/* Statements, and what both halves of the parser share. */
#include "plugins/templates/parse.h"

#include <string.h>

#include "plugins/templates/limit.h"

struct tpl_node *tpl_new_node(struct tpl_parser *p, enum tpl_kind kind, size_t at)
{
    struct tpl_node *n = TPL_NEW(p->h, struct tpl_node);

    if (++p->program->node_n > TPL_NODE_MAX) {
        p->h->at = at;
        tpl_fail(p->h, CALLBOARD_ELIMIT, "it has more than %d parts", TPL_NODE_MAX);
    }
    n->kind = kind;
    n->at = at;
    return n;
}

struct tpl_name *tpl_intern(struct tpl_parser *p, const char *text, size_t n)
{
    uint32_t hash = tpl_hash(text, n);
    struct tpl_name **bucket = &p->program->names[hash & 255], *name;

    for (name = *bucket; name; name = name->next)
        if (name->hash == hash && name->text.n == n && memcmp(name->text.p, text, n) == 0)
            return name;
    name = TPL_NEW(p->h, struct tpl_name);
    name->text = *tpl_text(p->h, text, n).s;
    name->hash = hash;
    name->next = *bucket;
    *bucket = name;
    return name;
}

void tpl_advance(struct tpl_parser *p)
{
    p->token = tpl_lex_next(&p->lex);
}

bool tpl_at(const struct tpl_parser *p, const char *word)
{
    return tpl_token_is(&p->token, word);
}

bool tpl_skip(struct tpl_parser *p, const char *word)
{
    if (!tpl_at(p, word))
        return false;
    tpl_advance(p);
    return true;
}

void tpl_unexpected(struct tpl_parser *p, const char *wanted)
{
    const struct tpl_token *t = &p->token;

    switch (t->type) {
    case TPL_T_CLOSE:
    case TPL_T_END: tpl_fail_at(p->h, t->at, "%s is missing before the end of the tag", wanted);
    case TPL_T_TEXT: tpl_fail_at(p->h, t->at, "expected %s, not the text \"%.*s\"", wanted, (int)(t->text->n < 40 ? t->text->n : 40), t->text->p);
    default: tpl_fail_at(p->h, t->at, "expected %s, not \"%.*s\"", wanted, (int)(t->n < 40 ? t->n : 40), t->word ? t->word : "");
    }
}

void tpl_enter(struct tpl_parser *p, size_t at)
{
    if (++p->depth > TPL_DEPTH_MAX) {
        p->h->at = at;
        tpl_fail(p->h, CALLBOARD_ELIMIT, "it is nested deeper than %d", TPL_DEPTH_MAX);
    }
}

void tpl_leave(struct tpl_parser *p)
{
    p->depth--;
}

struct tpl_name *tpl_parse_name(struct tpl_parser *p, const char *what)
{
    struct tpl_name *name;

    if (p->token.type != TPL_T_NAME)
        tpl_unexpected(p, what);
    name = tpl_intern(p, p->token.word, p->token.n);
    p->h->at = p->token.at;
    tpl_check_name(p->h, &name->text);
    tpl_advance(p);
    return name;
}

/* ---- statements */

static struct tpl_node *parse_body(struct tpl_parser *p, const char *const *ends, const char *tag, size_t at);

/* The end of a tag. */
static void close_tag(struct tpl_parser *p)
{
    if (p->token.type != TPL_T_CLOSE)
        tpl_unexpected(p, "the end of the tag");
    tpl_advance(p);
}

static bool at_end(const struct tpl_parser *p, const char *const *ends)
{
    for (; *ends; ends++)
        if (tpl_at(p, *ends))
            return true;
    return false;
}

static const char *const if_ends[] = {"elif", "elseif", "else", "endif", NULL};
static const char *const else_if_ends[] = {"endif", NULL};
static const char *const for_ends[] = {"else", "endfor", NULL};
static const char *const else_for_ends[] = {"endfor", NULL};
static const char *const set_ends[] = {"endset", NULL};
static const char *const macro_ends[] = {"endmacro", NULL};
static const char *const call_ends[] = {"endcall", NULL};
static const char *const filter_ends[] = {"endfilter", NULL};
static const char *const block_ends[] = {"endblock", NULL};
static const char *const case_ends[] = {"case", "default", "endswitch", NULL};
static const char *const default_ends[] = {"endswitch", NULL};

/* The names that were put before those at SINCE. */
static struct tpl_names *since(struct tpl_parser *p, const struct tpl_names *since)
{
    struct tpl_names *first = NULL;

    for (struct tpl_names *n = p->macros; n != since; n = n->next) {
        struct tpl_names *copy = TPL_NEW(p->h, struct tpl_names);

        *copy = (struct tpl_names){n->name, first, n->macro};
        first = copy;
    }
    return first;
}

/* A body with names of its own. */
static struct tpl_node *parse_scope(struct tpl_parser *p, const char *const *ends, const char *tag, size_t at)
{
    struct tpl_names *outer = p->macros;
    struct tpl_node *n;

    p->macros = NULL;
    n = parse_body(p, ends, tag, at);
    p->macros = outer;
    return n;
}

static struct tpl_node *parse_if(struct tpl_parser *p, size_t at)
{
    struct tpl_node *first = NULL, **hole = &first;
    struct tpl_names *before = p->macros;

    for (;;) {
        struct tpl_node *n = tpl_new_node(p, TPL_N_IF, p->token.at);

        n->a = tpl_parse_expression(p);
        close_tag(p);
        n->b = parse_body(p, if_ends, "if", at);
        *hole = n;
        hole = &n->c;
        if (!tpl_skip(p, "elif") && !tpl_skip(p, "elseif"))
            break;
    }
    if (tpl_skip(p, "else")) {
        close_tag(p);
        *hole = parse_body(p, else_if_ends, "if", at);
    }
    tpl_advance(p);
    close_tag(p);
    first->names = since(p, before);
    return first;
}

/* A body whose text is taken: a macro defined there would be seen by nobody. */
static struct tpl_node *parse_captured(struct tpl_parser *p, const char *const *ends, const char *tag, size_t at)
{
    const char *outer = p->captured;
    struct tpl_node *n;

    p->captured = tag;
    n = parse_body(p, ends, tag, at);
    p->captured = outer;
    return n;
}

static struct tpl_names *name_list(struct tpl_parser *p, const char *what)
{
    struct tpl_names *first = NULL, **tail = &first;

    do {
        *tail = TPL_NEW(p->h, struct tpl_names);
        (*tail)->name = tpl_parse_name(p, what);
        tail = &(*tail)->next;
    } while (tpl_skip(p, ","));
    return first;
}

static struct tpl_node *parse_for(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_FOR, at);

    n->names = name_list(p, "the name of what the loop goes through");
    if (!tpl_skip(p, "in"))
        tpl_unexpected(p, "\"in\"");
    n->a = tpl_parse_expression(p);
    close_tag(p);
    n->b = parse_scope(p, for_ends, "for", at);
    if (tpl_skip(p, "else")) {
        close_tag(p);
        n->c = parse_scope(p, else_for_ends, "for", at);
    }
    tpl_advance(p);
    close_tag(p);
    return n;
}

static struct tpl_node *parse_set(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_SET, at);

    n->names = name_list(p, "the name to set");
    if (tpl_skip(p, "=")) {
        n->a = tpl_parse_expression(p);
        close_tag(p);
        return n;
    }
    close_tag(p);
    n->b = tpl_new_node(p, TPL_N_BLOCK, at);
    n->b->b = parse_captured(p, set_ends, "set", at);
    tpl_advance(p);
    close_tag(p);
    return n;
}

/* "(a, b=1)": the bracket is at hand. */
static void parse_parameters(struct tpl_parser *p, struct tpl_macro *m)
{
    struct tpl_names **arg = &m->args;
    struct tpl_node **keyword = &m->keywords;

    tpl_advance(p);
    if (tpl_skip(p, ")"))
        return;
    do {
        size_t at = p->token.at;
        struct tpl_name *name = tpl_parse_name(p, "the name of an argument");

        if (tpl_skip(p, "=")) {
            *keyword = tpl_new_node(p, TPL_N_PAIR, at);
            (*keyword)->a = tpl_new_node(p, TPL_N_NAME, at);
            (*keyword)->a->name = name;
            (*keyword)->b = tpl_parse_expression(p);
            keyword = &(*keyword)->next;
            m->keyword_n++;
        } else {
            *arg = TPL_NEW(p->h, struct tpl_names);
            (*arg)->name = name;
            arg = &(*arg)->next;
            m->arg_n++;
        }
    } while (tpl_skip(p, ","));
    if (!tpl_skip(p, ")"))
        tpl_unexpected(p, "a comma or )");
}

static struct tpl_node *parse_macro(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_MACRO, at);
    struct tpl_macro *m = TPL_NEW(p->h, struct tpl_macro);
    struct tpl_names *named;

    if (p->captured)
        tpl_fail_at(p->h, at, "a macro cannot be defined inside {%% %s %%}", p->captured);
    m->name = tpl_parse_name(p, "the macro's name");
    named = TPL_NEW(p->h, struct tpl_names);
    *named = (struct tpl_names){m->name, p->macros, m};
    p->macros = named;
    if (!tpl_at(p, "("))
        tpl_unexpected(p, "the macro's arguments, in ()");
    parse_parameters(p, m);
    close_tag(p);
    m->body = parse_scope(p, macro_ends, "macro", at);
    tpl_advance(p);
    close_tag(p);
    n->macro = m;
    return n;
}

static struct tpl_node *parse_call(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_CALLER, at);
    struct tpl_macro *m = TPL_NEW(p->h, struct tpl_macro);

    if (tpl_at(p, "("))
        parse_parameters(p, m);
    n->a = tpl_parse_operand(p);
    if (n->a->kind != TPL_N_CALL)
        tpl_fail_at(p->h, n->a->at, "a call block calls a macro: {%% call name() %%}");
    close_tag(p);
    m->body = parse_scope(p, call_ends, "call", at);
    tpl_advance(p);
    close_tag(p);
    n->macro = m;
    return n;
}

static struct tpl_node *parse_filtered(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_FILTERED, at);

    n->a = tpl_parse_filter(p);
    close_tag(p);
    n->b = parse_captured(p, filter_ends, "filter", at);
    tpl_advance(p);
    close_tag(p);
    return n;
}

static struct tpl_node *parse_block(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_BLOCK, at);
    struct tpl_names *named;
    struct tpl_name *name;

    name = tpl_parse_name(p, "the block's name");
    for (struct tpl_names *seen = p->blocks; seen; seen = seen->next)
        if (seen->name == name)
            tpl_fail_at(p->h, at, "there is a block \"%.*s\" already", (int)name->text.n, name->text.p);
    named = TPL_NEW(p->h, struct tpl_names);
    *named = (struct tpl_names){name, p->blocks, NULL};
    p->blocks = named;
    close_tag(p);
    n->b = parse_scope(p, block_ends, "block", at);
    tpl_advance(p);
    if (p->token.type == TPL_T_NAME)
        tpl_advance(p);
    close_tag(p);
    return n;
}

static struct tpl_node *parse_switch(struct tpl_parser *p, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_SWITCH, at), **tail = &n->b;
    struct tpl_names *before = p->macros;

    n->a = tpl_parse_expression(p);
    close_tag(p);
    if (p->token.type != TPL_T_TAG) /* white space too: Backstage's renderer refuses it */
        tpl_fail_at(p->h, p->token.at, "a switch begins with {%% case %%} or {%% default %%}, with nothing before it");
    tpl_advance(p);
    if (!tpl_at(p, "case") && !tpl_at(p, "default"))
        tpl_fail_at(p->h, at, "a switch has a {%% case %%} or a {%% default %%}");
    while (tpl_at(p, "case")) {
        *tail = tpl_new_node(p, TPL_N_CASE, p->token.at);
        tpl_advance(p);
        (*tail)->a = tpl_parse_expression(p);
        close_tag(p);
        (*tail)->b = parse_body(p, case_ends, "switch", at);
        tail = &(*tail)->next;
    }
    if (tpl_at(p, "default")) {
        *tail = tpl_new_node(p, TPL_N_CASE, p->token.at);
        tpl_advance(p);
        close_tag(p);
        (*tail)->b = parse_body(p, default_ends, "switch", at);
    }
    if (!tpl_skip(p, "endswitch"))
        tpl_fail_at(p->h, at, "a switch has {%% case %%}, {%% default %%} and {%% endswitch %%}, in this order");
    close_tag(p);
    n->names = since(p, before);
    return n;
}

static struct tpl_node *parse_raw(struct tpl_parser *p, const char *name)
{
    struct tpl_node *n;

    if (p->token.type != TPL_T_CLOSE)
        tpl_unexpected(p, "the end of the tag");
    p->token = tpl_lex_raw(&p->lex, name);
    n = tpl_new_node(p, TPL_N_DATA, p->token.at);
    n->v = tpl_text_of(p->token.text);
    tpl_advance(p);
    return n;
}

static struct tpl_node *parse_tag(struct tpl_parser *p, size_t at)
{
    static const struct {
        const char *name;
        struct tpl_node *(*parse)(struct tpl_parser *p, size_t at);
    } rows[] = {{"if", parse_if},         {"for", parse_for},     {"set", parse_set},       {"macro", parse_macro},
                {"call", parse_call},     {"filter", parse_filtered}, {"block", parse_block}, {"switch", parse_switch}};
    static const char *const others[] = {"include", "import", "from", "extends", "super"};

    if (p->token.type != TPL_T_NAME)
        tpl_unexpected(p, "the name of a tag");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (tpl_skip(p, rows[i].name))
            return rows[i].parse(p, at);
    if (tpl_skip(p, "raw"))
        return parse_raw(p, "raw");
    if (tpl_skip(p, "verbatim"))
        return parse_raw(p, "verbatim");
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (tpl_at(p, others[i]))
            tpl_fail_at(p->h, at, "{%% %s %%} would load another template, and there is none to load", others[i]);
    tpl_fail_at(p->h, at, "there is no tag \"%.*s\"%s", (int)(p->token.n < 60 ? p->token.n : 60), p->token.word,
                p->token.n > 3 && memcmp(p->token.word, "end", 3) == 0 ? " to end here" : "");
}

/* Statements until one of ENDS, whose name is then at hand; ENDS NULL: until the end of the source. */
static struct tpl_node *parse_body(struct tpl_parser *p, const char *const *ends, const char *tag, size_t at)
{
    struct tpl_node *first = NULL, **tail = &first;

    tpl_enter(p, at);
    for (;;) {
        size_t here = p->token.at;

        switch (p->token.type) {
        case TPL_T_END:
            if (ends)
                tpl_fail_at(p->h, at, "{%% %s %%} has no {%% end%s %%}", tag, tag);
            tpl_leave(p);
            return first;
        case TPL_T_DATA:
            *tail = tpl_new_node(p, TPL_N_DATA, here);
            (*tail)->v = tpl_text_of(p->token.text);
            tpl_advance(p);
            break;
        case TPL_T_VALUE:
            *tail = tpl_new_node(p, TPL_N_OUTPUT, here);
            tpl_advance(p);
            (*tail)->a = tpl_parse_expression(p);
            close_tag(p);
            break;
        default:
            tpl_advance(p);
            if (ends && at_end(p, ends)) {
                tpl_leave(p);
                return first;
            }
            *tail = parse_tag(p, here);
            break;
        }
        tail = &(*tail)->next;
    }
}

struct tpl_program *tpl_parse(struct tpl_heap *h, const char *source, size_t n, const struct tpl_syntax *syntax)
{
    struct tpl_program *program = TPL_NEW(h, struct tpl_program);
    struct tpl_parser p = {.h = h, .program = program};

    h->at = 0;
    if (n > TPL_SOURCE_MAX)
        tpl_fail(h, CALLBOARD_ELIMIT, "it is over %d MiB", TPL_SOURCE_MAX >> 20);
    tpl_lex_init(&p.lex, h, source, n);
    p.lex.cookiecutter = program->cookiecutter = syntax->cookiecutter;
    p.lex.trim_blocks = syntax->trim_blocks;
    p.lex.lstrip_blocks = syntax->lstrip_blocks;
    program->loop = tpl_intern(&p, "loop", 4);
    program->caller = tpl_intern(&p, "caller", 6);
    tpl_advance(&p);
    program->body = parse_body(&p, NULL, NULL, 0);
    return program;
}
