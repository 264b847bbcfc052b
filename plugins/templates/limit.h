/*
 * limit.h - what one template may use. Going over ends the render with a sentence, its file, line and column.
 *
 * Source    Backstage's renderer has the same (reference: limits per render); memory and regular expressions are bounded here on top,
 *           for what runs here is a process that others share
 */
#ifndef TEMPLATES_LIMIT_H
#define TEMPLATES_LIMIT_H

#define TPL_SOURCE_MAX (4 * 1024 * 1024)  /* bytes of one template */
#define TPL_NODE_MAX 1000000              /* nodes of its tree */
#define TPL_WORK_MAX 1000000              /* steps: a node evaluated, an element visited or made */
#define TPL_CPU_MS 5000                   /* CPU time of one render; no step is long, but many may be */
#define TPL_WALL_MS 8000                  /* the same by the clock, on a machine with much to do: a call is given up after 10 s, and its plugin is ended */
#define TPL_DEPTH_MAX 512                 /* nesting of its tree, of calls, of values */
#define TPL_OUTPUT_MAX (16 * 1024 * 1024) /* bytes that it writes */
#define TPL_CALL_MAX 4096                 /* calls of the scaffolder's own filters and functions */
#define TPL_PATTERN_MAX 16384             /* UTF-16 units of a regular expression */
#define TPL_MEMORY_MAX (64 * 1024 * 1024) /* bytes that its values take */
#define TPL_MATCH_MAX 1000000             /* steps back of one search by a regular expression, and its depth */
#define TPL_MATCH_MS 2000                 /* CPU time of all searches of a render */
#define TPL_MATCH_KB 8192                 /* memory of one search */
#define TPL_SENTENCE_MAX 1024

#endif
