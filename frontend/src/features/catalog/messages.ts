// What the catalog says by itself.
import { messages, number } from '@/lib/language';

export const say = messages('catalog', {
  csv: 'As CSV',
  csvHint: 'Every entity of this list as it is filtered, by kind and name.',
  csvRunning: (rows: number, total: number) => `${number.format(rows)} of ${number.format(total)}`,
  csvStop: 'Stop',
  csvDone: (rows: number) => (rows === 1 ? '1 row is in the file.' : `${number.format(rows)} rows are in the file.`),
  csvCut: (rows: number) => `Only the first ${number.format(rows)} rows are in the file: narrow the list by a filter.`,
  csvFailed: (why: string) => `There is no file: ${why}`,
});
