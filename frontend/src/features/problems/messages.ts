// What the page of problems says.
import { messages, number } from '@/lib/language';

const problems = (n: number) => (n === 1 ? '1 problem' : `${number.format(n)} problems`);

export const say = messages('problems', {
  count: problems,
  all: 'All problems',
  loading: 'Loading the problems',
  none: 'No problems',
  noneHint: 'Every descriptor was read without a complaint.',
  noneSo: 'No problems of this kind',
  noneSoHint: 'Choose all problems to see whether there are others.',
  more: 'Show more',
  only: 'How severe',
  severities: { any: 'All', error: 'Errors', warning: 'Warnings', info: 'Hints' },
  chosen: { source: 'of one source', rule: (rule: string) => `of the rule ${rule}`, severity: (severity: string) => `that are a matter of ${severity}` },
});
