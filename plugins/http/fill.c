/* Placeholders: "{{name}}", "{{annotation:example.com/x}}", "{{entity:/spec/owner}}", and "{{/pointer}}" into an answer. */
#include <string.h>

#include "plugins/http/facts.h"

#define OPEN "{{"
#define CLOSE "}}"
#define ANNOTATION "annotation:"
#define ENTITY "entity:"
#define AS_PATH "|path"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

const char *facts_slice(const struct facts *f, const char *from, const char *end)
{
    while (from < end && (*from == ' ' || *from == '\t'))
        from++;
    while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return f->host->format(f->call, "%.*s", (int)(end - from), from);
}

/* What stands between the braces without "|path". */
static const char *word_of(bool *as_path, const struct facts *f, const char *open, const char *close)
{
    const char *word = facts_slice(f, open + 2, close);
    size_t n = strlen(word), m = strlen(AS_PATH);

    *as_path = n > m && strcmp(word + n - m, AS_PATH) == 0;
    return *as_path ? facts_slice(f, word, word + n - m) : word;
}

const char *facts_template_error(const struct facts *f, const char *template, bool answer)
{
    static const char *const names[] = {"name", "namespace", "kind", "ref", NULL};
    const char *at = template, *open, *close, *word, *why;
    bool as_path;

    for (; (open = strstr(at, OPEN)); at = close + 2) {
        bool known = false;

        if (!(close = strstr(open, CLOSE)))
            return f->host->format(f->call, "a placeholder begins with '{{' and has no '}}': '%s'", facts_cut(f, open, 80));
        word = word_of(&as_path, f, open, close);
        for (size_t i = 0; names[i]; i++)
            known = known || strcmp(word, names[i]) == 0;
        if (begins(word, ANNOTATION) && word[strlen(ANNOTATION)])
            known = true;
        if (begins(word, ENTITY) && word[strlen(ENTITY)] == '/' && !(why = facts_pointer_error(word + strlen(ENTITY))))
            known = true;
        if (answer && (strcmp(word, "key") == 0 || (*word == '/' && !(why = facts_pointer_error(word)))))
            known = true;
        if (!known && !answer && *word == '/')
            return f->host->format(f->call, "'{{%s}}' is of an answer, and there is none yet: of the entity it is '{{entity:%s}}'", facts_cut(f, word, 80),
                                   facts_cut(f, word, 80));
        if (!known)
            return f->host->format(f->call, "'{{%s}}' is no placeholder: there are name, namespace, kind, ref, annotation:KEY, entity:/pointer%s",
                                   facts_cut(f, word, 80), answer ? ", /pointer and key" : "");
    }
    return NULL;
}

static const char *scalar(const struct facts *f, const struct callboard_json *value)
{
    switch (f->host->type(value, "")) {
    case CALLBOARD_JSON_TEXT: return f->host->text(value, "", "");
    case CALLBOARD_JSON_NUMBER:
    case CALLBOARD_JSON_BOOLEAN: return f->host->dump(f->call, value, 0);
    default: return NULL;
    }
}

static const char *value_of(const struct facts *f, const char *word, const struct callboard_json *row, const char *key)
{
    const struct callboard_json *entity = f->host->entity(f->call);
    const char *ref = f->host->ref(f->call);

    if (begins(word, ANNOTATION))
        return f->host->annotation(f->call, word + strlen(ANNOTATION));
    if (begins(word, ENTITY))
        return scalar(f, f->host->get(entity, word + strlen(ENTITY)));
    if (strcmp(word, "name") == 0)
        return f->host->text(entity, "/metadata/name", NULL);
    if (strcmp(word, "namespace") == 0)
        return f->host->text(entity, "/metadata/namespace", "default");
    if (strcmp(word, "kind") == 0) /* in small letters, as in a ref */
        return ref ? facts_slice(f, ref, ref + strcspn(ref, ":")) : NULL;
    if (strcmp(word, "ref") == 0)
        return ref;
    if (strcmp(word, "key") == 0)
        return key;
    return scalar(f, f->host->get(row, word));
}

/* Within the quotes that the author of the body wrote. */
static const char *json_escaped(const struct facts *f, const char *value)
{
    const char *out = "";

    for (size_t n; *value; value += n) {
        n = strcspn(value, "\"\\");
        out = f->host->format(f->call, "%s%.*s", out, (int)n, value);
        if (value[n])
            out = f->host->format(f->call, "%s\\%c", out, value[n++]);
    }
    return out;
}

/* Each part for itself, so that the slashes stay. */
static const char *path_escaped(const struct facts *f, const char *value)
{
    const char *out = "";

    for (;;) {
        size_t n = strcspn(value, "/");

        out = f->host->format(f->call, "%s%s%s", out, f->host->escape(f->call, f->host->format(f->call, "%.*s", (int)n, value)), value[n] ? "/" : "");
        if (!value[n])
            return out;
        value += n + 1;
    }
}

static const char *written(const struct facts *f, const char *value, enum facts_use use, bool as_path)
{
    switch (use) {
    case FACTS_IN_URL: return as_path ? path_escaped(f, value) : f->host->escape(f->call, value);
    case FACTS_IN_FORM: return f->host->escape(f->call, value);
    case FACTS_IN_JSON: return json_escaped(f, value);
    case FACTS_IN_TEXT: break;
    }
    return value;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

const char *facts_fill(const struct facts *f, const char *template, enum facts_use use, const struct callboard_json *row, const char *key,
                       const char **lacks)
{
    const char *out = "", *at = template, *open, *close, *word, *value;
    bool as_path;

    *lacks = NULL;
    while ((open = strstr(at, OPEN)) && (close = strstr(open, CLOSE))) {
        word = word_of(&as_path, f, open, close);
        value = value_of(f, word, row, key);
        if (!value || !*value) {
            *lacks = word;
            return NULL;
        }
        if (use != FACTS_IN_TEXT && has_control(value)) {
            *lacks = f->host->format(f->call, "%s, which has control characters,", word);
            return NULL;
        }
        if (use != FACTS_IN_TEXT && strlen(value) > FACTS_VALUE_MAX) {
            *lacks = f->host->format(f->call, "%s, which is over %d bytes,", word, FACTS_VALUE_MAX);
            return NULL;
        }
        out = f->host->format(f->call, "%s%.*s%s", out, (int)(open - at), at, written(f, value, use, as_path));
        at = close + 2;
    }
    return f->host->format(f->call, "%s%s", out, at);
}
