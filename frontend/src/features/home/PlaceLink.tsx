import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import type { Shortcut } from '@/api/shortcuts';
import { Icon } from '@/ui/Icon';

/** A link to a page of the portal, which opens without a load, or to one elsewhere. */
export function PlaceLink({ place: { title, to }, className }: { place: Shortcut; className?: string }) {
  const router = useRouter();
  if (!to.startsWith('/')) {
    return (
      <a href={to} rel="noreferrer" className={className} title={to}>
        <Icon name="external" /> <span className="cb-line">{title}</span>
      </a>
    );
  }
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(to);
  };
  return (
    <a href={to} onClick={go} className={className} title={to}>
      <span className="cb-line">{title}</span>
    </a>
  );
}
