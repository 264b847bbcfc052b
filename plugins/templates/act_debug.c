/* debug:log and debug:wait. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/act.h"

#define LINE_BYTES 8000                /* the host cuts a line of the log at 8 KiB */
#define LISTING_BYTES (1024 * 1024)    /* of one debug:log: what is more is said to be left out */
#define WAIT_MS_MAX (10 * 60 * 1000.0) /* Backstage's */

void act_log(const struct callboard_host *host, struct callboard_call *call, const char *text, size_t n)
{
    while (n > LINE_BYTES) {
        size_t cut = LINE_BYTES;

        while (cut > 0 && text[cut] != '\n')
            cut--;
        if (cut == 0) { /* one very long line: not in the middle of a character */
            cut = LINE_BYTES;
            while (cut > LINE_BYTES - 4 && ((unsigned char)text[cut] & 0xc0) == 0x80)
                cut--;
        }
        host->log(call, CALLBOARD_LOG_INFO, "%.*s", (int)cut, text);
        cut += text[cut] == '\n';
        text += cut;
        n -= cut;
    }
    host->log(call, CALLBOARD_LOG_INFO, "%.*s", (int)n, text);
}

/* ---- debug:log */

const char act_debug_log_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "properties": {
        "message": {"type": "string", "title": "Message", "description": "What to write into the task's log"},
        "listWorkspace": {
            "title": "List the workspace", "description": "Write the names of the workspace's files too; with-contents: and what is in them",
            "anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["with-filenames", "with-contents"]}]}}});

const char act_debug_log_examples[] = ACT_JSON([
    {"description": "Write a line into the log",
     "example": "steps:\n  - id: say\n    name: Say hello\n    action: debug:log\n    input:\n      message: Hello, ${{ user.ref }}\n"},
    {"description": "List the files that there are so far",
     "example": "steps:\n  - id: list\n    name: What is there\n    action: debug:log\n    input:\n      listWorkspace: true\n"},
    {"description": "And what is in them",
     "example": "steps:\n  - id: show\n    name: What is in it\n    action: debug:log\n    input:\n      message: before the files are published\n      listWorkspace: with-contents\n"}]);

struct listing {
    char *text;
    size_t n, room;
    bool contents, full;
};

static void add(struct listing *l, const char *text, size_t n)
{
    if (n > LISTING_BYTES - l->n) {
        n = LISTING_BYTES - l->n;
        l->full = true;
    }
    if (l->n + n > l->room) {
        l->room = l->n + n + 4096;
        if (!(l->text = realloc(l->text, l->room)))
            abort();
    }
    memcpy(l->text + l->n, text, n);
    l->n += n;
}

static int add_contents(struct listing *l, struct place *p, const struct place_entry *entry)
{
    char *text = NULL;
    size_t n = 0;
    int rc;

    add(l, ":\n\n  ", 5);
    if (!S_ISREG(entry->mode)) {
        add(l, "(a symbolic link)", 17);
        return CALLBOARD_OK;
    }
    if ((rc = place_read(&text, &n, p, entry->path)) != CALLBOARD_OK)
        return rc;
    if (memchr(text, '\0', n))
        add(l, "(not text)", 10);
    else
        add(l, text, n);
    free(text);
    return CALLBOARD_OK;
}

static int list(struct place *p, const struct place_entry *entry, void *ctx)
{
    struct listing *l = ctx;

    if (S_ISDIR(entry->mode) || l->full)
        return CALLBOARD_OK;
    add(l, l->contents ? "\n - " : "\n  - ", l->contents ? 4 : 5);
    add(l, entry->path, strlen(entry->path));
    return l->contents ? add_contents(l, p, entry) : CALLBOARD_OK;
}

static int list_workspace(const struct callboard_host *host, struct callboard_call *call, bool contents)
{
    struct listing l = {.contents = contents};
    struct place p;
    int rc = place_open(&p, host, call);

    add(&l, "Workspace:", 10);
    if (rc == CALLBOARD_OK)
        rc = place_walk(&p, "", true, list, &l);
    if (rc == CALLBOARD_OK)
        act_log(host, call, l.text, l.n);
    if (rc == CALLBOARD_OK && l.full)
        host->log(call, CALLBOARD_LOG_WARN, "The workspace holds more than is listed: debug:log writes at most %d bytes", LISTING_BYTES);
    place_close(&p);
    free(l.text);
    return rc;
}

int act_debug_log(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    const char *message = host->text(input, "/message", ""), *how = host->text(input, "/listWorkspace", NULL);
    const char *shown = host->dump(call, input, 2);

    act_log(host, call, shown, strlen(shown));
    if (*message)
        act_log(host, call, message, strlen(message));
    if (how || host->boolean(input, "/listWorkspace", 0))
        return list_workspace(host, call, how && strcmp(how, "with-contents") == 0);
    return CALLBOARD_OK;
}

/* ---- debug:wait */

const char act_debug_wait_input[] = ACT_JSON({
    "type": "object", "additionalProperties": false, "properties": {
        "minutes": {"type": "number", "title": "Minutes"},
        "seconds": {"type": "number", "title": "Seconds", "description": "Added to the minutes"},
        "milliseconds": {"type": "number", "title": "Milliseconds", "description": "Added to both; ten minutes altogether at most"}}});

const char act_debug_wait_examples[] = ACT_JSON([
    {"description": "Wait for half a minute", "example": "steps:\n  - id: wait\n    name: Wait\n    action: debug:wait\n    input:\n      seconds: 30\n"},
    {"description": "Wait for a minute and a half",
     "example": "steps:\n  - id: wait\n    name: Wait\n    action: debug:wait\n    input:\n      minutes: 1\n      seconds: 30\n"}]);

int act_debug_wait(const struct callboard_host *host, struct callboard_call *call)
{
    const struct callboard_json *input = host->input(call);
    double ms = (host->number(input, "/minutes", 0) * 60 + host->number(input, "/seconds", 0)) * 1000 + host->number(input, "/milliseconds", 0);

    if (ms > WAIT_MS_MAX)
        return host->fail(call, CALLBOARD_EINVAL, "Waiting duration is longer than the maximum threshold of 0 hours, 10 minutes, 0 seconds");
    if (!(ms > 0))
        return CALLBOARD_OK;
    switch (host->wait_ms(call, (int64_t)ceil(ms))) {
    case 0: return CALLBOARD_OK;
    case CALLBOARD_ECANCELLED: return host->fail(call, CALLBOARD_ECANCELLED, "the step was cancelled while it waited");
    default: return host->fail(call, CALLBOARD_ETIMEOUT, "the step's time was over while it waited");
    }
}
