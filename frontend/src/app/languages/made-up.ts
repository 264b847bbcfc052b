import type { Pack } from '@/lib/language';

// A language that nobody speaks: English with strange letters, a third longer, in brackets. What stands on the page
// without them is no message, and what does not fit will not fit in a language that needs more room.

const LETTERS: Record<string, string> = {
  a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', y: 'ý', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', c: 'ç', n: 'ñ', N: 'Ñ', s: 'š', S: 'Š',
};

/** Letters of the longest word that is added. */
const WORD = 15;

export function madeUp(text: string): string {
  if (text === '' || text.startsWith('⟦')) return text;
  const strange = text.replace(/[a-z]/gi, (letter) => LETTERS[letter] ?? letter);
  const more = '·'.repeat(Math.ceil(text.length / 3)).match(new RegExp(`.{1,${WORD}}`, 'g'))!;
  return `⟦${strange}${more.join(' ')}⟧`;
}

export default { modules: {}, turn: madeUp } satisfies Pack;
