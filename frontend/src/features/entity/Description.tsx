import { lazy, Suspense, useLayoutEffect, useRef, useState } from 'react';
import { PlainButton } from '@/ui/PlainButton';
import classes from './Description.module.css';
import { say } from './messages';

const Markdown = lazy(() => import('@/ui/Markdown').then((m) => ({ default: m.Markdown })));

/** What only Markdown would write: the reader for it is fetched for that alone. */
const MARKS = /[*_`~#[\]|<>]|^\s*[-+\d]|https?:|\n\s*\n/m;

/** What an entity is, in Markdown. A long one is cut, so that the answers below it stay in sight. */
export function Description({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const [cut, setCut] = useState(false);
  const body = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = body.current;
    if (!element || whole) return;
    const look = () => setCut(element.scrollHeight > element.clientHeight + 1);
    const watch = new ResizeObserver(look);
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    look();
    return () => watch.disconnect();
  }, [text, whole]);

  const plain = <p className={classes.plain}>{text}</p>;
  return (
    <div className={classes.about}>
      <div ref={body} onFocus={() => cut && setWhole(true)} className={classes.body} data-whole={whole} data-cut={cut && !whole}>
        <div>{MARKS.test(text) ? <Suspense fallback={plain}><Markdown text={text} /></Suspense> : plain}</div>
      </div>
      {(cut || whole) && (
        <PlainButton aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? say.header.less : say.header.whole}
        </PlainButton>
      )}
    </div>
  );
}
