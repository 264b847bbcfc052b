/*
 * heap.h - memory of templates: everything is taken from a heap and given back at once.
 *
 * Failure   a template that cannot go on leaves by longjmp to whoever entered (heap->out); nothing in between holds anything but memory
 *           of a heap. That keeps filters and operators to their rule, with no code to hand on in each of them
 * Limits    heap->max bytes; over it: CALLBOARD_ELIMIT
 * Threads   a heap is used by one thread at a time
 */
#ifndef TEMPLATES_HEAP_H
#define TEMPLATES_HEAP_H

#include <callboard/plugin.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tpl_block;

struct tpl_error {
    int code;    /* CALLBOARD_E... */
    size_t at;   /* offset in the template's bytes */
    char text[560];
};

struct tpl_heap {
    struct tpl_block *first; /* the block in use; older ones behind it */
    char *cur, *end;
    size_t used, max;
    size_t work;             /* steps taken, against TPL_WORK_MAX */
    int64_t cpu_ms;          /* of the thread, when the first of them were taken, against TPL_CPU_MS; 0: not yet */
    int64_t wall_ms;         /* by the clock, at the same moment, against TPL_WALL_MS */
    size_t at;               /* what is being looked at: an offset in the template */
    jmp_buf *out;
    struct tpl_error error;
};

void tpl_heap_init(struct tpl_heap *h, size_t max);
void tpl_heap_fini(struct tpl_heap *h);
/* Forget all that was taken; one block is kept for the next use. */
void tpl_heap_reset(struct tpl_heap *h);

void *tpl_take(struct tpl_heap *h, size_t n);                    /* not zeroed; aligned for anything */
void *tpl_take_n(struct tpl_heap *h, size_t n, size_t size);     /* checked product, zeroed */
char *tpl_take_bytes(struct tpl_heap *h, size_t n);              /* not aligned */
/* Make P, taken last and N bytes long, longer by MORE where it lies; false: there is no room. */
bool tpl_stretch(struct tpl_heap *h, const char *p, size_t n, size_t more);

#define TPL_NEW(h, type) ((type *)tpl_take_n((h), 1, sizeof(type)))
#define TPL_NEW_N(h, type, n) ((type *)tpl_take_n((h), (n), sizeof(type)))

/* End the render. The offset is heap->at. */
_Noreturn void tpl_fail(struct tpl_heap *h, int code, const char *format, ...) CALLBOARD_PRINTF(3, 4);
_Noreturn void tpl_fail_at(struct tpl_heap *h, size_t at, const char *format, ...) CALLBOARD_PRINTF(3, 4); /* CALLBOARD_EINVAL */
/* N more steps. */
void tpl_work(struct tpl_heap *h, size_t n);

#endif
