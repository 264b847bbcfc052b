/*
 * wire.h - the frames between callboard and callboard-plugin-host. Authors of plugins never see them.
 *
 * Frame     two numbers of 32 bits, most significant byte first: bytes of the head, bytes of the body; the head, a JSON object;
 *           the body, JSON or text that whoever passes it on need not read. Over a stream socket, both ways
 * Order     answers may come in any order: "id" pairs them. Each side numbers what it begins
 * Limits    CB_WIRE_HEAD_MAX, CB_WIRE_BODY_MAX; a frame over one is the end of the connection
 *
 * server -> host                                                                        body
 *   {"op":"load","path"}                            first, once                          -
 *   {"op":"open","concurrency","allow":[],"secrets":[],"ca_file"}  after "loaded"        configuration (JSON)
 *   {"op":"call","id","what","row","ref","user","input_n","deadline_ms","workspace","task"}  INPUT, input_n bytes of JSON, then the ENTITY (JSON); both may be empty
 *   {"op":"cancel","id"}                            nobody waits any more                -
 *   {"op":"answer","id","code","error"}             to an "ask"; code 0: well            what was asked for
 *   {"op":"stop"}                                   no more calls; runs the plugin's close, then exits     -
 *
 * host -> server
 *   {"op":"loaded"}                                                                      descriptor, as wire_descriptor of docs/plugins.md
 *   {"op":"opened"} / {"op":"refused","error"}      refused: it exits behind it          -
 *   {"op":"done","id","code","error","error_code","age_s","us"}                          the answer (JSON object); empty unless code is 0
 *   {"op":"ask","id","call","what",...}             what the host table offers of the server: catalog_entity {"ref"}, catalog_query {"query"}, api_get {},
 *                                                   location_register and location_remove {"type","target"}, git_export {"url","folder"}, git_publish, state_get {"key"},
 *                                                   state_put {"key","ttl_s"}, state_del {"key"}, source_refresh {"name"}, emit {"kind": "entity" | "location"}            argument
 *   {"op":"log","call","level"}                                                          text
 *   {"op":"metric","name","add" | "set"}                                                 -
 *
 * "task" of an action or undo: an object that the plugin reads as it is. Members of a head that have no value are left out.
 * "what" of a call: panel, panel_action, action, undo, source, route; "row" is the number of the row in that table.
 * Descriptor: {"name","version","summary","minor","config":SCHEMA|null,"panels":[{"name","title","annotations":[],"kinds":[],"ttl_s","stale_s",
 * "deadline_ms","help"}],"panel_actions":[{"panel","name","title","confirm","right","input","deadline_ms"}],"actions":[{"name","summary","input",
 * "output","examples","dry_run","undo","deadline_ms"}],"sources":[{"name","summary","interval_s","deadline_ms"}],"routes":[{"method","path",
 * "right","summary","deadline_ms"}]}
 *
 * Threads   a reader belongs to one thread; cb_wire_put only writes to the memory it is given
 */
#ifndef CB_ABI_WIRE_H
#define CB_ABI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CB_WIRE_PREFIX 8                       /* bytes before the head */
#define CB_WIRE_HEAD_MAX (64 * 1024)           /* bytes */
#define CB_WIRE_BODY_MAX (48 * 1024 * 1024)    /* bytes */
#define CB_WIRE_FD 3                           /* where the host finds its end of the socket */

/* What came in, piece by piece. Zeroed is ready. */
struct cb_wire_reader {
    char *p;
    size_t n, room, taken;
};

struct cb_wire_frame {
    const char *head, *body; /* borrowed until the next take or room; not NUL-terminated */
    size_t head_n, body_n;
};

/* Room for at least WANT more bytes behind what is there; fill it, then say how many came. Aborts when memory is out. */
char *cb_wire_room(struct cb_wire_reader *r, size_t want);
void cb_wire_came(struct cb_wire_reader *r, size_t n);
/* 1: a whole frame; 0: not yet; -1: over a limit, the connection makes no sense any more. */
int cb_wire_take(struct cb_wire_reader *r, struct cb_wire_frame *out);
void cb_wire_fini(struct cb_wire_reader *r);

/* Write the prefix of a frame; false over a limit. */
bool cb_wire_prefix(char out[CB_WIRE_PREFIX], size_t head_n, size_t body_n);

#endif
