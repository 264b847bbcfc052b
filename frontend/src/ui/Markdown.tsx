import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { safeLink } from '@/lib/url';
import classes from './Markdown.module.css';
import { say } from './messages';

// A stranger's text: markup in it stays text, pictures (which would come from other origins) become their words,
// and only what a browser may follow is a link. Its headings stand below the page's own.
const COMPONENTS: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => {
    const safe = safeLink(href);
    return safe ? (
      <a href={safe} rel="noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    );
  },
  img: ({ src, alt }) => {
    const safe = safeLink(typeof src === 'string' ? src : undefined);
    const text = say.picture(alt || String(src ?? ''));
    return safe ? (
      <a href={safe} rel="noreferrer">
        {text}
      </a>
    ) : (
      <span>{text}</span>
    );
  },
  table: ({ children }) => (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={say.text}>
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => <input type="checkbox" checked={!!checked} disabled readOnly aria-label={say.task} />,
};

/** Markdown as GitHub has it, from a text that nobody vouches for. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.prose} dir="auto">
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={COMPONENTS} urlTransform={(url) => url}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
