import { Link } from '@tanstack/react-router';
import { formatRef, parseRef, shortRef, type EntityRef } from '@/lib/ref';
import { KindIcon } from './KindIcon';
import classes from './EntityLink.module.css';
import { say } from './messages';

export interface EntityLinkProps {
  /** A ref, or its text. */
  to: EntityRef | string;
  /** What fills in a text's missing parts, and what the short form leaves out. */
  context?: { kind?: string; namespace?: string };
  title?: string;
  icon?: boolean;
  missing?: boolean;
}

/** One entity by its short name; the whole ref is in the tooltip. */
export function EntityLink({ to, context, title, icon, missing }: EntityLinkProps) {
  const ref = typeof to === 'string' ? parseRef(to, context) : to;
  if (!ref) return <span className="cb-line">{String(to)}</span>;
  const full = formatRef(ref);
  return (
    <span className={classes.root} title={title ? `${title} (${full})` : full}>
      {icon && <KindIcon kind={ref.kind} />}
      <Link
        to="/catalog/$namespace/$kind/$name/{-$tab}"
        params={{
          namespace: ref.namespace.toLowerCase(),
          kind: ref.kind.toLowerCase(),
          name: ref.name,
          tab: undefined,
        }}
        className={classes.link}
      >
        {title ?? shortRef(ref, context)}
      </Link>
      {missing && <span className={classes.missing}>{say.missing}</span>}
    </span>
  );
}
