import { Markdown } from '@/ui/Markdown';

/** Prose. A chunk of its own: what reads Markdown is as large as a page. */
export function TextPanel({ data }: { data: { markdown: string } }) {
  return <Markdown text={data.markdown} />;
}
