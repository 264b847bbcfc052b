/*
 * facts.h - what the files of this plugin share: a panel of the configuration, asked and drawn for one entity.
 *
 *   fill.c   "https://ci.example.com/{{name}}" and the entity  -> a URL, a body, a text
 *   ask.c    a panel                                           -> what its upstream answers, or a sentence
 *   pick.c   JSON pointers and that answer                     -> rows of values, and what was not found
 *   draw.c   rows                                              -> the members of a panel
 *
 * Texts      a field that begins with "/" is a JSON pointer into the row, "" the row itself; all else is a text with placeholders
 * Problems   one panel that fails never hides the others, nor one row the rest: each is named in "partial"
 * Lifetime   of one call, as all that the host returns
 */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include <callboard/plugin.h>
#include <stdbool.h>

#define FACTS_PANEL_N 64       /* in the configuration; as in its schema */
#define FACTS_SHOWN_N 12       /* of one entity */
#define FACTS_ROW_N 200        /* items, events, rows of a panel */
#define FACTS_FIELD_N 24       /* of a row; columns of a table, as in the schema */
#define FACTS_SERIES_N 20      /* lines of one graph */
#define FACTS_POINT_N 2000     /* of one line: its latest */
#define FACTS_VALUE_MAX 2048   /* bytes of one value that is shown */
#define FACTS_TEXT_MAX 65536   /* bytes of a text panel */
#define FACTS_SUMMARY_MAX 300  /* bytes of what several panels say together */
#define FACTS_URL_MAX 8000     /* bytes, filled */
#define FACTS_PROBLEM_N 8      /* told of one panel */
#define FACTS_MS 30000         /* all panels of an entity together */
#define FACTS_TTL_S 10         /* how long callboard itself keeps an answer; each panel's own ttl_s is that of its upstream's */
#define FACTS_STALE_S 600

struct facts {
    const struct callboard_host *host;
    struct callboard_call *call;
};

/* One panel of the configuration, for one entity. */
struct facts_panel {
    const struct facts *f;
    const struct callboard_json *config;
    const char *title, *type;
    const char *summary;                 /* of what was drawn; NULL: none */
    const char *from;                    /* who is asked: its name, or its host */
    const char *url;                     /* filled */
    const char *body;                    /* filled, or NULL */
    const struct callboard_json *answer; /* NULL: it is no JSON, see text */
    const char *text;
    bool absent;                         /* the upstream has nothing for this entity */
    bool simulated;
    int code;                            /* 0, or why there is no answer: CALLBOARD_E... */
    const char *why;
    const char *problems[FACTS_PROBLEM_N];
    size_t problem_n;
};

enum facts_kind { FACTS_TEXT, FACTS_PROSE, FACTS_STATE, FACTS_TIME, FACTS_LINK, FACTS_VALUE, FACTS_LIST };

/* A member of the items of a type. */
struct facts_field {
    const char *key;
    enum facts_kind kind;
    bool required;
};

struct facts_type {
    const char *name, *list;           /* "timeline", and its answer's "events" */
    const struct facts_field *fields;  /* {0} at the end; NULL: a text */
};

/* What a field found in a row; both NULL: nothing. */
struct facts_value {
    const char *text;
    const struct callboard_json *json; /* of a FACTS_VALUE: a number or a truth value stays one */
};

/* ---- fill.c */

enum facts_use { FACTS_IN_TEXT, FACTS_IN_URL, FACTS_IN_JSON, FACTS_IN_FORM };

/* Is TEMPLATE well written? NULL, or what is wrong with it. ANSWER: may it have "{{/pointers}}" into the answer? */
const char *facts_template_error(const struct facts *f, const char *template, bool answer);
/*
 * TEMPLATE with its placeholders replaced, written as USE needs it. ROW and KEY: what "{{/pointer}}" and "{{key}}" are of; may be NULL.
 * NULL: *LACKS says which placeholder found nothing, or why its value may not stand there.
 */
const char *facts_fill(const struct facts *f, const char *template, enum facts_use use, const struct callboard_json *row, const char *key,
                       const char **lacks);
/* Text up to END without blanks at its ends, for the call. */
const char *facts_slice(const struct facts *f, const char *from, const char *end);

/* ---- ask.c */

/* Is the panel CONFIG for this entity? Then P has its URL and body. P->code is not 0: it is, but cannot be asked. */
bool facts_applies(struct facts_panel *p, const struct facts *f, const struct callboard_json *config);
/* Fills answer or text; or absent; or code and why. */
void facts_ask(struct facts_panel *p);

/* ---- pick.c */

const struct facts_type *facts_type_find(const char *name);
/* NULL, or what is wrong with this pointer. */
const char *facts_pointer_error(const char *pointer);
/* "an object with id, name" */
const char *facts_what(const struct facts *f, const struct callboard_json *value);
/* "the pointer /a/b finds nothing: /a is an object with c, d" */
const char *facts_nothing_at(const struct facts *f, const struct callboard_json *from, const char *pointer);
/* What TEXT, pointer or template, finds in ROW. Nothing: *LACKS says why, or is NULL when a null or an empty text was found. */
struct facts_value facts_value_of(const struct facts_panel *p, const char *text, enum facts_kind kind, const struct callboard_json *row, const char *key,
                                  const char **lacks);
void facts_problem(struct facts_panel *p, const char *format, ...) CALLBOARD_PRINTF(2, 3);

/* ---- words.c */

const char *facts_cut(const struct facts *f, const char *text, size_t n); /* at most N bytes, whole characters */
bool facts_is_link(const char *url);                                      /* as a panel may have one */
/* State of a panel that WORD stands for: by the panel's own "states" (may be NULL), else by what is usual. NULL: it stands for none. */
const char *facts_state(const struct facts *f, const struct callboard_json *states, const char *word);
/* Seconds of an ISO 8601 text, or of a number of seconds, milli- or microseconds. False: it is no time. */
bool facts_time(double *out_s, const struct facts *f, const struct callboard_json *value);
const char *facts_iso(const struct facts *f, double at_s);

/* ---- draw.c */

/* The panel's members into the object that is open, or IN_LIST as one of its own. After facts_ask. False: nothing was written, P->code and why. */
bool facts_draw(struct facts_panel *p, bool in_list);

#endif
