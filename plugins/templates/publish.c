#include "plugins/templates/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *publish_quote(const struct callboard_host *host, struct callboard_call *call, const char *text)
{
    const char *kept;
    size_t n = 0;
    char *out;

    if (!text)
        return "null";
    if (!(out = malloc(6 * strlen(text) + 3)))
        abort();
    out[n++] = '"';
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (c == '"' || c == '\\')
            out[n++] = '\\';
        if (c < 0x20)
            n += (size_t)sprintf(out + n, "\\u%04x", c);
        else
            out[n++] = (char)c;
    }
    out[n++] = '"';
    out[n] = '\0';
    kept = host->format(call, "%s", out);
    free(out);
    return kept;
}

const struct callboard_json *publish_run(const struct publish *p)
{
    const struct callboard_host *host = p->host;
    struct callboard_call *call = p->call;
    const struct callboard_json *input = host->input(call), *made;
    const char *message = p->message ? p->message : host->text(input, "/gitCommitMessage", "initial commit");
    char folder[PLACE_PATH_MAX + 1];
    struct place place;
    const char *what;
    int rc;

    rc = place_open(&place, host, call);
    if (rc == CALLBOARD_OK)
        rc = place_clean(folder, &place, host->text(input, "/sourcePath", ""));
    place_close(&place);
    if (rc != CALLBOARD_OK)
        return NULL;
    if (p->token)
        host->mask(call, p->token);
    what = host->format(call,
                        "{\"url\":%s,\"folder\":%s,\"branch\":%s,\"base\":%s,\"path\":%s,\"message\":%s,\"author\":{\"name\":%s,\"email\":%s},"
                        "\"delete\":%s,\"create\":%s,\"empty\":%s,\"token\":%s,\"username\":%s}",
                        publish_quote(host, call, p->url), publish_quote(host, call, folder), publish_quote(host, call, p->branch),
                        publish_quote(host, call, p->base), publish_quote(host, call, p->path), publish_quote(host, call, message),
                        publish_quote(host, call, host->text(input, "/gitAuthorName", NULL)),
                        publish_quote(host, call, host->text(input, "/gitAuthorEmail", NULL)), host->dump(call, p->gone, 0),
                        p->create ? "true" : "false", p->empty ? "true" : "false", publish_quote(host, call, p->token), publish_quote(host, call, p->username));
    made = host->git_publish(call, what);
    if (!made) {
        host->fail(call, CALLBOARD_EUPSTREAM, "%s", host->error(call));
        return NULL;
    }
    if (host->boolean(made, "/unchanged", 0))
        host->log(call, CALLBOARD_LOG_INFO, "The files are there already: nothing was pushed to %s", host->text(made, "/remoteUrl", ""));
    else
        host->log(call, CALLBOARD_LOG_INFO, "Pushed commit %s to branch %s of %s", host->text(made, "/commit", ""), host->text(made, "/branch", ""),
                  host->text(made, "/remoteUrl", ""));
    return made;
}

void publish_put(const struct publish *p, const struct callboard_json *made)
{
    p->host->put_text(p->call, "remoteUrl", p->host->text(made, "/remoteUrl", NULL));
    p->host->put_text(p->call, "repoContentsUrl", p->host->text(made, "/repoContentsUrl", NULL));
    p->host->put_text(p->call, "commitHash", p->host->text(made, "/commit", NULL));
}

/* ---- repoUrl */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The value of KEY in the query behind the '?', decoded; NULL: none, or empty. */
static const char *part(const struct callboard_host *host, struct callboard_call *call, const char *query, const char *key)
{
    size_t key_n = strlen(key);

    while (*query) {
        size_t n = strcspn(query, "&");

        if (n > key_n + 1 && strncmp(query, key, key_n) == 0 && query[key_n] == '=') {
            char *out = malloc(n + 1);
            const char *kept;
            size_t m = 0;

            if (!out)
                abort();
            for (size_t i = key_n + 1; i < n; i++) {
                int high = query[i] == '%' && i + 2 < n ? digit(query[i + 1]) : -1, low = high >= 0 ? digit(query[i + 2]) : -1;

                if (low >= 0 && (high || low)) {
                    out[m++] = (char)(high * 16 + low);
                    i += 2;
                } else {
                    out[m++] = query[i] == '+' ? ' ' : query[i];
                }
            }
            out[m] = '\0';
            kept = host->format(call, "%s", out);
            free(out);
            return kept;
        }
        query += n + (query[n] == '&');
    }
    return NULL;
}

int publish_repo(struct publish_repo *out, const struct callboard_host *host, struct callboard_call *call, const char *text)
{
    const char *mark = strchr(text, '?'), *query;

    if (strncmp(text, "https://", 8) == 0 && mark) /* some write the picker's value as a URL */
        text += 8;
    if (!mark || memchr(text, '/', (size_t)(mark - text)))
        return 0;
    query = mark + 1;
    *out = (struct publish_repo){
        .host = host->format(call, "%.*s", (int)(mark - text), text),
        .owner = part(host, call, query, "owner"),
        .repo = part(host, call, query, "repo"),
        .organization = part(host, call, query, "organization"),
        .workspace = part(host, call, query, "workspace"),
        .project = part(host, call, query, "project"),
    };
    return *out->host && out->repo;
}
