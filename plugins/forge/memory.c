/* What this process remembers of each organisation, so that a reading asks for what may have changed alone. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/forge/forge.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fg_memory organizations[FG_ORGANIZATION_MAX];

void fg_lock(void)
{
    pthread_mutex_lock(&lock);
}

void fg_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

struct fg_memory *fg_memory(size_t organization)
{
    return &organizations[organization % FG_ORGANIZATION_MAX];
}

/* ---- a table by number: open addressing; room is a power of two, at least a quarter of it empty */

static struct fg_row *slot(const struct fg_table *t, int64_t id)
{
    size_t i = (size_t)((uint64_t)id * UINT64_C(11400714819323198485)) & (t->room - 1);

    while (t->v[i].key && t->v[i].id != id)
        i = (i + 1) & (t->room - 1);
    return &t->v[i];
}

struct fg_row *fg_table_find(const struct fg_table *t, int64_t id)
{
    struct fg_row *row = t->room ? slot(t, id) : NULL;

    return row && row->key ? row : NULL;
}

/* Anew with ROOM, without those for which KEEP says no. */
static void rebuild(struct fg_table *t, size_t room, bool (*keep)(const struct fg_row *row, const struct fg_table *t))
{
    struct fg_table old = *t;

    t->room = room;
    t->n = 0;
    if (!(t->v = calloc(room, sizeof(*t->v))))
        abort();
    for (size_t i = 0; i < old.room; i++) {
        struct fg_row *row = &old.v[i];

        if (!row->key)
            continue;
        if (keep && !keep(row, &old)) {
            free(row->name);
            free(row->mail);
            free(row->about);
            free(row->title);
            continue;
        }
        *slot(t, row->id) = *row;
        t->n++;
    }
    free(old.v);
}

struct fg_row *fg_table_put(struct fg_table *t, int64_t id)
{
    struct fg_row *row = fg_table_find(t, id);

    if (row)
        return row;
    if ((t->n + 1) * 4 > t->room * 3)
        rebuild(t, t->room ? t->room * 2 : 64, NULL);
    row = slot(t, id);
    *row = (struct fg_row){.id = id, .key = 1, .turn = t->turn};
    t->n++;
    return row;
}

static bool is_wanted(const struct fg_row *row, const struct fg_table *t)
{
    return row->turn == t->turn;
}

void fg_table_sweep(struct fg_table *t)
{
    if (t->n)
        rebuild(t, t->room, is_wanted);
}
