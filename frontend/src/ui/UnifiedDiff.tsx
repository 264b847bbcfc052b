import { useMemo } from 'react';
import { parseUnified } from '@/lib/diff';
import { DiffTable } from './DiffTable';
import { say } from './messages';

/** A difference that somebody else worked out, in the form that Git writes. */
export function UnifiedDiff({ text, label }: { text: string; label: string }) {
  const hunks = useMemo(() => parseUnified(text), [text]);
  if (hunks.length === 0) return <p className="cb-quiet">{say.noDifference}</p>;
  return <DiffTable hunks={hunks} label={label} />;
}
