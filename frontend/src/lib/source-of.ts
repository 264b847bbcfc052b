// Which source an entity was read from, told by its location annotation.
import { locationTarget } from './url';

function bare(url: string): string {
  return url
    .replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '')
    .replace(/^(?:[^@/:]*@)([^/:]+):/, '$1/') // git@host:org/repo
    .replace(/\/?(?:\.git)?\/*$/, '');
}

/** The one of SOURCES whose address LOCATION begins with; the longest wins. */
export function sourceOf<S extends { url: string }>(location: string | undefined, sources: readonly S[]): S | undefined {
  const target = locationTarget(location);
  if (!target) return undefined;
  const at = bare(target.replace(/\.git(?=[/#])/, ''));
  return sources
    .filter(({ url }) => {
      const start = bare(url);
      return start !== '' && (at === start || (at.startsWith(start) && '/#'.includes(at.charAt(start.length))));
    })
    .sort((a, b) => b.url.length - a.url.length)[0];
}
