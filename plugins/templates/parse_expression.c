/*
 * Expressions. Nunjucks compiles them to JavaScript without brackets of its own, so that JavaScript's precedence decides between
 * the operators that both have. Here the same text is built as a row of items, and grouped by JavaScript's rule when it is whole;
 * what Nunjucks writes as a call (filters, tests, in, //, **, inline if) is an operand by then.
 */
#include <stdio.h>
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/limit.h"
#include "plugins/templates/parse.h"
#include "plugins/templates/regex.h"
#include "plugins/templates/test.h"

static void parse_or(struct tpl_parser *p);
static void parse_unary(struct tpl_parser *p, bool filters);

/* ---- the row of items */

static void put(struct tpl_parser *p, struct tpl_node *node, enum tpl_kind sign, size_t at)
{
    if (p->item_n == p->item_cap) {
        size_t cap = p->item_cap ? p->item_cap * 2 : 32;
        struct tpl_item *bigger = TPL_NEW_N(p->h, struct tpl_item, cap);

        if (p->item_n)
            memcpy(bigger, p->items, p->item_n * sizeof(*bigger));
        p->items = bigger;
        p->item_cap = cap;
    }
    p->items[p->item_n++] = (struct tpl_item){node, sign, at};
}

static void put_node(struct tpl_parser *p, struct tpl_node *node)
{
    put(p, node, TPL_N_NOTHING, node->at);
}

static int precedence(enum tpl_kind sign)
{
    switch (sign) {
    case TPL_N_OR: return 1;
    case TPL_N_AND: return 2;
    case TPL_N_EQ:
    case TPL_N_NE:
    case TPL_N_SAME:
    case TPL_N_OTHER: return 3;
    case TPL_N_LT:
    case TPL_N_GT:
    case TPL_N_LE:
    case TPL_N_GE: return 4;
    case TPL_N_ADD:
    case TPL_N_SUB: return 5;
    default: return 6;
    }
}

static struct tpl_node *operand(struct tpl_parser *p, size_t *i)
{
    struct tpl_item *item = &p->items[(*i)++];
    struct tpl_node *n;

    if (item->node)
        return item->node;
    tpl_enter(p, item->at);
    n = tpl_new_node(p, item->sign, item->at);
    n->a = operand(p, i);
    tpl_leave(p);
    return n;
}

static struct tpl_node *group(struct tpl_parser *p, size_t *i, size_t end, int least)
{
    struct tpl_node *left = operand(p, i);

    while (*i < end && precedence(p->items[*i].sign) >= least) {
        struct tpl_item *item = &p->items[(*i)++];
        struct tpl_node *n = tpl_new_node(p, item->sign, item->at);

        n->a = left;
        n->b = group(p, i, end, precedence(item->sign) + 1);
        left = n;
    }
    return left;
}

/* The items from FROM as one operand, which takes their place. */
static struct tpl_node *collapse(struct tpl_parser *p, size_t from)
{
    size_t i = from;
    struct tpl_node *n = group(p, &i, p->item_n, 1);

    p->item_n = from;
    return n;
}

/* ---- operators, loosest first */

static bool skip_any(struct tpl_parser *p, const char *const *words, const enum tpl_kind *kinds, size_t n, enum tpl_kind *kind, size_t *at)
{
    *at = p->token.at;
    for (size_t i = 0; i < n; i++)
        if (tpl_skip(p, words[i])) {
            *kind = kinds[i];
            return true;
        }
    return false;
}

static void parse_power(struct tpl_parser *p)
{
    size_t from = p->item_n;

    parse_unary(p, true);
    while (tpl_at(p, "**")) {
        struct tpl_node *n = tpl_new_node(p, TPL_N_POWER, p->token.at);

        tpl_advance(p);
        n->a = collapse(p, from);
        parse_unary(p, true);
        n->b = collapse(p, from);
        put_node(p, n);
    }
}

static void parse_mod(struct tpl_parser *p)
{
    parse_power(p);
    while (tpl_at(p, "%")) {
        put(p, NULL, TPL_N_MOD, p->token.at);
        tpl_advance(p);
        parse_power(p);
    }
}

static void parse_floor(struct tpl_parser *p)
{
    size_t from = p->item_n;

    parse_mod(p);
    while (tpl_at(p, "//")) {
        struct tpl_node *n = tpl_new_node(p, TPL_N_FLOOR, p->token.at);

        put(p, NULL, TPL_N_DIV, p->token.at);
        tpl_advance(p);
        parse_mod(p);
        n->a = collapse(p, from);
        put_node(p, n);
    }
}

static void parse_div(struct tpl_parser *p)
{
    parse_floor(p);
    while (tpl_at(p, "/")) {
        put(p, NULL, TPL_N_DIV, p->token.at);
        tpl_advance(p);
        parse_floor(p);
    }
}

static void parse_mul(struct tpl_parser *p)
{
    parse_div(p);
    while (tpl_at(p, "*")) {
        put(p, NULL, TPL_N_MUL, p->token.at);
        tpl_advance(p);
        parse_div(p);
    }
}

static void parse_sub(struct tpl_parser *p)
{
    parse_mul(p);
    while (tpl_at(p, "-")) {
        put(p, NULL, TPL_N_SUB, p->token.at);
        tpl_advance(p);
        parse_mul(p);
    }
}

static void parse_add(struct tpl_parser *p)
{
    parse_sub(p);
    while (tpl_at(p, "+")) {
        put(p, NULL, TPL_N_ADD, p->token.at);
        tpl_advance(p);
        parse_sub(p);
    }
}

/* a ~ b is a + "" + b */
static void parse_concat(struct tpl_parser *p)
{
    parse_add(p);
    while (tpl_at(p, "~")) {
        struct tpl_node *nothing = tpl_new_node(p, TPL_N_CONST, p->token.at);

        nothing->v = tpl_words(p->h, "");
        put(p, NULL, TPL_N_ADD, p->token.at);
        put_node(p, nothing);
        put(p, NULL, TPL_N_ADD, p->token.at);
        tpl_advance(p);
        parse_add(p);
    }
}

static void parse_compare(struct tpl_parser *p)
{
    static const char *const words[] = {"==", "===", "!=", "!==", "<", ">", "<=", ">="};
    static const enum tpl_kind kinds[] = {TPL_N_EQ, TPL_N_SAME, TPL_N_NE, TPL_N_OTHER, TPL_N_LT, TPL_N_GT, TPL_N_LE, TPL_N_GE};
    enum tpl_kind kind;
    size_t at;

    parse_concat(p);
    while (skip_any(p, words, kinds, 8, &kind, &at)) {
        put(p, NULL, kind, at);
        parse_concat(p);
    }
}

/* What stands behind "is": a name, a call of one, a literal. Anything else is the test "undefined", as in Nunjucks. */
static struct tpl_node *test_of(struct tpl_parser *p, struct tpl_node *value, struct tpl_node *right, size_t at)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_IS, at);
    const struct tpl_node *named = right->kind == TPL_N_CALL ? right->a : right;
    struct tpl_text *name = NULL;

    n->a = value;
    if (right->kind == TPL_N_CALL || right->kind == TPL_N_FILTER)
        n->b = right->b;
    if (named->kind == TPL_N_NAME || right->kind == TPL_N_FILTER)
        name = right->kind == TPL_N_FILTER ? &right->name->text : &named->name->text;
    else if (named->kind == TPL_N_CONST)
        name = tpl_to_text(p->h, named->v);
    n->name = name ? tpl_intern(p, name->p, name->n) : tpl_intern(p, "undefined", 9);
    n->test = tpl_test_find(&n->name->text);
    return n;
}

static struct tpl_node *negated(struct tpl_parser *p, struct tpl_node *of, bool really)
{
    struct tpl_node *n;

    if (!really)
        return of;
    n = tpl_new_node(p, TPL_N_NOT, of->at);
    n->a = of;
    return n;
}

static void parse_is(struct tpl_parser *p)
{
    size_t from = p->item_n, at;

    parse_compare(p);
    at = p->token.at;
    if (tpl_skip(p, "is")) {
        struct tpl_node *left = collapse(p, from), *right;
        bool is_not = tpl_skip(p, "not");

        parse_compare(p);
        right = collapse(p, from);
        put_node(p, negated(p, test_of(p, left, right, at), is_not));
    }
}

static void parse_in(struct tpl_parser *p)
{
    size_t from = p->item_n;

    parse_is(p);
    for (;;) {
        struct tpl_lex before = p->lex;
        struct tpl_token token = p->token;
        bool is_not = tpl_skip(p, "not");
        struct tpl_node *n;

        if (!tpl_at(p, "in")) {
            p->lex = before;
            p->token = token;
            return;
        }
        n = tpl_new_node(p, TPL_N_IN, p->token.at);
        tpl_advance(p);
        n->a = collapse(p, from);
        parse_is(p);
        n->b = collapse(p, from);
        put_node(p, negated(p, n, is_not));
    }
}

static void parse_not(struct tpl_parser *p)
{
    size_t at = p->token.at;

    if (!tpl_skip(p, "not")) {
        parse_in(p);
        return;
    }
    tpl_enter(p, at);
    put(p, NULL, TPL_N_NOT, at);
    parse_not(p);
    tpl_leave(p);
}

static void parse_and(struct tpl_parser *p)
{
    parse_not(p);
    while (tpl_at(p, "and")) {
        put(p, NULL, TPL_N_AND, p->token.at);
        tpl_advance(p);
        parse_not(p);
    }
}

static void parse_or(struct tpl_parser *p)
{
    parse_and(p);
    while (tpl_at(p, "or")) {
        put(p, NULL, TPL_N_OR, p->token.at);
        tpl_advance(p);
        parse_and(p);
    }
}

struct tpl_node *tpl_parse_expression(struct tpl_parser *p)
{
    size_t from = p->item_n, at = p->token.at;
    struct tpl_node *n;

    tpl_enter(p, at);
    parse_or(p);
    n = collapse(p, from);
    if (tpl_at(p, "if")) {
        struct tpl_node *cond = tpl_new_node(p, TPL_N_COND, p->token.at);

        tpl_advance(p);
        cond->b = n;
        parse_or(p);
        cond->a = collapse(p, from);
        if (tpl_skip(p, "else")) {
            parse_or(p);
            cond->c = collapse(p, from);
        }
        n = cond;
    }
    tpl_leave(p);
    return n;
}

/* ---- operands */

static struct tpl_node *filter_of(struct tpl_parser *p, struct tpl_node *input, bool with_input)
{
    size_t at = p->token.at;
    struct tpl_node *n = tpl_new_node(p, TPL_N_FILTER, at);
    char name[128];
    size_t m = 0;

    for (;;) {
        struct tpl_name *part = tpl_parse_name(p, "the name of a filter");

        m += (size_t)snprintf(name + m, sizeof(name) - m, "%s%.*s", m ? "." : "", (int)part->text.n, part->text.p);
        if (m >= sizeof(name))
            tpl_fail_at(p->h, at, "there is no filter of so long a name");
        if (!tpl_skip(p, "."))
            break;
    }
    n->name = tpl_intern(p, name, m);
    n->filter = tpl_filter_find(&n->name->text);
    if (tpl_at(p, "("))
        n->b = tpl_parse_arguments(p);
    if (with_input) {
        struct tpl_node *first = tpl_new_node(p, TPL_N_ELEMENT, input->at);

        first->b = input;
        first->next = n->b;
        n->b = first;
    }
    return n;
}

struct tpl_node *tpl_parse_filter(struct tpl_parser *p)
{
    return filter_of(p, NULL, false);
}

static void parse_unary(struct tpl_parser *p, bool filters)
{
    size_t from = p->item_n, at = p->token.at;

    if (tpl_at(p, "-") || tpl_at(p, "+")) {
        enum tpl_kind sign = tpl_at(p, "-") ? TPL_N_MINUS : TPL_N_PLUS;

        tpl_enter(p, at);
        tpl_advance(p);
        if (tpl_at(p, sign == TPL_N_MINUS ? "-" : "+"))
            tpl_fail_at(p->h, p->token.at, "the sign %.*s stands twice", (int)p->token.n, p->token.word);
        put(p, NULL, sign, at);
        parse_unary(p, false);
        tpl_leave(p);
    } else {
        put_node(p, tpl_parse_operand(p));
    }
    while (filters && tpl_skip(p, "|")) {
        struct tpl_node *input = collapse(p, from);

        put_node(p, filter_of(p, input, true));
    }
}

static void push(struct tpl_node ***tail, struct tpl_node *n)
{
    **tail = n;
    *tail = &n->next;
}

/* Expressions that become elements of a row each have a node of their own there. */
static struct tpl_node *element(struct tpl_parser *p)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_ELEMENT, p->token.at);

    n->b = tpl_parse_expression(p);
    return n;
}

struct tpl_node *tpl_parse_arguments(struct tpl_parser *p)
{
    struct tpl_node *first = NULL, **tail = &first, *named = NULL, **named_tail = NULL;
    size_t open = p->token.at;

    tpl_advance(p);
    while (!tpl_skip(p, ")")) {
        struct tpl_node *n;

        if ((first || named) && !tpl_skip(p, ","))
            tpl_unexpected(p, "a comma or )");
        n = element(p);
        if (tpl_at(p, "=")) {
            struct tpl_node *pair = tpl_new_node(p, TPL_N_PAIR, n->at);

            if (n->b->kind != TPL_N_NAME)
                tpl_fail_at(p->h, n->at, "what stands before = is no name");
            tpl_advance(p);
            pair->a = n->b;
            pair->b = tpl_parse_expression(p);
            if (!named) {
                named = tpl_new_node(p, TPL_N_KEYWORDS, open);
                named_tail = &named->b;
            }
            push(&named_tail, pair);
        } else {
            push(&tail, n);
        }
    }
    if (named)
        push(&tail, named);
    return first;
}

static struct tpl_node *parse_list(struct tpl_parser *p)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_LIST, p->token.at), **tail = &n->b;

    tpl_advance(p);
    if (tpl_skip(p, "]"))
        return n;
    do
        push(&tail, element(p));
    while (tpl_skip(p, ","));
    if (!tpl_skip(p, "]"))
        tpl_unexpected(p, "a comma or ]");
    return n;
}

static struct tpl_node *parse_dict(struct tpl_parser *p)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_DICT, p->token.at), **tail = &n->b;

    tpl_advance(p);
    if (tpl_skip(p, "}"))
        return n;
    do {
        struct tpl_node *pair = tpl_new_node(p, TPL_N_PAIR, p->token.at);

        if (p->token.type == TPL_T_TEXT) {
            pair->a = tpl_new_node(p, TPL_N_CONST, p->token.at);
            pair->a->v = tpl_text_of(p->token.text);
            p->h->at = p->token.at;
            tpl_check_name(p->h, p->token.text);
            tpl_advance(p);
        } else {
            struct tpl_name *name = tpl_parse_name(p, "a key: a name or a text");

            pair->a = tpl_new_node(p, TPL_N_CONST, pair->at);
            pair->a->v = tpl_text_of(&name->text);
        }
        if (!tpl_skip(p, ":"))
            tpl_unexpected(p, "a colon behind the key");
        pair->b = tpl_parse_expression(p);
        push(&tail, pair);
    } while (tpl_skip(p, ","));
    if (!tpl_skip(p, "}"))
        tpl_unexpected(p, "a comma or }");
    return n;
}

static struct tpl_node *parse_group(struct tpl_parser *p)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_GROUP, p->token.at), **tail = &n->b;

    tpl_advance(p);
    if (tpl_at(p, ")"))
        tpl_fail_at(p->h, n->at, "there is nothing in these brackets");
    do
        push(&tail, element(p));
    while (tpl_skip(p, ","));
    if (!tpl_skip(p, ")"))
        tpl_unexpected(p, "a comma or )");
    return n;
}

static struct tpl_node *parse_constant(struct tpl_parser *p, struct tpl_value v)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_CONST, p->token.at);

    n->v = v;
    tpl_advance(p);
    return n;
}

static struct tpl_node *parse_primary(struct tpl_parser *p)
{
    struct tpl_node *n;

    switch (p->token.type) {
    case TPL_T_TEXT: return parse_constant(p, tpl_text_of(p->token.text));
    case TPL_T_NUMBER: return parse_constant(p, tpl_number(p->token.number));
    case TPL_T_REGEX:
        n = tpl_new_node(p, TPL_N_REGEX, p->token.at);
        p->h->at = p->token.at;
        n->v.type = TPL_REGEX;
        n->v.r = tpl_regex_new(p->h, p->token.text, p->token.word, p->token.n);
        tpl_advance(p);
        return n;
    case TPL_T_NAME:
        if (tpl_at(p, "true") || tpl_at(p, "false"))
            return parse_constant(p, tpl_boolean(tpl_at(p, "true")));
        if (tpl_at(p, "none") || tpl_at(p, "null"))
            return parse_constant(p, tpl_null());
        n = tpl_new_node(p, TPL_N_NAME, p->token.at);
        n->name = tpl_parse_name(p, "a name");
        return n;
    default:
        if (tpl_at(p, "("))
            return parse_group(p);
        if (tpl_at(p, "["))
            return parse_list(p);
        if (tpl_at(p, "{"))
            return parse_dict(p);
        tpl_unexpected(p, "a value");
    }
}

/* "[key]" or "[start:stop:step]"; the bracket is at hand. */
static struct tpl_node *parse_index(struct tpl_parser *p, struct tpl_node *of)
{
    struct tpl_node *n = tpl_new_node(p, TPL_N_MEMBER, p->token.at), *parts[3] = {NULL, NULL, NULL};
    size_t i = 0;

    tpl_advance(p);
    n->a = of;
    if (tpl_at(p, "]"))
        tpl_fail_at(p->h, p->token.at, "there is no key in these brackets");
    for (;;) {
        if (!tpl_at(p, ":") && !tpl_at(p, "]"))
            parts[i] = element(p);
        if (i == 2 || !tpl_skip(p, ":"))
            break;
        i++;
        n->kind = TPL_N_SLICE;
    }
    if (!tpl_skip(p, "]"))
        tpl_unexpected(p, "]");
    if (n->kind == TPL_N_SLICE) {
        struct tpl_node **tail = &n->b;

        for (i = 0; i < 3; i++)
            push(&tail, parts[i] ? parts[i] : tpl_new_node(p, TPL_N_NOTHING, n->at));
    } else {
        n->b = parts[0]->b;
        if (n->b->kind == TPL_N_CONST && n->b->v.type == TPL_TEXT) {
            p->h->at = n->b->at;
            tpl_check_name(p->h, n->b->v.s);
        }
    }
    return n;
}

struct tpl_node *tpl_parse_operand(struct tpl_parser *p)
{
    struct tpl_node *n = parse_primary(p);

    for (;;) {
        struct tpl_node *of = n;

        if (tpl_at(p, "(")) {
            n = tpl_new_node(p, TPL_N_CALL, of->at);
            n->a = of;
            n->b = tpl_parse_arguments(p);
        } else if (tpl_at(p, "[")) {
            n = parse_index(p, of);
        } else if (tpl_at(p, ".")) {
            n = tpl_new_node(p, TPL_N_MEMBER, of->at);
            tpl_advance(p);
            if (p->token.type == TPL_T_NAME && p->token.n == strspn(p->token.word, "0123456789"))
                tpl_unexpected(p, "a name behind the point");
            n->a = of;
            n->b = tpl_new_node(p, TPL_N_CONST, p->token.at);
            n->b->v = tpl_text_of(&tpl_parse_name(p, "a name behind the point")->text);
        } else {
            return n;
        }
    }
}
