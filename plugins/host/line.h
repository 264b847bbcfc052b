/*
 * line.h - the socket to callboard: frames out, questions and their answers.
 *
 * Threads   any; a question waits for its answer on the asking thread, and the reader (main.c) brings it
 */
#ifndef CB_HOST_LINE_H
#define CB_HOST_LINE_H

#include "plugins/host/call.h"

#define CB_LINE_ASK_MS 30000 /* how long a question may take, within the call's deadline */

/* HEAD is taken (decref'd). A socket that is gone ends the process: nobody is left to answer to. */
void cb_line_put(json_t *head, const char *body, size_t body_n);
/*
 * Ask the server for WHAT, with what HEAD says (taken) and BODY. 0 with *OUT (malloc'd, NUL-terminated) and *OUT_N, or a negative
 * code with call->last set. OUT may be NULL.
 */
int cb_line_ask(struct callboard_call *call, const char *what, json_t *head, const char *body, size_t body_n, char **out, size_t *out_n);
/* The reader: an answer came. HEAD is borrowed. */
void cb_line_answer(const json_t *head, const char *body, size_t body_n);

#endif
