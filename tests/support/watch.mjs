// A client of /api/watch for black box tests: server-sent events as they come, and a consumer that holds the server to its word.
import http from 'node:http';

// One stream. Resolves when it is open: { events, id, ended, close, until(fn) }; refuses: { status, text }.
export function openWatch(port, query = '', { headers = {}, host = '127.0.0.1', onEvent } = {}) {
  return new Promise((resolve, reject) => {
    const req = http.get({ host, port, path: `/api/watch${query}`, headers, agent: false }, res => {
      if (res.statusCode !== 200) {
        let text = '';
        res.on('data', chunk => { text += chunk; });
        res.on('end', () => resolve({ status: res.statusCode, text, headers: res.headers }));
        return;
      }
      const w = { status: 200, headers: res.headers, events: [], id: undefined, retry: undefined, comments: 0, closed: false };
      let waiting = [];
      const wake = () => {
        const all = waiting;
        waiting = [];
        all.forEach(fn => fn());
      };
      let rest = '';
      res.setEncoding('utf8');
      res.on('data', chunk => {
        rest += chunk;
        for (let at; (at = rest.indexOf('\n\n')) >= 0; rest = rest.slice(at + 2)) take(rest.slice(0, at));
        wake();
      });
      const take = text => {
        const event = { event: 'message', data: undefined };
        for (const line of text.split('\n')) {
          if (line.startsWith(':')) w.comments++;
          else if (line.startsWith('event: ')) event.event = line.slice(7);
          else if (line.startsWith('data: ')) event.data = JSON.parse(line.slice(6));
          else if (line.startsWith('id: ')) w.id = event.id = line.slice(4);
          else if (line.startsWith('retry: ')) w.retry = Number(line.slice(7));
          else if (line) throw new Error(`no line of an event: ${line}`);
        }
        if (event.data === undefined) return;
        w.events.push(event);
        onEvent?.(event, w);
      };
      w.ended = new Promise(done => {
        const end = () => {
          w.closed = true;
          wake();
          done();
        };
        res.on('end', end);
        res.on('close', end);
        res.on('error', end);
      });
      w.close = () => req.destroy();
      // Waits for a condition over the events; throws when the stream ends before.
      w.until = async (what, fn, withinMs = 30_000) => {
        const late = Date.now() + withinMs;
        for (;;) {
          const found = fn(w);
          if (found) return found;
          if (w.closed) throw new Error(`the watch ended before: ${what}`);
          if (Date.now() > late) throw new Error(`not within ${withinMs} ms: ${what}; last: ${JSON.stringify(w.events.at(-1))}`);
          await new Promise(done => {
            waiting.push(done);
            setTimeout(done, 200);
          });
        }
      };
      resolve(w);
    });
    req.on('error', reject);
  });
}

// Every generation behind the one it began with, once and in order; what it was told is the catalog.
export class Consumer {
  constructor() {
    this.seen = [];
    this.entities = new Map();
    this.faults = [];
    this.part = 0;
    this.parts = [];
  }

  fault(text) {
    this.faults.push(text);
  }

  take(event) {
    if (event.event === 'hello') {
      this.epoch ??= event.data.epoch;
      this.at ??= event.data.after;
      if (event.data.epoch !== this.epoch) this.fault(`another epoch: ${event.data.epoch}`);
      if (event.data.after !== this.at) this.fault(`goes on behind ${event.data.after}, not ${this.at}`);
      this.parts = []; // half of a generation is told again from its begin
      return;
    }
    if (event.event !== 'generation') return this.fault(`${event.event}: ${JSON.stringify(event.data)}`);
    const { generation, part, more, changes } = event.data;
    if (generation !== this.at + 1) this.fault(`generation ${generation} behind ${this.at}`);
    if ((part ?? 1) !== this.parts.length + 1) this.fault(`part ${part} of ${generation} behind ${this.parts.length}`);
    this.parts.push(changes);
    if (more) {
      if (event.id !== undefined) this.fault(`a part has the id ${event.id}`);
      return;
    }
    if (event.id !== `${this.epoch}:${generation}`) this.fault(`generation ${generation} has the id ${event.id}`);
    for (const change of this.parts.flat()) this.apply(change, generation);
    this.parts = [];
    this.at = generation;
    this.seen.push(generation);
  }

  apply({ ref, change, entity }, generation) {
    const had = this.entities.has(ref);
    if (change === 'added' && had) this.fault(`${ref} added twice, at ${generation}`);
    if (change !== 'added' && !had && this.whole) this.fault(`${ref} ${change} before it was added, at ${generation}`);
    if (change === 'removed') this.entities.delete(ref);
    else this.entities.set(ref, entity ?? generation);
  }

  get id() {
    return this.epoch === undefined ? undefined : `${this.epoch}:${this.at}`;
  }
}
