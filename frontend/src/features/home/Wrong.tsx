import { Link } from '@tanstack/react-router';
import type { Severity, Standing } from '@/api/mine';
import type { Entity } from '@/api/types';
import { refOf } from '@/lib/ref';
import { Pill } from '@/ui/Pill';
import { say } from './messages';

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;

/** What people call the entity. */
export function nameOf({ metadata, spec }: Entity): string {
  const profile = (spec as { profile?: { displayName?: string } } | undefined)?.profile;
  return metadata.title ?? profile?.displayName ?? metadata.name;
}

/** How bad it is, which leads to what is wrong. */
export function Wrong({ standing: { entity, severity, rules = [] } }: { standing: Omit<Standing, 'severity'> & { severity?: Severity } }) {
  const ref = refOf(entity);
  if (!severity) return null;
  return (
    <Link
      to="/catalog/$namespace/$kind/$name/{-$tab}"
      params={{ namespace: ref.namespace.toLowerCase(), kind: ref.kind.toLowerCase(), name: ref.name, tab: 'problems' }}
      title={rules.join(', ')}
    >
      <Pill tone={TONES[severity]}>{say.severity[severity]}</Pill>
      <span className="cb-hidden"> {nameOf(entity)}</span>
    </Link>
  );
}
