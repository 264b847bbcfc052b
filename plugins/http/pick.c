/* JSON pointers into what an upstream answered, and sentences about those that find nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plugins/http/facts.h"

#define NAMED_N 8 /* members that a sentence names */

static const struct facts_field status_fields[] = {{"label", FACTS_TEXT, true},   {"state", FACTS_STATE, true}, {"text", FACTS_TEXT, false},
                                                   {"detail", FACTS_TEXT, false}, {"since", FACTS_TIME, false}, {"url", FACTS_LINK, false},
                                                   {0}};
static const struct facts_field link_fields[] = {{"title", FACTS_TEXT, true}, {"url", FACTS_LINK, true}, {"text", FACTS_TEXT, false}, {0}};
static const struct facts_field event_fields[] = {{"at", FACTS_TIME, true},     {"until", FACTS_TIME, false}, {"title", FACTS_TEXT, true}, {"text", FACTS_TEXT, false},
                                                  {"state", FACTS_STATE, false}, {"actor", FACTS_TEXT, false}, {"url", FACTS_LINK, false}, {0}};
static const struct facts_field pair_fields[] = {{"key", FACTS_TEXT, true}, {"value", FACTS_VALUE, true}, {"url", FACTS_LINK, false}, {"state", FACTS_STATE, false}, {0}};
static const struct facts_field series_fields[] = {{"points", FACTS_LIST, true}, {"name", FACTS_TEXT, false}, {"unit", FACTS_TEXT, false},
                                                   {"at", FACTS_TEXT, false},    {"value", FACTS_TEXT, false}, {0}};
static const struct facts_field no_fields[] = {{0}};

static const struct facts_type types[] = {
    {"status", "items", status_fields}, {"keyvalues", "items", pair_fields}, {"table", "rows", no_fields}, {"series", "series", series_fields},
    {"timeline", "events", event_fields}, {"links", "items", link_fields},   {"text", NULL, NULL},
};

const struct facts_type *facts_type_find(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

const char *facts_pointer_error(const char *pointer)
{
    if (*pointer && *pointer != '/')
        return "a JSON pointer begins with '/', or is empty";
    for (const char *p = pointer; *p; p++)
        if (*p == '~' && p[1] != '0' && p[1] != '1')
            return "in a JSON pointer '~' is written '~0', and '/' within a name '~1'";
    return NULL;
}

const char *facts_what(const struct facts *f, const struct callboard_json *value)
{
    size_t n = f->host->count(value, "");
    const char *out = "an object with ";

    switch (f->host->type(value, "")) {
    case CALLBOARD_JSON_NONE: return "nothing";
    case CALLBOARD_JSON_NULL: return "null";
    case CALLBOARD_JSON_ARRAY: return n ? f->host->format(f->call, "a list of %zu", n) : "an empty list";
    case CALLBOARD_JSON_TEXT: return f->host->format(f->call, "the text '%s'", facts_cut(f, f->host->text(value, "", ""), 60));
    case CALLBOARD_JSON_NUMBER:
    case CALLBOARD_JSON_BOOLEAN: return f->host->dump(f->call, value, 0);
    case CALLBOARD_JSON_OBJECT: break;
    }
    if (n == 0)
        return "an empty object";
    for (size_t i = 0; i < n && i < NAMED_N; i++)
        out = f->host->format(f->call, "%s%s%s", out, i ? ", " : "", facts_cut(f, f->host->key_at(value, i), 60));
    return n > NAMED_N ? f->host->format(f->call, "%s and %zu more", out, n - NAMED_N) : out;
}

const char *facts_nothing_at(const struct facts *f, const struct callboard_json *from, const char *pointer)
{
    size_t found = 0;

    for (size_t i = 1; i <= strlen(pointer); i++) /* the longest beginning that finds something */
        if ((pointer[i] == '/' || !pointer[i]) && f->host->get(from, f->host->format(f->call, "%.*s", (int)i, pointer)))
            found = i;
    if (found == 0)
        return f->host->format(f->call, "the pointer %s finds nothing: there is %s", pointer, facts_what(f, from));
    return f->host->format(f->call, "the pointer %s finds nothing: at %.*s there is %s", pointer, (int)found, pointer,
                           facts_what(f, f->host->get(from, f->host->format(f->call, "%.*s", (int)found, pointer))));
}

void facts_problem(struct facts_panel *p, const char *format, ...)
{
    char text[CALLBOARD_SENTENCE_MAX];
    va_list args;

    if (p->problem_n == FACTS_PROBLEM_N)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    p->problems[p->problem_n++] = p->f->host->format(p->f->call, "%s", text);
}

static bool is_pointer(const char *text)
{
    return !*text || *text == '/';
}

static const char *text_of(const struct facts *f, const struct callboard_json *found, size_t max)
{
    const char *text = f->host->text(found, "", NULL);

    return facts_cut(f, text ? text : f->host->dump(f->call, found, 0), max);
}

/* The value that a pointer found, as a field of KIND has it; nothing, with *LACKS, when it cannot be one. */
static struct facts_value as(const struct facts_panel *p, enum facts_kind kind, const struct callboard_json *found, const char *pointer, const char **lacks)
{
    const struct facts *f = p->f;
    struct facts_value out = {0};
    double at;

    switch (kind) {
    case FACTS_LIST:
        out.json = f->host->type(found, "") == CALLBOARD_JSON_ARRAY ? found : NULL;
        if (!out.json)
            *lacks = f->host->format(f->call, "the pointer %s finds %s, where a list is needed", pointer, facts_what(f, found));
        break;
    case FACTS_TIME:
        if (facts_time(&at, f, found))
            out.text = facts_iso(f, at);
        else
            *lacks = f->host->format(f->call, "the pointer %s finds no time: %s", pointer, facts_what(f, found));
        break;
    case FACTS_STATE:
        if (!(out.text = facts_state(f, f->host->get(p->config, "/states"), text_of(f, found, FACTS_VALUE_MAX))))
            out.text = "unknown";
        break;
    case FACTS_LINK:
        if (f->host->type(found, "") == CALLBOARD_JSON_TEXT && facts_is_link(f->host->text(found, "", "")))
            out.text = f->host->text(found, "", "");
        else
            *lacks = f->host->format(f->call, "the pointer %s finds no link: %s", pointer, facts_what(f, found));
        break;
    case FACTS_VALUE:
        if (f->host->type(found, "") == CALLBOARD_JSON_NUMBER || f->host->type(found, "") == CALLBOARD_JSON_BOOLEAN)
            out.json = found;
        else
            out.text = text_of(f, found, FACTS_VALUE_MAX);
        break;
    case FACTS_TEXT:
        out.text = text_of(f, found, FACTS_VALUE_MAX);
        break;
    case FACTS_PROSE:
        out.text = text_of(f, found, FACTS_TEXT_MAX);
        break;
    }
    return out;
}

struct facts_value facts_value_of(const struct facts_panel *p, const char *text, enum facts_kind kind, const struct callboard_json *row, const char *key,
                                  const char **lacks)
{
    const struct facts *f = p->f;
    const struct callboard_json *found;
    struct facts_value out = {0};
    const char *word;

    *lacks = NULL;
    if (is_pointer(text)) {
        found = f->host->get(row, text);
        if (!found)
            *lacks = facts_nothing_at(f, row, text);
        else if (f->host->type(found, "") != CALLBOARD_JSON_NULL) /* null is an answer: there is none */
            out = as(p, kind, found, text, lacks);
        return out;
    }
    out.text = facts_fill(f, text, kind == FACTS_LINK ? FACTS_IN_URL : FACTS_IN_TEXT, row, key, &word);
    if (!out.text) {
        *lacks = *word == '/' && !f->host->get(row, word) ? facts_nothing_at(f, row, word) : NULL;
        return out;
    }
    out.text = facts_cut(f, out.text, kind == FACTS_PROSE ? FACTS_TEXT_MAX : FACTS_VALUE_MAX);
    if (kind == FACTS_STATE)
        out.text = facts_state(f, f->host->get(p->config, "/states"), out.text);
    if (kind == FACTS_STATE && !out.text)
        out.text = "unknown";
    if (kind == FACTS_LINK && !facts_is_link(out.text)) {
        *lacks = f->host->format(f->call, "'%s' is no link", facts_cut(f, out.text, 100));
        out.text = NULL;
    }
    return out;
}
