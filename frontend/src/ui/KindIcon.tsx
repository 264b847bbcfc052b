import { Icon, type IconName } from './Icon';

const KINDS = new Set<string>([
  'component', 'api', 'resource', 'system', 'domain', 'group', 'user', 'location', 'template',
]);

/** The drawing of a kind; unknown kinds share one. */
export function KindIcon({ kind, size }: { kind: string; size?: number }) {
  const lower = kind.toLowerCase();
  return <Icon name={KINDS.has(lower) ? (lower as IconName) : 'other'} size={size} />;
}
