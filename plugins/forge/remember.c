/*
 * What repositories were looked into, kept in callboard's database: a callboard that starts anew, or another one on the same database, asks the
 * forge for what has changed alone, and not once for each repository.
 *
 * Key    "looked/<organisation>/<n>", n from 0 until one is missing
 * Value  lines of numbers: id, key, found, activity, checked
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

#define LINE_MAX_BYTES 128
#define KEEP_S (48 * 3600) /* longer than it is believed */
#define PART_N 64

static const char *key_of(char *out, size_t n, const struct fg *f, int part)
{
    snprintf(out, n, "looked/%s/%d", f->name, part);
    return out;
}

static void take_lines(struct fg *f, const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        struct fg_row one = {0}, *row;

        if (sscanf(line, "%" SCNd64 " %" SCNx64 " %" SCNx32 " %" SCNd64 " %" SCNd64, &one.id, &one.key, &one.found, &one.activity_us, &one.checked_us) != 5 ||
            !one.key || f->memory->repositories.n >= FG_REPOSITORY_MAX || fg_table_find(&f->memory->repositories, one.id))
            continue;
        row = fg_table_put(&f->memory->repositories, one.id);
        row->key = one.key;
        row->found = one.found;
        row->activity_us = one.activity_us;
        row->checked_us = one.checked_us;
    }
}

void fg_recall(struct fg *f)
{
    char key[128];

    if (f->memory->recalled)
        return;
    f->memory->recalled = true;
    for (int part = 0; part < PART_N; part++) {
        const char *text = f->host->state_get(f->call, key_of(key, sizeof(key), f, part), NULL);

        if (!text)
            return;
        fg_lock();
        take_lines(f, text);
        fg_unlock();
    }
}

/* No more of it is lost with a failure than the time to look again. */
void fg_remember(struct fg *f)
{
    struct fg_text text = {0};
    int part = 0, rc = 0;
    size_t i = 0, room;
    char key[128];

    do {
        text.n = 0;
        fg_put(&text, "");
        fg_lock();
        room = f->memory->repositories.room;
        for (; i < room && text.n < CALLBOARD_STATE_VALUE_MAX - LINE_MAX_BYTES; i++) {
            const struct fg_row *row = &f->memory->repositories.v[i];

            if (row->key)
                fg_printf(&text, "%" PRId64 " %" PRIx64 " %" PRIx32 " %" PRId64 " %" PRId64 "\n", row->id, row->key, row->found, row->activity_us, row->checked_us);
        }
        fg_unlock();
        rc = f->host->state_put(f->call, key_of(key, sizeof(key), f, part++), text.p, text.n, KEEP_S);
    } while (rc == 0 && i < room && part < PART_N);
    if (rc == 0)
        rc = f->host->state_del(f->call, key_of(key, sizeof(key), f, part));
    if (rc != 0)
        f->host->log(f->call, CALLBOARD_LOG_INFO, "%s: what was looked into is not kept: %s", f->name, f->host->error(f->call));
    free(text.p);
}
