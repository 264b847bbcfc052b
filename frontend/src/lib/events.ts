// Server-sent events from bytes as they come, and one stream of them read until it ends.
import { say } from './messages';

export interface ServerEvent {
  id?: string;
  type: string;
  data: string;
}

/** Longest line that is waited for: whoever sends more sends nothing of ours. */
const LINE_MAX = 4 * 1024 * 1024;

/** Feed it text in any pieces; it gives whole events to EACH. Comments (heartbeats) are nothing. */
export function eventReader(each: (event: ServerEvent) => void): (piece: string) => void {
  let rest = '';
  let now: { id?: string; type?: string; data: string[] } = { data: [] };
  const line = (text: string) => {
    if (text === '') {
      if (now.data.length > 0) each({ id: now.id, type: now.type ?? 'message', data: now.data.join('\n') });
      now = { data: [] };
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') now.data.push(value);
    else if (field === 'event') now.type = value;
    else if (field === 'id') now.id = value;
  };
  return (piece) => {
    rest += piece;
    let from = 0;
    for (let at = rest.indexOf('\n', from); at >= 0; at = rest.indexOf('\n', from)) {
      line(rest.slice(from, at).replace(/\r$/, ''));
      from = at + 1;
    }
    rest = rest.slice(from);
    if (rest.length > LINE_MAX) throw new Error(say.endlessLine);
  };
}

/** Reads the stream at PATH to its end. */
export async function readEvents(path: string, signal: AbortSignal, each: (event: ServerEvent) => void): Promise<void> {
  const response = await fetch(path, { signal, credentials: 'same-origin', headers: { accept: 'text/event-stream' } });
  if (!response.ok || !response.body) throw new Error(say.answered(response.status, response.statusText));
  const read = eventReader(each);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    read(value);
  }
}
