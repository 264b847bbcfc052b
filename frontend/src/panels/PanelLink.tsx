import type { ReactNode } from 'react';
import { safeLink } from '@/lib/url';
import { Pill } from '@/ui/Pill';
import { say } from './messages';

/** A plugin's text that may lead somewhere. An address that a browser must not follow is said to be one, and is no link. */
export function PanelLink({ url, title, children }: { url?: string | null; title?: string; children: ReactNode }) {
  if (!url) return <>{children}</>;
  const safe = safeLink(url);
  if (!safe) {
    return (
      <span title={url}>
        {children} <Pill tone="warn">{say.unsafe}</Pill>
      </span>
    );
  }
  return (
    <a href={safe} title={title ?? url} rel="noreferrer">
      {children}
    </a>
  );
}
