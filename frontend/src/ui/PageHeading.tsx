import { useEffect, useRef, type ReactNode } from 'react';

const SITE = 'callboard';

// The browser announces the first page by itself; every later one is announced by moving the focus.
let arrived = false;

/** A page's one h1. It names the document and takes the focus when its page comes up. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · ${SITE}`;
  }, [title]);

  useEffect(() => {
    if (arrived) heading.current?.focus({ preventScroll: true });
    arrived = true;
  }, []);

  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
