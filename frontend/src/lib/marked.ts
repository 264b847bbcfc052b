/** TEXT cut where the server put PRE and POST around what was found. */
export function cutMarked(text: string, pre: string, post: string): { text: string; found: boolean }[] {
  if (!pre || !post) return [{ text, found: false }];
  const out: { text: string; found: boolean }[] = [];
  for (const [i, part] of text.split(pre).entries()) {
    const end = i === 0 ? -1 : part.indexOf(post);
    if (end < 0) out.push({ text: part, found: false });
    else out.push({ text: part.slice(0, end), found: true }, { text: part.slice(end + post.length), found: false });
  }
  return out.filter(({ text: piece }) => piece !== '');
}

/** MARKED as long as it has words of its own: what the server takes for markup is not in it, and a title of nothing but that is PLAIN. */
export function markedOr(plain: string, marked: string | undefined, pre: string, post: string): { text: string; found: boolean }[] {
  const pieces = marked === undefined ? [] : cutMarked(marked, pre, post);
  return pieces.some(({ text }) => text.trim() !== '') ? pieces : [{ text: plain, found: false }];
}
