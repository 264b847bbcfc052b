/*
 * sandbox.h - what the process may still do once a stranger's code runs in it.
 *
 * Before    memory, file descriptors and core dumps are limited (rlimits); no new privileges; it dies with callboard; it gets a
 *           smaller share of the processors than others, so that one that loops is hardly felt by callboard's readers;
 *           where the kernel has Landlock, files can be read but written only below the folder of workspaces
 * After the plugin is loaded: no program can be started, no process looked into, nothing mounted, no kernel module or BPF loaded;
 *           and one that has no actions loses the workspaces too
 */
#ifndef CB_HOST_SANDBOX_H
#define CB_HOST_SANDBOX_H

#include <stddef.h>

#define CB_SANDBOX_MEMORY_MB 512
#define CB_SANDBOX_FILE_N 256
#define CB_SANDBOX_NICE 10 /* beside one of nice 0 a tenth; at 19 an answer does not come in time on a busy machine */

/* 0 or errno. MEMORY_MB and FILE_N of 0: the above. */
int cb_sandbox_limits(size_t memory_mb, size_t file_n);
/* WORKSPACES may be NULL: nothing is written anywhere. A later call takes away, and never gives back. *MISSING as below. */
int cb_sandbox_confine(const char *workspaces, const char **missing);
/* What the kernel does not have is left out: *MISSING names it, or stays as it is. */
int cb_sandbox_forbid(const char **missing);

#endif
