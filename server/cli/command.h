/*
 * command.h - the command table's row, and what all commands share: flags, output, exit codes.
 *
 * Exit      0 done, 1 the answer is no, 2 usage, 3 could not
 * Output    answers to stdout, errors to stderr as "callboard NAME: sentence"
 */
#ifndef CB_CLI_COMMAND_H
#define CB_CLI_COMMAND_H

#include <stdio.h>

#include "catalog/base/arena.h"
#include "catalog/base/buf.h"
#include "catalog/persist/conn.h"
#include "server/config/config.h"

enum { CB_EXIT_DONE = 0, CB_EXIT_NO = 1, CB_EXIT_USAGE = 2, CB_EXIT_COULD_NOT = 3 };

struct cb_command {
    const char *name;
    const char *usage;    /* "check [-o table|json|yaml] PATH..." */
    const char *sentence; /* what it does, for the list; NULL: not listed */
    const char *help;     /* its flags and an example, for --help; lines end in \n */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct cb_command cb_cmd_serve, cb_cmd_check, cb_cmd_sync, cb_cmd_query, cb_cmd_graph, cb_cmd_history, cb_cmd_explain, cb_cmd_watch, cb_cmd_token,
    cb_cmd_migrate, cb_cmd_import,
    cb_cmd_compare, cb_cmd_panel, cb_cmd_template, cb_cmd_plugin, cb_cmd_routes;

/* The whole of main(). */
int cb_command_main(int argc, char **argv);

enum cb_output { CB_OUTPUT_TABLE, CB_OUTPUT_JSON, CB_OUTPUT_YAML };

/* One flag of a command: "--config FILE", "-o FORMAT", "--quiet". */
struct cb_flag {
    const char *name;  /* "--config" */
    char letter;       /* 'c' for -c; 0: none */
    const char **text; /* takes a value; or */
    bool *set;         /* takes none */
};

/*
 * Take the flags out of ARGV (up to "--"); what stays are the operands, argv[1] onward, *ARGC counts them with argv[0].
 * False after a sentence on stderr: usage. --help prints and sets *HELPED.
 */
bool cb_command_flags(const struct cb_command *c, int *argc, char **argv, const struct cb_flag *flags, size_t flag_n, bool *helped);
bool cb_command_output(enum cb_output *out, const struct cb_command *c, const char *text);
/* "callboard NAME: sentence" to stderr; gives CODE's exit status (CB_EINVAL 2, CB_ENOTFOUND 1, others 3). */
int cb_command_fail(const struct cb_command *c, const struct cb_err *err);
int cb_command_usage(const struct cb_command *c, const char *sentence);
/* JSON text to stdout in the chosen form: pretty JSON or YAML. */
void cb_command_print(enum cb_output output, cb_str json);

/* Columns to stdout, as wide as they must be. Cells are borrowed until printed. */
struct cb_table;
struct cb_table *cb_table_new(const char *const *heads, size_t column_n);
void cb_table_row(struct cb_table *t, const cb_str *cells);
void cb_table_print(struct cb_table *t, FILE *out); /* frees T */
void cb_table_free(struct cb_table *t);

/* A configuration and its database: the one it names, or the private one that a running callboard keeps. */
struct cb_opened {
    struct cb_config *config;
    struct cb_pool *pool;
    char *url;
    struct cb_conn *conn; /* one of the pool's, when asked for */
};

#define CB_COMMAND_WAIT_US (INT64_C(10) * 1000000) /* for a connection */

/* OUT may be closed whatever this answers. CB_EUNAVAILABLE: no callboard runs on that data_dir. */
enum cb_code cb_command_open(struct cb_opened *out, const struct cb_config_flags *from, bool connect, struct cb_err *err) CB_MUSTCHECK;
void cb_command_close(struct cb_opened *o);

#endif
