/* Panels by configuration alone: a URL with what an entity says in it, and JSON pointers into what is answered. */
#include <string.h>

#include "plugins/http/facts.h"

#define TEXT(max) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" max "}"
#define FIELD "{\"type\":\"string\",\"maxLength\":1024}"
#define ITEM "{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":" FIELD "}"
#define HEADER_NAMES "\"maxProperties\":20,\"propertyNames\":{\"pattern\":\"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$\"},"

static const char config[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"panels\"],\"properties\":{"
    "\"panels\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":64,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"title\",\"url\",\"type\"],\"properties\":{"
    "\"title\":" TEXT("100") ",\"source\":" TEXT("100") ","
    "\"kinds\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":20,\"items\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z][A-Za-z0-9]*$\"}},"
    "\"annotation\":" TEXT("253") ","
    "\"url\":{\"type\":\"string\",\"format\":\"uri\",\"pattern\":\"^https?://\",\"maxLength\":4096},"
    "\"method\":{\"enum\":[\"GET\",\"POST\"],\"default\":\"GET\"},"
    "\"body\":" TEXT("65536") ",\"content_type\":" TEXT("100") ","
    "\"headers\":{\"type\":\"object\"," HEADER_NAMES "\"additionalProperties\":{\"type\":\"string\",\"maxLength\":4096}},"
    "\"secret_headers\":{\"type\":\"object\"," HEADER_NAMES "\"additionalProperties\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true}},"
    "\"token\":{\"type\":\"string\",\"minLength\":1,\"writeOnly\":true},"
    "\"username\":" TEXT("256") ",\"password\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":2048,\"writeOnly\":true},"
    "\"absent\":{\"type\":\"array\",\"maxItems\":20,\"items\":{\"type\":\"integer\",\"minimum\":300,\"maximum\":599}},"
    "\"ttl_s\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":86400,\"default\":60},"
    "\"stale_s\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":604800,\"default\":600},"
    "\"timeout_s\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10,\"default\":5},"
    "\"type\":{\"enum\":[\"status\",\"table\",\"keyvalues\",\"series\",\"timeline\",\"links\",\"text\"]},"
    "\"list\":" FIELD ",\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":200,\"default\":50},"
    "\"item\":" ITEM ",\"items\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":50,\"items\":" ITEM "},"
    "\"columns\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":24,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"title\",\"value\"],\"properties\":{\"title\":" TEXT("100") ",\"value\":" FIELD ",\"url\":" FIELD ",\"state\":" FIELD ","
    "\"unit\":" TEXT("20") ",\"kind\":{\"enum\":[\"text\",\"status\",\"time\",\"duration\",\"number\",\"bytes\",\"code\",\"link\",\"entity\"]}}}},"
    "\"states\":{\"type\":\"object\",\"maxProperties\":100,"
    "\"additionalProperties\":{\"enum\":[\"ok\",\"progress\",\"warning\",\"error\",\"unknown\",\"info\"]}},"
    "\"summary\":" FIELD ",\"page\":" FIELD ",\"markdown\":{\"type\":\"string\",\"maxLength\":16384}},"
    "\"dependencies\":{\"username\":[\"password\"],\"password\":[\"username\"],\"content_type\":[\"body\"]}}}}}";

/* ---- at load: what a schema cannot say */

struct check {
    struct facts f;
    const struct callboard_json *panel;
    const char *type, *why; /* WHY NULL: nothing is wrong */
};

static void wrong(struct check *c, const char *key, const char *why)
{
    if (!c->why)
        c->why = *key ? c->f.host->format(c->f.call, "%s: %s", key, why) : why;
}

/* A pointer, or a text with placeholders. */
static void check_field(struct check *c, const char *key, const char *text)
{
    const char *why = *text == '/' ? facts_pointer_error(text) : facts_template_error(&c->f, text, true);

    if (why)
        wrong(c, key, why);
}

static void check_url(struct check *c)
{
    const char *url = c->f.host->text(c->panel, "/url", ""), *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
    const char *path = host + strcspn(host, "/?"), *open = strstr(url, "{{"), *why;

    if (open && open < path)
        wrong(c, "url", "a placeholder may stand in the path and in the query only: where callboard asks is the operator's choice, not the entity's");
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= 0x20 || *p == 0x7f || *p == '\\' || *p == '#')
            wrong(c, "url", "it has a blank, a '\\' or a '#'");
    if (host == path)
        wrong(c, "url", "it has no host");
    if ((why = facts_template_error(&c->f, url, false)))
        wrong(c, "url", why);
}

static void check_body(struct check *c)
{
    const char *body = c->f.host->text(c->panel, "/body", NULL), *type = c->f.host->text(c->panel, "/content_type", "application/json"), *why;

    if (!body)
        return;
    if (strcmp(c->f.host->text(c->panel, "/method", "GET"), "POST") != 0)
        wrong(c, "body", "only POST has one: set method: POST");
    if ((why = facts_template_error(&c->f, body, false)))
        wrong(c, "body", why);
    if (strstr(body, "{{") && strncmp(type, "application/json", 16) != 0 && strncmp(type, "application/x-www-form-urlencoded", 33) != 0)
        wrong(c, "body", "a placeholder can be written safely only into application/json and application/x-www-form-urlencoded");
}

static void check_item(struct check *c, const struct callboard_json *item, const char *key)
{
    const struct callboard_host *host = c->f.host;
    const struct facts_field *fields = facts_type_find(c->type)->fields;
    const char *names = "";

    for (size_t k = 0; fields[k].key; k++) {
        names = host->format(c->f.call, "%s%s%s", names, k ? ", " : "", fields[k].key);
        if (fields[k].required && !host->get(item, host->format(c->f.call, "/%s", fields[k].key)))
            wrong(c, key, host->format(c->f.call, "of type %s it needs '%s'", c->type, fields[k].key));
    }
    for (size_t i = 0, n = host->count(item, ""); i < n; i++) {
        bool known = false;

        for (size_t k = 0; fields[k].key; k++)
            known = known || strcmp(fields[k].key, host->key_at(item, i)) == 0;
        if (!known)
            wrong(c, key, host->format(c->f.call, "there is no '%s' in type %s; there are %s", host->key_at(item, i), c->type, names));
        check_field(c, host->format(c->f.call, "%s: %s", key, host->key_at(item, i)), host->text(host->at(item, i), "", ""));
    }
}

static void check_columns(struct check *c, const struct callboard_json *columns)
{
    static const char *const fields[] = {"value", "url", "state"};
    const struct callboard_host *host = c->f.host;

    for (size_t i = 0, n = host->count(columns, ""); i < n; i++)
        for (size_t k = 0; k < sizeof(fields) / sizeof(*fields); k++)
            check_field(c, host->format(c->f.call, "columns/%zu: %s", i, fields[k]),
                        host->text(host->at(columns, i), host->format(c->f.call, "/%s", fields[k]), ""));
}

/* Which of list, item, items, columns and markdown a type takes. */
static void check_mapping(struct check *c)
{
    static const char *const texts[] = {"list", "summary", "page", "markdown"};
    const struct callboard_host *host = c->f.host;
    const struct callboard_json *item = host->get(c->panel, "/item"), *items = host->get(c->panel, "/items"), *columns = host->get(c->panel, "/columns");
    bool is_table = strcmp(c->type, "table") == 0, is_text = strcmp(c->type, "text") == 0, list = host->get(c->panel, "/list") != NULL;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        check_field(c, texts[i], host->text(c->panel, host->format(c->f.call, "/%s", texts[i]), ""));
    if (list && facts_pointer_error(host->text(c->panel, "/list", "")))
        wrong(c, "list", facts_pointer_error(host->text(c->panel, "/list", "")));
    if (is_text && (list || item || items || columns))
        wrong(c, "", "a text takes markdown alone, or nothing: then the answer is the text");
    else if (!is_text && host->get(c->panel, "/markdown"))
        wrong(c, "markdown", "only type text has it");
    else if (is_table && (!columns || !list || item || items))
        wrong(c, "", "a table needs list, a pointer to the list, and columns");
    else if (!is_table && !is_text && (columns || !item == !items || !item == list))
        wrong(c, "", host->format(c->f.call, "type %s needs list and item (the fields of each), or items (each with its fields)", c->type));
    if (c->why)
        return;
    if (item)
        check_item(c, item, "item");
    for (size_t i = 0, n = host->count(items, ""); i < n; i++)
        check_item(c, host->at(items, i), host->format(c->f.call, "items/%zu", i));
    check_columns(c, columns);
}

static void check_credential(struct check *c)
{
    if (c->f.host->get(c->panel, "/token") && c->f.host->get(c->panel, "/username"))
        wrong(c, "token", "there is a username too, and only one can be sent");
}

static int open_plugin(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *list = host->get(host->config(call), "/panels");

    for (size_t i = 0, n = host->count(list, ""); i < n; i++) {
        const struct callboard_json *panel = host->at(list, i);
        struct check c = {{host, call}, panel, host->text(panel, "/type", ""), NULL};

        check_url(&c);
        check_body(&c);
        check_credential(&c);
        check_mapping(&c);
        if (c.why)
            return host->fail(call, CALLBOARD_EINVAL, "panels/%zu (%s): %s", i, host->text(panel, "/title", ""), c.why);
    }
    return CALLBOARD_OK;
}

/* ---- the panels of an entity */

static size_t ask_all(struct facts_panel shown[FACTS_SHOWN_N], size_t *left_n, const struct facts *f)
{
    const struct callboard_json *list = f->host->get(f->host->config(f->call), "/panels");
    struct facts_panel p;
    size_t n = 0;

    *left_n = 0;
    for (size_t i = 0, all = f->host->count(list, ""); i < all; i++) {
        if (!facts_applies(&p, f, f->host->at(list, i)))
            continue;
        if (n == FACTS_SHOWN_N) {
            ++*left_n;
            continue;
        }
        if (!p.code)
            facts_ask(&p);
        if (!p.absent)
            shown[n++] = p;
    }
    return n;
}

static void put_partial(const struct facts *f, const struct facts_panel *shown, size_t n, size_t left_n)
{
    bool begun = false;

    for (size_t i = 0; i < n; i++) {
        if (!shown[i].code)
            continue;
        if (!begun)
            f->host->begin_array(f->call, "partial");
        begun = true;
        f->host->begin_object(f->call, NULL);
        f->host->put_text(f->call, "source", shown[i].title);
        f->host->put_text(f->call, "message", shown[i].why);
        f->host->end(f->call);
    }
    if (left_n) {
        if (!begun)
            f->host->begin_array(f->call, "partial");
        f->host->begin_object(f->call, NULL);
        f->host->put_text(f->call, "source", "http");
        f->host->put_textf(f->call, "message", "%zu more panels apply; an entity has %d", left_n, FACTS_SHOWN_N);
        f->host->end(f->call);
    }
}

/* What the panels that have a summary say. */
static void put_summary(const struct facts *f, const struct facts_panel *shown, size_t n)
{
    const char *all = "";

    for (size_t i = 0; i < n; i++)
        if (!shown[i].code && shown[i].summary && *shown[i].summary)
            all = f->host->format(f->call, "%s%s%s: %s", all, *all ? "; " : "", shown[i].title, shown[i].summary);
    if (*all)
        f->host->put_text(f->call, "summary", facts_cut(f, all, FACTS_SUMMARY_MAX));
}

static int render(const struct callboard_host *host, struct callboard_call *call)
{
    struct facts f = {host, call};
    struct facts_panel shown[FACTS_SHOWN_N];
    size_t left_n, n = ask_all(shown, &left_n, &f), drawn_n = 0;
    bool simulated = true;

    if (n == 0)
        return CALLBOARD_ABSENT;
    if (n == 1 && !left_n) /* by itself: no frame around one picture */
        return !shown[0].code && facts_draw(&shown[0], false) ? CALLBOARD_OK : host->fail(call, shown[0].code, "%s: %s", shown[0].title, shown[0].why);
    host->put_text(call, "type", "group");
    host->begin_array(call, "panels");
    for (size_t i = 0; i < n; i++)
        if (!shown[i].code && facts_draw(&shown[i], true)) {
            simulated = simulated && shown[i].simulated;
            drawn_n++;
        }
    host->end(call);
    if (drawn_n == 0)
        return host->fail(call, shown[0].code, "%s: %s", shown[0].title, shown[0].why);
    if (simulated) {
        host->begin_object(call, "source");
        host->put_boolean(call, "simulated", 1);
        host->end(call);
    }
    put_summary(&f, shown, n);
    put_partial(&f, shown, n, left_n);
    return CALLBOARD_OK;
}

static const struct callboard_panel panels[] = {
    {.name = "facts", .title = "Facts", .ttl_s = FACTS_TTL_S, .stale_s = FACTS_STALE_S, .deadline_ms = FACTS_MS, .render = render,
     .help = "The configuration's plugins.http.panels say which entities have it: by kind, and by the annotation that each names."},
    {0},
};

CALLBOARD_PLUGIN(.name = "http", .version = "1.0.0", .summary = "Panels by configuration alone: a URL, and JSON pointers into its answer", .config = config,
                 .panels = panels, .open = open_plugin);
