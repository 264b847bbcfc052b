#include "plugins/abi/wire.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 16384
#define KEEP_MAX (1024 * 1024) /* bytes of an empty reader's buffer that are kept */

static uint32_t number_at(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void put_number(char *p, uint32_t n)
{
    p[0] = (char)(n >> 24);
    p[1] = (char)(n >> 16);
    p[2] = (char)(n >> 8);
    p[3] = (char)n;
}

/* Drop the frames that were taken. */
static void settle(struct cb_wire_reader *r)
{
    if (!r->taken)
        return;
    r->n -= r->taken;
    if (r->n)
        memmove(r->p, r->p + r->taken, r->n);
    r->taken = 0;
    if (r->n == 0 && r->room > KEEP_MAX) {
        free(r->p);
        r->p = NULL;
        r->room = 0;
    }
}

char *cb_wire_room(struct cb_wire_reader *r, size_t want)
{
    settle(r);
    if (r->room - r->n < want) {
        size_t room = r->room ? r->room : ROOM_MIN;

        while (room - r->n < want)
            room *= 2;
        r->p = realloc(r->p, room);
        if (!r->p)
            abort();
        r->room = room;
    }
    return r->p + r->n;
}

void cb_wire_came(struct cb_wire_reader *r, size_t n)
{
    r->n += n;
}

int cb_wire_take(struct cb_wire_reader *r, struct cb_wire_frame *out)
{
    size_t left = r->n - r->taken, head_n, body_n;
    const char *p = r->p ? r->p + r->taken : NULL;

    if (left < CB_WIRE_PREFIX)
        return 0;
    head_n = number_at(p);
    body_n = number_at(p + 4);
    if (head_n == 0 || head_n > CB_WIRE_HEAD_MAX || body_n > CB_WIRE_BODY_MAX)
        return -1;
    if (left < CB_WIRE_PREFIX + head_n + body_n)
        return 0;
    *out = (struct cb_wire_frame){p + CB_WIRE_PREFIX, p + CB_WIRE_PREFIX + head_n, head_n, body_n};
    r->taken += CB_WIRE_PREFIX + head_n + body_n;
    return 1;
}

void cb_wire_fini(struct cb_wire_reader *r)
{
    free(r->p);
    *r = (struct cb_wire_reader){0};
}

bool cb_wire_prefix(char out[CB_WIRE_PREFIX], size_t head_n, size_t body_n)
{
    if (head_n == 0 || head_n > CB_WIRE_HEAD_MAX || body_n > CB_WIRE_BODY_MAX)
        return false;
    put_number(out, (uint32_t)head_n);
    put_number(out + 4, (uint32_t)body_n);
    return true;
}
