// Numbers, times and words for readers, as their language writes them.
import { dates, numbers, relativeTimes } from './language';
import { say } from './messages';

const INSTANT = { dateStyle: 'medium', timeStyle: 'medium' } as const;

export function formatNumber(n: number): string {
  return numbers().format(n);
}

/** "1 entity", "2 entities". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${formatNumber(n)} ${n === 1 ? one : many}`;
}

export function formatInstant(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : dates(INSTANT).format(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
];

/** "3 minutes ago", "in 20 seconds". */
export function formatAge(iso: string, now = Date.now()): string {
  const at = new Date(iso).getTime();
  if (Number.isNaN(at)) return iso;
  let amount = (at - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(Math.round(amount)) < size) return relativeTimes().format(Math.round(amount), unit);
    amount /= size;
  }
  return dates(INSTANT).format(at);
}

/** A relation for readers, in their language where it is one that everybody has: "dependsOn" reads "depends on". */
export function words(camel: string): string {
  if (Object.hasOwn(say.relation, camel)) return say.relation[camel as keyof typeof say.relation];
  return camel
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bapis?\b/g, (w) => w.replace('api', 'API'));
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const STEPS_BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];

/** "512 byte", "1.4 MB". */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let step = 0;
  for (; Math.abs(amount) >= 1_000 && step < STEPS_BYTES.length - 1; step++) amount /= 1_000;
  return numbers({
    style: 'unit',
    unit: STEPS_BYTES[step],
    unitDisplay: 'short',
    maximumFractionDigits: step > 0 ? 1 : 0,
  }).format(amount);
}

const PARTS: [string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** "2 hr, 5 min": the two largest parts; under a minute with its fraction. */
export function formatDuration(seconds: number): string {
  const part = (amount: number, unit: string, digits = 0) =>
    numbers({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }).format(amount);
  if (Math.abs(seconds) < 1) return part(seconds * 1_000, 'millisecond', 1);
  if (Math.abs(seconds) < 60) return part(seconds, 'second', 1);
  const first = PARTS.findIndex(([, size]) => Math.abs(seconds) >= size);
  let rest = Math.round(seconds);
  const out: string[] = [];
  for (const [unit, size] of PARTS.slice(first, first + 2)) {
    const amount = Math.trunc(rest / size);
    rest -= amount * size;
    if (amount !== 0) out.push(part(amount, unit));
  }
  return out.join(', ');
}

// No digit in front of the point is rounded away.
function measure(n: number): string {
  return Number.isInteger(n) || Math.abs(n) >= 1_000 ? numbers({ maximumFractionDigits: 1 }).format(n) : numbers({ maximumSignificantDigits: 4 }).format(n);
}

/** A number that was measured, with its unit when it has one. */
export function formatMeasure(n: number, unit?: string | null): string {
  if (!Number.isFinite(n)) return String(n);
  if (unit === 'bytes') return formatBytes(n);
  if (unit === 's' || unit === 'seconds') return formatDuration(n);
  if (unit === '%') return `${measure(n)} %`;
  return unit ? `${measure(n)} ${unit}` : measure(n);
}
