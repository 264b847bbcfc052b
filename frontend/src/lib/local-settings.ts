// What a person has set, as this browser remembers it: for the first paint, and for when the server cannot say.

const PREFIX = 'callboard-setting/';

export interface LocalValue {
  value: unknown;
  /** Who set it; empty for guests, whose names are all the same. */
  who: string;
  at: number;
  /** The server does not have it yet. */
  pending: boolean;
}

/** Tells this tab that something was set; other tabs are told by the browser. */
const EVENT = 'callboard-setting';

// What was read, by its text, so that the same text is the same value.
const parsed = new Map<string, { text: string | null; entry: LocalValue | undefined }>();
// Where storage is off, until the next load.
const memory = new Map<string, string>();

function textOf(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

function parse(text: string | null): LocalValue | undefined {
  if (text === null) return undefined;
  try {
    const { value, who, at, pending } = JSON.parse(text) as Partial<LocalValue>;
    if (value === undefined || typeof who !== 'string' || typeof at !== 'number') return undefined;
    return { value, who, at, pending: pending === true };
  } catch {
    return undefined;
  }
}

function named(name: string): LocalValue | undefined {
  const text = textOf(name);
  const before = parsed.get(name);
  if (before && before.text === text) return before.entry;
  const entry = parse(text);
  parsed.set(name, { text, entry });
  return entry;
}

export function readLocal(bucket: string, key: string): LocalValue | undefined {
  return named(`${PREFIX}${bucket}/${key}`);
}

export function keepLocal(bucket: string, key: string, entry: LocalValue): void {
  const name = `${PREFIX}${bucket}/${key}`;
  const text = JSON.stringify(entry);
  try {
    localStorage.setItem(name, text);
    memory.delete(name);
  } catch {
    memory.set(name, text); // storage is off or full: it holds until the next load
  }
  tell(name, text);
}

/** Forgets it: what the server says is enough. */
export function dropLocal(bucket: string, key: string): void {
  const name = `${PREFIX}${bucket}/${key}`;
  memory.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    /* storage is off */
  }
  tell(name, '');
}

function tell(name: string, text: string): void {
  window.dispatchEvent(new CustomEvent(EVENT, { detail: { name, text } }));
}

/** What WHO has set and the server does not have. */
export function readPending(who: string): { bucket: string; key: string }[] {
  const names = new Set(memory.keys());
  try {
    for (let i = 0; i < localStorage.length; i++) names.add(localStorage.key(i) ?? '');
  } catch {
    /* storage is off */
  }
  return [...names]
    .filter((name) => name.startsWith(PREFIX))
    .filter((name) => {
      const entry = named(name);
      return entry?.pending === true && entry.who === who;
    })
    .map((name) => name.slice(PREFIX.length).split('/'))
    .flatMap(([bucket, key]) => (bucket && key ? [{ bucket, key }] : []));
}

/** Calls back whenever something is set, in this tab or in another. */
export function watchLocal(listener: () => void): () => void {
  const other = (event: StorageEvent) => {
    if (event.key === null || event.key.startsWith(PREFIX)) listener();
  };
  window.addEventListener(EVENT, listener);
  window.addEventListener('storage', other);
  return () => {
    window.removeEventListener(EVENT, listener);
    window.removeEventListener('storage', other);
  };
}
