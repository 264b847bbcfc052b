/*
 * forge.h - what the sources, the webhook and the status of this plugin share.
 *
 * Organisation  one row of plugins.forge.organizations: an organisation, group or user of one forge
 * Kinds         how GitHub, GitLab and Gitea differ is a table (kind.c): paths, members of answers, pages, login
 * Failure       an organisation is read whole or not at all; of one that cannot be read now the last good reading stands in, as long as the
 *               process has one and another organisation could be read. Else the reading fails, and nothing is taken away
 * Memory        of one process (memory.c): profiles, when a forge wants to be left alone, and what repositories were looked into, which is kept in
 *               callboard's database too (remember.c)
 * Texts         of a reading, in a struct fg_texts, since those of the host are bounded for a call and an organisation is not
 */
#ifndef FORGE_FORGE_H
#define FORGE_FORGE_H

#include <callboard/plugin.h>
#include <stdbool.h>

#define FG_ORGANIZATION_MAX 32    /* of one configuration; its schema says so too */
#define FG_DESCRIPTOR_MAX 16      /* paths that are looked for in a repository; its schema says so too */
#define FG_PAGE_MAX 1000          /* of one list */
#define FG_REPOSITORY_MAX 50000   /* of one organisation */
#define FG_PERSON_MAX 50000
#define FG_TEAM_MAX 5000
#define FG_REQUEST_MS 20000
#define FG_WAIT_S 20              /* a rate limit that is over so soon is waited for, */
#define FG_WAIT_ALL_S 60          /* so long in one reading: whoever reads sources has others to read */
#define FG_SPARE_MS 15000         /* of a reading's time, left for what follows */
#define FG_VERIFY_MAX 50          /* repositories that a list does not have any more, and that are asked for by name */
#define FG_WHY_MAX 512            /* bytes of a sentence */

/* ---- text.c: texts that grow, texts that are kept */

struct fg_text { /* zeroed is empty; free(p) */
    char *p;
    size_t n, room;
};

void fg_put(struct fg_text *t, const char *text);
void fg_put_n(struct fg_text *t, const char *text, size_t n);
void fg_printf(struct fg_text *t, const char *format, ...) CALLBOARD_PRINTF(2, 3);
/* As a part of a URL; SLASH: '/' stays. */
void fg_put_escaped(struct fg_text *t, const char *text, bool slash);
/* "/orgs/{}/repos": each {} is the next of ARGS, escaped; of {/} '/' stays. */
void fg_put_path(struct fg_text *t, const char *pattern, const char *const *args);
void fg_put_json(struct fg_text *t, const char *text);
/* ,"key":"text" unless the text is NULL or empty. */
void fg_put_member(struct fg_text *t, const char *key, const char *text);

struct fg_texts { /* zeroed is empty */
    char **v;
    size_t n, room;
};

char *fg_keep(struct fg_texts *t, const char *text); /* NULL stays NULL */
void fg_texts_fini(struct fg_texts *t);
/* Room for one more element of SIZE behind the N there are. */
void *fg_grown(void *v, size_t n, size_t *room, size_t size);

/*
 * TEXT as a name that an entity may have: letters, digits and "-_.", a letter or digit at both ends, at most 63. Anything else
 * becomes '_', runs of it one. NULL: nothing is left of it.
 */
char *fg_name(struct fg_texts *t, const char *text);
/* "2026-11-02T08:00:00Z", with fractions or an offset; 0: it is none. */
int64_t fg_time_us(const char *text);
uint64_t fg_hash(uint64_t seed, const char *text);

/* ---- kind.c: how forges differ */

enum fg_paging { FG_BY_LINK, FG_BY_NEXT, FG_BY_TOTAL };

struct fg_kind {
    const char *type, *label;
    const char *api;                    /* behind the forge's address */
    const char *login, *scheme;         /* header, and what stands before the token in it */
    const char *page_size;              /* parameter */
    int page;                           /* rows of one */
    enum fg_paging paging;
    const char *of_organization, *of_user, *one, *content, *tree; /* paths: repositories, one, a file of one at a branch, all files */
    const char *method;                 /* that asks whether a file is there */
    bool by_id;                         /* a repository is named by its number */
    const char *full_name, *page_url, *blob, *fork, *empty, *activity; /* pointers into a repository; blob: between page and branch */
    int64_t settle_us;                  /* activity may be so much older than the last push */
    const char *root, *teams, *members, *team_members, *person; /* paths; NULL: there is none */
    const char *login_of, *name_of, *mail_of, *about_of;    /* pointers into a person */
    const char *events[3];              /* headers that name a webhook's event */
};

/* By the configuration's word; never NULL for what its schema lets in. */
const struct fg_kind *fg_kind_find(const char *type);

/* ---- memory.c */

/* What is known of a repository or person; by its number. */
struct fg_row {
    int64_t id, checked_us, activity_us;
    uint64_t key;    /* of branch and paths that were looked for; 0: the row is empty */
    uint32_t found;  /* a bit for each path */
    uint32_t turn;   /* of the reading that wanted it last */
    char *name, *mail, *about, *title;
};

struct fg_table { /* zeroed is empty */
    struct fg_row *v;
    size_t n, room;
    uint32_t turn;
};

/* One reading of one half of an organisation, for its status. */
struct fg_half {
    int64_t tried_us, read_us;
    size_t n, other_n; /* repositories with a descriptor, of all; people, teams */
    char why[FG_WHY_MAX]; /* of the last try; empty: it went well */
};

struct fg_memory {
    int64_t not_before_us;          /* the forge's limit is over then */
    int64_t next_us;                /* of a forge that wants a pace: the next question */
    struct fg_table repositories, people;
    struct fg_half half[2];
    void *good[2];                  /* the last good reading, its source's own */
    bool simulated, recalled;
};

enum { FG_REPOSITORIES, FG_PEOPLE };

void fg_lock(void);
void fg_unlock(void);
struct fg_memory *fg_memory(size_t organization); /* fields under the lock, but for good: its source's reading's */
/* NULL: there is none. Under the lock; valid until the next put. */
struct fg_row *fg_table_find(const struct fg_table *t, int64_t id);
struct fg_row *fg_table_put(struct fg_table *t, int64_t id);
/* Rows that the reading of this turn did not want go. */
void fg_table_sweep(struct fg_table *t);

struct fg;

/* ---- remember.c: of f->memory->repositories; by its source's reading alone */

void fg_recall(struct fg *f); /* once a process */
void fg_remember(struct fg *f);

/* ---- client.c */

struct fg {
    const struct callboard_host *host;
    struct callboard_call *call;
    const struct callboard_json *config; /* of the organisation */
    size_t index;
    const char *name, *organization;     /* of the row; at the forge */
    bool is_user;
    bool paced;                          /* github.com itself */
    const struct fg_kind *kind;
    char *api, *graphql;                 /* without '/' at its end; graphql of GitHub alone */
    struct fg_memory *memory;
    int64_t waited_s;
    char why[FG_WHY_MAX];                /* of what failed last */
};

void fg_init(struct fg *f, const struct callboard_host *host, struct callboard_call *call, size_t index);
void fg_fini(struct fg *f);
/* Answers 0 (2xx) or a code with f->why; *OUT (may be NULL) is for fg_done. A path of the API, escaped. */
int fg_ask(struct callboard_http **out, struct fg *f, const char *method, const char *path);
int fg_post(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *body); /* to f->graphql */
int fg_get(const struct callboard_json **out, struct callboard_http **http, struct fg *f, const char *path);
void fg_done(struct fg *f, struct callboard_http *http); /* what was read from it goes; accepts NULL */
/* ROW for each element of the list at PATH, over its pages. ROW's answer, unless 0, ends it. */
int fg_each(struct fg *f, const char *path, int (*row)(struct fg *f, const struct callboard_json *row, void *ctx), void *ctx);
int fg_why(struct fg *f, int code, const char *format, ...) CALLBOARD_PRINTF(3, 4); /* sets f->why; answers CODE */
void fg_leave_alone(struct fg *f, int64_t s); /* the forge is not asked before */
bool fg_is_on(const struct fg *f, const char *half); /* "/repositories", "/people" */

/* ---- graphql.c: GitHub with a token */

/* A repository as a list tells it, in the words of either API. */
struct fg_facts {
    int64_t id;
    const char *full, *page, *branch, *activity;
    bool archived, fork, empty;
    const struct callboard_json *topics;
    const char *topic; /* pointer into one of them */
    uint32_t found;    /* if it was looked into */
    bool looked;
};

bool fg_has_graphql(const struct fg *f);
/* FILES: paths, no patterns, to look for; NULL: none. */
int fg_graphql_repositories(struct fg *f, const struct callboard_json *files, int (*take)(struct fg *f, const struct fg_facts *facts, void *ctx), void *ctx);
int fg_graphql_members(struct fg *f, int (*member)(struct fg *f, const char *team, int64_t person, void *ctx), void *ctx);

/* ---- look.c */

bool fg_is_pattern(const char *path);
/* '*', '?' and '[a-z]' within a part, a part of "**" for any number of folders; names that begin with a dot must be named. */
bool fg_path_matches(const char *glob, const char *path);
/* Which of FILES (paths and patterns) the repository NAME has at BRANCH: a bit each. */
int fg_look(uint32_t *found, struct fg *f, const char *name, const char *branch, const struct callboard_json *files);

/* ---- one source each */

/* What a source does with an organisation: *GOOD becomes a reading, or is left alone. */
typedef int fg_read_fn(struct fg *f, void **good);
/* All organisations: a sentence with host->fail when the reading is none. EMIT: of what is in memory[i].good[half] of all. */
int fg_read_all(const struct callboard_host *host, struct callboard_call *call, int half, const char *key, fg_read_fn *read,
                int (*emit)(const struct callboard_host *host, struct callboard_call *call));
void fg_half_done(struct fg *f, int half, size_t n, size_t other_n);

callboard_fn fg_read_repositories, fg_read_people, fg_webhook, fg_status;

#endif
