#include "catalog/parse/yaml_error.h"

/* What libyaml says, what it means here, what to do. The first row whose words are in its message holds. */
static const struct {
    const char *said, *message, *remedy;
} rows[] = {
    {"mapping values are not allowed", "a ':' stands where no key can be",
     "quote a text that holds ': ', put a space behind the ':' of a key, and check the indentation"},
    {"could not find expected ':'", "a line that should be \"key: value\" has no ':'",
     "add the ':' and a space behind the key; indent a text's further lines deeper than its key"},
    {"did not find expected key", "a key is expected here: the line is indented differently from its neighbours, or a "
                                  "text before it should be in quotes",
     "indent all keys of one mapping alike; quote texts that hold ': ', '#', '\"' or begin with '{', '[', '*', '&'"},
    {"did not find expected '-' indicator", "a list goes on here, but the line does not begin with '-'",
     "indent all items of one list alike"},
    {"did not find expected ',' or ']'", "a [list] is not closed", "close it with ']' and put ',' between its items"},
    {"did not find expected ',' or '}'", "a {mapping} is not closed", "close it with '}' and put ',' between its members"},
    {"expected <document start>", "text stands behind the end of the document",
     "check the indentation of this line: it is out of the document's value; begin a new document with ---"},
    {"did not find expected node content", "a value is missing here", "write the value, or quote the text"},
    {"found unexpected end of stream", "a quoted text is not closed", "add the closing quote"},
    {"found unexpected document indicator", "a quoted text is not closed before the next document",
     "add the closing quote"},
    {"found unknown escape character", "an escape with '\\' is not one that YAML has",
     "write \\\\ for a backslash, or use single quotes, in which '\\' means itself"},
    {"did not find expected hexdecimal number", "an escape with '\\x' or '\\u' lacks its digits",
     "write two hexadecimal digits behind \\x and four behind \\u, or use single quotes"},
    {"Unicode character escape code", "an escape stands for no character", "write the character itself"},
    {"block sequence entries are not allowed", "a '-' stands where no list can begin",
     "begin the list on a line of its own, indented under its key"},
    {"block mapping keys are not allowed", "a '?' stands where no key can be", "quote the text"},
    {"alphabetic or numeric character", "'&' or '*' is not followed by a name", "quote a text that begins with '&' or '*'"},
    {"found a tab character", "a tab is used for indentation", "indent with spaces"},
    {"did not find expected comment or line break", "text stands behind '|' or '>'",
     "begin the block's text on the next line; quote a text that begins with '|' or '>'"},
    {"found undefined tag handle", "a tag with '!' has a prefix that is not declared", "quote a text that begins with '!'"},
    {"did not find expected whitespace or line break", "a tag with '!' goes on with something else",
     "quote a text that begins with '!'"},
    {"duplicate %YAML directive", "there are two %YAML lines", "keep one"},
    {"found incompatible YAML document", "the %YAML line names a version that is not read", "write %YAML 1.2 or leave it out"},
    {"found unknown directive name", "a line begins with '%' but is no directive", "quote a text that begins with '%'"},
};

/* "cannot start any token": it depends on the character. */
static void bad_start(cb_str *message, cb_str *remedy, struct cb_arena *a, cb_str line, size_t column)
{
    char c = column < line.n ? line.p[column] : '\0';

    if (c == '\t') {
        *message = CB_LIT("a tab is used for indentation");
        *remedy = CB_LIT("indent with spaces");
        return;
    }
    *message = cb_arena_printf(a, "a text begins with '%c', which YAML keeps for itself", c >= ' ' && c < 0x7f ? c : '?');
    *remedy = CB_LIT("put the text in quotes");
}

/* Lines that are no YAML at all, but that people and programs leave in files. */
static void odd_line(cb_str *message, cb_str *remedy, cb_str line)
{
    static const char *const marks[] = {"<<<<<<<", "=======", ">>>>>>>", "|||||||"};

    for (size_t i = 0; i < CB_COUNT(marks); i++) {
        if (!cb_str_starts(line, cb_str_cstr(marks[i])))
            continue;
        *message = CB_LIT("a merge conflict is left in the file");
        *remedy = CB_LIT("resolve it: keep one side, and take out the lines with <<<<<<<, ======= and >>>>>>>");
    }
    if (cb_str_find(line, CB_LIT("{%")) != SIZE_MAX || cb_str_find(line, CB_LIT("{{")) != SIZE_MAX)
        *remedy = CB_LIT("put a text with {{ or {% in quotes; if this file is a template's skeleton, leave it out of the "
                         "source's paths");
}

void cb_yaml_error_words(cb_str *message, cb_str *remedy, struct cb_arena *a, const yaml_parser_t *parser, cb_str line,
                         uint32_t first_line)
{
    const char *said = parser->problem ? parser->problem : "it cannot be read";
    cb_str text = (cb_str){0};

    *remedy = (cb_str){0};
    if (strstr(said, "cannot start any token"))
        bad_start(&text, remedy, a, line, parser->problem_mark.column);
    for (size_t i = 0; !text.n && i < CB_COUNT(rows); i++) {
        if (strstr(said, rows[i].said)) {
            text = cb_str_cstr(rows[i].message);
            *remedy = cb_str_cstr(rows[i].remedy);
        }
    }
    if (!text.n) {
        text = cb_str_cstr(said);
        *remedy = CB_LIT("correct the line; a text with signs such as ':', '#' or '%' in it is best put in quotes");
    }
    odd_line(&text, remedy, line);
    if (parser->context && parser->context_mark.line != parser->problem_mark.line && !strstr(said, "expected ':'"))
        *message = cb_arena_printf(a, "%" CB_FMT " (%s that begins at line %zu)", CB_ARG(text), parser->context,
                                   first_line + parser->context_mark.line + 1);
    else
        *message = cb_arena_str(a, text);
}

static void put_flow(struct cb_buf *b, const struct cb_node *node)
{
    bool map = node->type == CB_OBJECT;
    const char *between = "";

    if (node->type == CB_STRING) {
        cb_buf_put_str(b, node->text);
        return;
    }
    if (!map && node->type != CB_ARRAY) {
        cb_node_dump(b, node);
        return;
    }
    if (!node->first) {
        cb_buf_put_cstr(b, map ? "{}" : "[]");
        return;
    }
    cb_buf_put_cstr(b, map ? "{ " : "[ ");
    for (const struct cb_node *c = node->first; c; c = c->next, between = ", ") {
        cb_buf_put_cstr(b, between);
        if (map) {
            cb_buf_put_str(b, c->key);
            if (c->type == CB_NULL)
                continue;
            cb_buf_put_cstr(b, ": ");
        }
        put_flow(b, c);
    }
    cb_buf_put_cstr(b, map ? " }" : " ]");
}

cb_str cb_yaml_key_text(struct cb_arena *a, const struct cb_node *node)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    if (node->type == CB_STRING)
        return node->text;
    if (node->type == CB_NULL)
        return CB_LIT("");
    if (node->type != CB_ARRAY && node->type != CB_OBJECT)
        return cb_node_scalar(a, node);
    put_flow(&b, node);
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}
