/*
 * supervise_in.h - what the parts of the supervisor share. Private to server/plugin.
 *
 *   supervise.c   the thread: events, commands, start and stop
 *   life.c        what becomes of a plugin: states, restarts, reloads
 *   folder.c      which files there are
 *   process.c     one process: start, frames in and out, log lines, its end
 *   call.c        calls: in from any thread, to a process, deadlines, back; questions of plugins to workers and back
 *   view.c        what outsiders see
 *
 * Lock      `lock` is held for moments, never across a system call that could take long: fields marked (lock). All else is the
 *           supervisor's thread's own
 */
#ifndef CB_PLUGIN_SUPERVISE_IN_H
#define CB_PLUGIN_SUPERVISE_IN_H

#include <pthread.h>
#include <sys/types.h>

#include "catalog/base/vec.h"
#include "plugins/abi/wire.h"
#include "server/plugin/settings.h"
#include "server/plugin/supervise.h"

/* A file as it was when it was loaded: another one of that name is a change. */
struct cb_file_id {
    uint64_t dev, ino, size;
    int64_t mtime_ns;
};

enum cb_phase {
    CB_PHASE_LOADING,  /* "load" is sent */
    CB_PHASE_OPENING,  /* "open" is sent */
    CB_PHASE_READY,
    CB_PHASE_DRAINING, /* another one took over: finishes what it has */
    CB_PHASE_CLOSING,  /* "stop" is sent */
    CB_PHASE_GONE      /* its socket has closed: to be reaped */
};

/* A call in a process. CALL NULL: its asker has heard already, the process has not come back. */
struct cb_flight {
    int64_t id;
    struct cb_plugin_call *call;
    int64_t due_us;  /* of the call; then of the process: killed */
    bool cancelled;
};

struct cb_process {
    struct cb_plugin *plugin;
    struct cb_process *next;
    int64_t serial;      /* of all processes ever: what answers to questions are addressed to */
    enum cb_phase phase;
    pid_t pid;
    int fd, err_fd;
    int64_t begun_us, due_us; /* monotonic; of the phase: beyond it the process is killed */
    int64_t ready_us;
    struct cb_arena *arena;   /* of its settings */
    struct cb_plugin_settings settings;
    struct cb_describe *describe;
    struct cb_wire_reader reader;
    struct cb_buf out;        /* not written yet */
    size_t out_at;
    bool leaving;             /* it is to end: nobody is surprised when it does */
    bool writing;             /* epoll watches for room */
    CB_VEC(struct cb_flight) flights;
    struct cb_buf line;       /* of stderr, without its end */
    enum cb_plugin_end fate;  /* why it was killed; CB_PLUGIN_OK: it was not */
    char why[CB_ERR_TEXT_MAX];
    size_t ask_n;
};

struct cb_plugin {
    struct cb_plugin *next;
    cb_str name, path;        /* malloc'd, NUL-terminated; the path may change (lock) */
    struct cb_process *current, *coming; /* calls go to the first; the second is being made ready */
    struct cb_plugin_call *first, **last; /* wait for a process with room */
    bool missing;             /* its file is gone */
    struct cb_file_id tried;  /* the file that was started last: another one is a change */
    int64_t ends[CB_PLUGIN_BREAK_N]; /* when its processes ended by themselves, the newest first */
    unsigned end_n, pause_n, break_n;
    int64_t retry_us;         /* monotonic; 0: no try is due */
    int64_t log_second, log_n;

    /* (lock) */
    enum cb_plugin_state state;
    bool configured;
    char why[CB_ERR_TEXT_MAX];
    int64_t since_us, next_us; /* UTC */
    struct cb_describe *describe;
    pid_t pid;
    int64_t started_us;
    int64_t pending_n, running_n, restart_n, reload_n, log_dropped_n;
    int64_t deadline_us;      /* of the configuration */
    int64_t calls[CB_PLUGIN_WHAT_N][CB_PLUGIN_END_N];
    int64_t latency[CB_PLUGIN_BOUND_N], took_us;
    struct cb_plugin_number {
        char name[CB_PLUGIN_NAME_MAX + 1];
        double value;
        bool counter;
    } metrics[CB_PLUGIN_METRIC_MAX];
    size_t metric_n;
    char last_error[CB_ERR_TEXT_MAX];
    int64_t last_error_us;
};

struct cb_question;

enum cb_command_type { CB_COMMAND_RELOAD, CB_COMMAND_CONFIGURE, CB_COMMAND_CANCEL, CB_COMMAND_ANSWER, CB_COMMAND_STOP };

/* From another thread. Malloc'd. */
struct cb_plugin_command {
    struct cb_plugin_command *next;
    enum cb_command_type type;
    char name[CB_PLUGIN_NAME_MAX + 1]; /* of a reload; empty: all */
    const struct cb_config *config;
    int64_t serial;                    /* of the process an answer goes to */
    struct cb_buf frame;
};

struct cb_plugins {
    struct cb_plugins_env env;
    const struct cb_config *config;
    char *directory, *host;
    pthread_t thread;
    int epoll, wake, watch;   /* watch: inotify, or -1 */
    struct cb_arena *scratch; /* of one event */
    struct cb_process *processes;
    int64_t serial_n, flight_n;
    int64_t scan_us;          /* the directory changed: look at it then; 0: it did not */
    bool stopping;
    int64_t stop_us;          /* monotonic: kill what is left then */
    struct cb_plugin_call *finished; /* done() is due, without the lock */
    atomic_size_t job_n;      /* questions on workers */
    struct cb_jobs *git;      /* where those that take minutes are answered; NULL: none are */

    pthread_mutex_t lock;
    struct cb_plugin *plugins; /* (lock) by name; only the supervisor adds, none is ever taken out */
    size_t plugin_n;
    struct cb_plugin_call *inbox_first, **inbox_last; /* (lock) */
    struct cb_plugin_command *commands, **commands_last; /* (lock) */
    struct cb_question *asked; /* (lock) those that may be given up */
    bool closed;              /* (lock) nothing is taken any more */
    bool settled;             /* (lock) */
};

/* ---- supervise.c */
void cb_supervise_wake(struct cb_plugins *p);
void cb_supervise_command(struct cb_plugins *p, struct cb_plugin_command *c);
/* Under the lock when OUTSIDE. */
struct cb_plugin *cb_supervise_find(struct cb_plugins *p, cb_str name);
/* The one of that name, made when there is none; NULL when there are too many. */
struct cb_plugin *cb_supervise_make(struct cb_plugins *p, cb_str name);

/* ---- life.c */
/* The process said "loaded", "opened" or "refused". */
void cb_life_loaded(struct cb_plugins *p, struct cb_process *x, cb_str descriptor, cb_str unconfined);
void cb_life_opened(struct cb_plugins *p, struct cb_process *x);
void cb_life_refused(struct cb_plugins *p, struct cb_process *x, const char *why);
/* It is reaped. */
void cb_life_gone(struct cb_plugins *p, struct cb_process *x, int status);

/* Its state is decided by file and configuration alone, as far as they tell; then it is loaded. */
void cb_life_restart(struct cb_plugins *p, struct cb_plugin *g);
/* The configuration changed: load anew only if its settings did. */
void cb_life_configure(struct cb_plugins *p, struct cb_plugin *g);
/* Pauses that are over, processes that take too long. Gives when to look again. */
int64_t cb_life_turn(struct cb_plugins *p, int64_t now_us);
/* X is to end when it has done what it has. */
void cb_life_drain(struct cb_plugins *p, struct cb_process *x);

/* ---- folder.c */
void cb_folder_open(struct cb_plugins *p);
/* Look at the folder: new, changed and missing files. */
void cb_folder_scan(struct cb_plugins *p);
/* Something was written there. */
void cb_folder_event(struct cb_plugins *p);
bool cb_folder_stat(struct cb_file_id *out, const char *path);

/* ---- process.c */
enum cb_code cb_process_start(struct cb_process **out, struct cb_plugins *p, struct cb_plugin *g, const struct cb_plugin_settings *settings,
                              struct cb_arena *arena, const char *path, struct cb_err *err) CB_MUSTCHECK;
void cb_process_put(struct cb_plugins *p, struct cb_process *x, cb_str head, cb_str body, cb_str more);
void cb_process_flush(struct cb_plugins *p, struct cb_process *x);
void cb_process_read(struct cb_plugins *p, struct cb_process *x);
void cb_process_read_line(struct cb_plugins *p, struct cb_process *x);
/* FATE and why: what the calls in it hear. */
void cb_process_kill(struct cb_plugins *p, struct cb_process *x, enum cb_plugin_end fate, const char *fmt, ...) CB_PRINTF(4, 5);
/* True when it is reaped. */
bool cb_process_reap(struct cb_plugins *p, struct cb_process *x, int64_t now_us);
void cb_process_free(struct cb_plugins *p, struct cb_process *x);
/* A line of the plugin's into our log, at most so many a second. */
void cb_process_log(struct cb_plugins *p, struct cb_process *x, cb_str level, const char *event, cb_str text);

/* ---- call.c */
void cb_call_take_in(struct cb_plugins *p);
/* Give X what waits, as far as it has room. */
void cb_call_pump(struct cb_plugins *p, struct cb_plugin *g);
void cb_call_done(struct cb_plugins *p, struct cb_process *x, const struct cb_node *head, cb_str body);
/* All that wait for G; all in X. */
void cb_call_fail_waiting(struct cb_plugins *p, struct cb_plugin *g, enum cb_plugin_end end, const char *why);
void cb_call_fail_running(struct cb_plugins *p, struct cb_process *x, enum cb_plugin_end end, const char *why);
/* Deadlines. Gives when to look again. */
int64_t cb_call_turn(struct cb_plugins *p, int64_t now_us);
/* Those that nobody waits for any more. */
void cb_call_cancel(struct cb_plugins *p);
void cb_call_asked(struct cb_plugins *p, struct cb_process *x, const struct cb_node *head, cb_str body);
/* done() of all that ended; without the lock. */
void cb_call_hand_back(struct cb_plugins *p);
void cb_call_metric(struct cb_plugins *p, struct cb_plugin *g, const struct cb_node *head);

#endif
