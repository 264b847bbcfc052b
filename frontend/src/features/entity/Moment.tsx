import { formatAge, formatInstant } from '@/lib/format';

/** How long ago; when exactly is in the tooltip. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {formatAge(at)}
    </time>
  );
}
