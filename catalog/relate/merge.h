/*
 * merge.h - small segments into big ones, in the background.
 *
 * Tiers     segments of about one size (a factor of CB_MERGE_RATIO) are merged once there are CB_MERGE_FAN of them; a
 *           segment is written anew when more than a third of it is dead
 * Beside    publishing goes on while a merge runs; what died meanwhile is taken out when its result is put up
 * Bodies    are shared with the old segments, not copied, unless their blob is small or mostly dead
 */
#ifndef CB_RELATE_MERGE_H
#define CB_RELATE_MERGE_H

#include "catalog/relate/snapshot_in.h"

#define CB_MERGE_FAN 4
#define CB_MERGE_RATIO 8

struct cb_merger;

/* A thread that merges when woken and when there is something to do. */
struct cb_merger *cb_merger_start(struct cb_catalog *c);
void cb_merger_wake(struct cb_merger *m);
/* Ends after the merge at hand. Accepts NULL. */
void cb_merger_stop(struct cb_merger *m);
/* One merge of the calling thread, if one is due; false when none is. */
bool cb_merge_once(struct cb_catalog *c);
/* When a new segment has no place: merge here and now. */
void cb_merge_make_room(struct cb_catalog *c);
/* Merge these PARTS of S (bit set), whatever their size: tests. */
void cb_merge_parts(struct cb_catalog *c, const struct cb_snapshot *s, uint64_t parts);

#endif
