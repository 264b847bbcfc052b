#include "catalog/base/node.h"

static void indent(struct cb_buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        cb_buf_put_cstr(out, "  ");
}

/* A text that YAML reads back as the same text without quotes: a letter first, then what has no meaning of its own. */
static bool plain(cb_str s)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};

    if (s.n == 0 || !((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z') || s.p[0] == '/'))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@+", s.p[i]))
            return false;
    for (size_t i = 0; i < CB_COUNT(words); i++)
        if (cb_str_eq_nocase(s, cb_str_cstr(words[i])))
            return false;
    return true;
}

/* Several lines, all of which stand in a block as they are: no control character, none that some reader takes for a break. */
static bool is_block(cb_str s)
{
    if (cb_str_find_char(s, '\n', 0) == SIZE_MAX || strchr(" \t\n", s.p[0]))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            return false;
    }
    return cb_str_find(s, CB_LIT("\xc2\x85")) == SIZE_MAX && cb_str_find(s, CB_LIT("\xe2\x80\xa8")) == SIZE_MAX &&
           cb_str_find(s, CB_LIT("\xe2\x80\xa9")) == SIZE_MAX && cb_str_find(s, CB_LIT("\xef\xbb\xbf")) == SIZE_MAX;
}

/* "|", "|-" or "|+" by the line ends behind it, and the lines. */
static void put_block(struct cb_buf *out, cb_str s, int depth)
{
    bool ends = s.p[s.n - 1] == '\n';
    cb_str line;

    cb_buf_put_cstr(out, !ends ? "|-" : s.p[s.n - 2] == '\n' ? "|+" : "|");
    if (ends)
        s.n--;
    while (cb_str_split(&line, &s, '\n')) {
        cb_buf_put_char(out, '\n');
        if (line.n)
            indent(out, depth);
        cb_buf_put_str(out, line);
    }
}

static void put_text(struct cb_buf *out, cb_str text, int depth)
{
    if (plain(text))
        cb_buf_put_str(out, text);
    else if (depth >= 0 && is_block(text))
        put_block(out, text, depth);
    else
        cb_buf_put_json(out, text); /* a JSON string is a YAML one */
}

static void put_children(struct cb_buf *out, const struct cb_node *n, int depth, bool in_array)
{
    for (const struct cb_node *child = n->first; child; child = child->next) {
        bool nested = (child->type == CB_OBJECT || child->type == CB_ARRAY) && child->first;

        if (child != n->first || !in_array)
            indent(out, depth);
        if (n->type == CB_OBJECT) {
            put_text(out, child->key, -1);
            cb_buf_put_cstr(out, nested ? ":\n" : ": ");
        } else {
            cb_buf_put_cstr(out, "- ");
        }
        if (nested) {
            put_children(out, child, depth + 1, n->type == CB_ARRAY);
            continue;
        }
        if (child->type == CB_STRING)
            put_text(out, child->text, depth + 1);
        else
            cb_node_dump(out, child);
        cb_buf_put_char(out, '\n');
    }
}

void cb_node_dump_yaml(struct cb_buf *out, const struct cb_node *node)
{
    if ((node->type == CB_OBJECT || node->type == CB_ARRAY) && node->first) {
        put_children(out, node, 0, false);
        return;
    }
    cb_node_dump(out, node);
    cb_buf_put_char(out, '\n');
}
