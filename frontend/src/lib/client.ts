// One way to ask callboard something: own origin, JSON, a deadline, and an error a person can act on.
import { say } from './messages';

const TIMEOUT_MS = 30_000;

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
    message: string,
    /** What was asked, for the person who reports it. */
    readonly request: string,
    readonly requestId?: string,
    /** What came with it, when that was JSON: some errors have more to say than a sentence. */
    readonly body?: unknown,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export type QueryValue = string | number | boolean | undefined | readonly string[];

export function withQuery(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'object') value.forEach((one) => search.append(key, one));
    else search.append(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** Joins path segments, each encoded, so that no name can reach another path. */
export function apiPath(...segments: string[]): string {
  return `/api/${segments.map(encodeURIComponent).join('/')}`;
}

export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const asked = `${method} ${path}`;
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
    text = await response.text();
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    const late = deadline.aborted;
    throw new ApiError(
      0,
      late ? say.late(TIMEOUT_MS / 1000) : say.unreachable,
      asked,
    );
  }
  if (!response.ok) {
    const body = jsonOf(text);
    throw new ApiError(
      response.status,
      messageOf(body) ?? say.answered(response.status, response.statusText),
      asked,
      response.headers.get('x-request-id') ?? undefined,
      body,
    );
  }
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(response.status, say.cutOff, asked);
  }
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, { signal });
}

/** ANSWER, or undefined where there is no such thing (404). */
export async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  const message = (body as { error?: { message?: unknown } | null } | null | undefined)?.error?.message;
  return typeof message === 'string' && message !== '' ? message : undefined;
}
