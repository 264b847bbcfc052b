/* What the annotations say: lists as Backstage's plugin reads them, and lists in JSON or YAML for queries of any shape. */
#include <string.h>

#include "plugins/prometheus/prometheus.h"

#define BLANKS " \t\r\n"

const char *prom_slice(const struct prom *p, const char *from, const char *end)
{
    while (from < end && strchr(BLANKS, *from))
        from++;
    while (end > from && strchr(BLANKS, end[-1]))
        end--;
    return p->host->format(p->call, "%.*s", (int)(end - from), from);
}

/* A "quoted" or 'quoted' scalar of YAML without its quotes; other text as it is. */
static const char *unquoted(const struct prom *p, const char *text)
{
    size_t n = strlen(text);
    const struct callboard_json *json;
    char out[PROM_RULE_MAX + 1];
    size_t m = 0;

    if (n < 2 || n > PROM_RULE_MAX || text[0] != text[n - 1] || (text[0] != '"' && text[0] != '\''))
        return text;
    if (text[0] == '"') {
        json = p->host->parse(p->call, text, n);
        return p->host->text(json, "", text);
    }
    for (size_t i = 1; i < n - 1; i++) {
        if (text[i] == '\'' && text[i + 1] == '\'')
            i++;
        out[m++] = text[i];
    }
    return p->host->format(p->call, "%.*s", (int)m, out);
}

struct queries {
    const struct prom *p;
    struct prom_query *out;
    size_t n, left;
};

static struct prom_query *add(struct queries *q, const char *query)
{
    if (q->n == PROM_QUERY_N) {
        q->left++;
        return NULL;
    }
    q->out[q->n] = (struct prom_query){.query = query};
    return &q->out[q->n++];
}

/* "query: ..." and the like; false: LINE is none of it. */
static bool set_member(const struct prom *p, struct prom_query *to, const char *line)
{
    static const char *const keys[] = {"query:", "dimension:", "title:", "unit:"};
    const char **members[] = {&to->query, &to->dimension, &to->title, &to->unit};

    for (size_t i = 0; i < 4; i++) {
        size_t n = strlen(keys[i]);

        if (strncmp(line, keys[i], n) == 0 && (line[n] == ' ' || line[n] == '\0')) {
            *members[i] = unquoted(p, prom_slice(p, line + n, line + strlen(line)));
            return true;
        }
    }
    return false;
}

/* "query | dimension": a bar or comma inside of brackets or a string belongs to the query. */
static const char *find_outside(const char *from, char what)
{
    int depth = 0;

    for (const char *p = from; *p; p++) {
        if (*p == '"' || *p == '\'' || *p == '`') {
            char quote = *p;
            const char *end = p + 1;

            while (*end && *end != quote)
                end += *end == '\\' && quote != '`' && end[1] ? 2 : 1;
            if (*end)
                p = end;
        } else if (strchr("({[", *p)) {
            depth++;
        } else if (strchr(")}]", *p)) {
            depth--;
        } else if (*p == what && depth <= 0) {
            return p;
        }
    }
    return NULL;
}

static void add_line(struct queries *q, const char *item)
{
    const char *bar = find_outside(item, '|'), *end = item + strlen(item);
    struct prom_query *to = add(q, prom_slice(q->p, item, bar ? bar : end));

    if (to && bar)
        to->dimension = prom_slice(q->p, bar + 1, end);
}

static void read_plain(struct queries *q, const char *text)
{
    for (const char *at = text, *comma; at; at = comma ? comma + 1 : NULL) {
        comma = find_outside(at, ',');
        if (*(at + strspn(at, BLANKS ",")))
            add_line(q, prom_slice(q->p, at, comma ? comma : at + strlen(at)));
    }
}

static int read_json(struct queries *q, const char *text)
{
    const struct callboard_host *host = q->p->host;
    const struct callboard_json *list = host->parse(q->p->call, text, strlen(text));

    if (!list)
        return host->fail(q->p->call, CALLBOARD_EINVAL, "prometheus.io/rule begins as a JSON list but is %s", host->error(q->p->call));
    for (size_t i = 0; i < host->count(list, ""); i++) {
        const struct callboard_json *item = host->at(list, i);
        struct prom_query *to;

        if (!host->text(item, "", NULL) && !host->text(item, "/query", NULL))
            return host->fail(q->p->call, CALLBOARD_EINVAL, "prometheus.io/rule: item %zu is neither a query nor an object with \"query\"", i + 1);
        if (!(to = add(q, host->text(item, "", host->text(item, "/query", "")))))
            continue;
        to->dimension = host->text(item, "/dimension", NULL);
        to->title = host->text(item, "/title", NULL);
        to->unit = host->text(item, "/unit", NULL);
    }
    return CALLBOARD_OK;
}

/* Lines "- query", or "- query: ..." with "  dimension: ..." below. */
static int read_block(struct queries *q, const char *text)
{
    struct prom_query *to = NULL, none;

    for (const char *at = text, *end; *at; at = *end ? end + 1 : end) {
        const char *line;

        end = at + strcspn(at, "\n");
        line = prom_slice(q->p, at, end);
        if (!*line || *line == '#')
            continue;
        if (strncmp(line, "- ", 2) == 0) {
            line = prom_slice(q->p, line + 2, line + strlen(line));
            none = (struct prom_query){.query = ""};
            if (!(to = add(q, "")))
                to = &none;
            if (!set_member(q->p, to, line))
                to->query = unquoted(q->p, line);
        } else if (!to || !set_member(q->p, to, line)) {
            return q->p->host->fail(q->p->call, CALLBOARD_EINVAL,
                                    "prometheus.io/rule: the line '%s' neither begins a query with '- ' nor says dimension, title or unit of one",
                                    prom_cut(q->p, line, 100));
        }
    }
    return CALLBOARD_OK;
}

/* As host->annotation reads it, but longer and with lines. NULL: none. */
static const char *rule_text(const struct prom *p)
{
    const char *text = p->host->text(p->host->entity(p->call), "/metadata/annotations/prometheus.io~1rule", NULL);

    if (!text || strlen(text) > PROM_RULE_MAX)
        return NULL;
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && !strchr(BLANKS, *c)) || *c == 0x7f)
            return NULL;
    text = prom_slice(p, text, text + strlen(text));
    return *text ? text : NULL;
}

int prom_queries(struct prom_query out[PROM_QUERY_N], size_t *n, size_t *left, const struct prom *p)
{
    struct queries q = {p, out, 0, 0};
    const char *text = rule_text(p);
    int rc = CALLBOARD_OK;

    *n = *left = 0;
    if (!text)
        return CALLBOARD_ABSENT;
    if (*text == '[')
        rc = read_json(&q, text);
    else if (strncmp(text, "- ", 2) == 0)
        rc = read_block(&q, text);
    else
        read_plain(&q, text);
    for (size_t i = 0; i < q.n && rc == CALLBOARD_OK; i++)
        if (!*out[i].query || strlen(out[i].query) > PROM_QUERY_MAX)
            rc = p->host->fail(p->call, CALLBOARD_EINVAL, "prometheus.io/rule: query %zu is %s", i + 1, *out[i].query ? "too long" : "empty");
    *n = q.n;
    *left = q.left;
    return rc == CALLBOARD_OK && q.n == 0 ? CALLBOARD_ABSENT : rc;
}

/* The next item of a comma list at *AT; NULL: no more. */
static const char *next_item(const struct prom *p, const char **at)
{
    while (*at && **at) {
        const char *end = *at + strcspn(*at, ",");
        const char *item = prom_slice(p, *at, end);

        *at = *end ? end + 1 : end;
        if (*item)
            return item;
    }
    return NULL;
}

int prom_names(const char *out[PROM_NAME_N], size_t *n, bool *all, const struct prom *p)
{
    const char *at = p->host->annotation(p->call, "prometheus.io/alert"), *item;

    *n = 0;
    *all = !at;
    while ((item = next_item(p, &at))) {
        if (strcmp(item, "all") == 0)
            *all = true;
        if (*n == PROM_NAME_N)
            return p->host->fail(p->call, CALLBOARD_EINVAL, "prometheus.io/alert names more than %d alerts; 'all' with prometheus.io/labels may do", PROM_NAME_N);
        out[(*n)++] = item;
    }
    return CALLBOARD_OK;
}

int prom_pairs(struct prom_pair out[PROM_NAME_N], size_t *n, const struct prom *p)
{
    const char *at = p->host->annotation(p->call, "prometheus.io/labels"), *item;

    *n = 0;
    while ((item = next_item(p, &at))) {
        const char *sign = strchr(item, '=');

        if (!sign || sign == item)
            return p->host->fail(p->call, CALLBOARD_EINVAL, "prometheus.io/labels: '%s' is no key=value", prom_cut(p, item, 100));
        if (*n == PROM_NAME_N)
            return p->host->fail(p->call, CALLBOARD_EINVAL, "prometheus.io/labels has more than %d pairs", PROM_NAME_N);
        out[*n].key = prom_slice(p, item, sign);
        out[(*n)++].value = unquoted(p, prom_slice(p, sign + 1, item + strlen(item)));
    }
    return CALLBOARD_OK;
}
