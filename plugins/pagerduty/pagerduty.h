/*
 * pagerduty.h - what the panels and actions of this plugin share: the account, the services of the entity, questions to PagerDuty.
 *
 * Accounts    plugins.pagerduty.accounts of the configuration; an annotation chooses one by name, never by an address
 * Bounds      an account's "services": no other one is shown or touched, whoever names it
 * Problems    one service that fails never hides the others: it is gathered, and written as the panel's "partial"
 * Lifetime    of one call, as all that the host returns
 */
#ifndef PAGERDUTY_PAGERDUTY_H
#define PAGERDUTY_PAGERDUTY_H

#include <callboard/plugin.h>
#include <stdbool.h>

#define PD_SERVICE_MAX 20   /* of one entity */
#define PD_PAGE 100         /* rows of one answer; PagerDuty's greatest */
#define PD_PAGE_N 5         /* pages that are read */
#define PD_OFFSET_MAX 10000 /* offset and limit together, says PagerDuty */
#define PD_FRESH_S 15
#define PD_STALE_S 600
#define PD_REQUEST_MS 8000
#define PD_PROBLEM_N 32

struct pd_problem {
    const char *source, *message;
};

struct pd {
    const struct callboard_host *host;
    struct callboard_call *call;
    const struct callboard_json *config; /* of the account */
    const char *name, *url;
    const struct callboard_json *services[PD_SERVICE_MAX]; /* as GET /services/{id} has them */
    size_t service_n;
    struct pd_problem problems[PD_PROBLEM_N];
    size_t problem_n;
    const char *why;                     /* of the question that failed last */
    bool simulated, no_plan;             /* 402: the account's plan lacks it */
};

/* ---- client.c */

/* The account that the entity chooses, without its services. */
int pd_init(struct pd *p, const struct callboard_host *host, struct callboard_call *call);
/* The services that the entity names. CALLBOARD_ABSENT: none. */
int pd_services(struct pd *p);
/* One whole answer: 0, or a code with p->why. */
int pd_get(const struct callboard_json **out, struct pd *p, const char *path);
/* Each element of the list KEY that PATH ("/oncalls?...") answers, over its pages. */
int pd_each(struct pd *p, const char *path, const char *key, void (*row)(struct pd *p, const struct callboard_json *row, void *ctx), void *ctx);
/* A write: no cache, no second try. FROM: the mail address of whom it is done for. */
int pd_write(const struct callboard_json **out, struct pd *p, const char *method, const char *path, const char *body);
void pd_problem(struct pd *p, const char *source, const char *message);
void pd_put_head(struct pd *p, const char *type);
/* "&service_ids[]=A&service_ids[]=B" */
const char *pd_service_ids(const struct pd *p);
const char *pd_quote(const struct pd *p, const char *text); /* as JSON */
bool pd_is_id(const char *text);
bool pd_owns(const struct pd *p, const char *service_id);
bool pd_is_on(const struct pd *p, const char *action); /* configured */
void pd_put_cell(const struct pd *p, const char *key, const char *text, const char *state, const char *title, const char *url);
void pd_put_columns(const struct pd *p, const char *const (*rows)[3], size_t n);

callboard_fn pd_render_service, pd_render_oncall, pd_acknowledge, pd_create;

#endif
