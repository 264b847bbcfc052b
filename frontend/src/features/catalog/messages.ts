// What the catalog says by itself.
import { messages, number } from '@/lib/language';

export const say = messages('catalog', {
  loading: 'Loading the catalog',
  loadingFilters: 'Loading the filters',
  loadingOne: 'Loading',
  entities: 'Entities',
  total: (n: number) => (n === 1 ? '1 entity' : `${number.format(n)} entities`),
  scrolled: (n: number) => `Only the first ${number.format(n)} can be scrolled through: narrow the list by a filter.`,

  filters: 'Filters',
  filtersOn: (n: number) => (n === 0 ? 'Filters' : `Filters (${number.format(n)})`),
  active: 'Active filters',
  text: 'Text',
  removeFilter: (facet: string, value: string) => `Remove the filter ${facet}: ${value}`,
  clear: 'Clear all',
  clearFilters: 'Clear all filters',
  comma: (values: string[]) => `A value with a comma cannot be filtered by: “${values.join('”, “')}”.`,
  facet: {
    kind: 'Kind',
    type: 'Type',
    owner: 'Owner',
    system: 'System',
    lifecycle: 'Lifecycle',
    tag: 'Tag',
    namespace: 'Namespace',
    health: 'Health',
  },
  health: { well: 'Well', problems: 'With problems', error: 'With errors', warning: 'With warnings', orphan: 'Orphan' },
  /** Of one entity. */
  standing: { well: 'Well', problems: 'Hint', error: 'Error', warning: 'Warning', orphan: 'Orphan' },
  textNotCounted: (text: string) => `These counts do not look at the text “${text}”.`,
  findValue: (facet: string) => `Find a value of ${facet}`,
  find: 'Find',
  more: (n: number) => `${number.format(n)} more`,
  moreByName: (n: number) => `${number.format(n)} more: find them by name.`,
  fewer: 'Fewer',
  others: (facet: string) => `Other values of ${facet.toLowerCase()}`,
  othersFailed: 'Could not load the others: try again',

  whose: { title: 'Whose', mine: 'Mine', all: 'All', starred: 'Starred' },
  /** Why nothing is one's own. */
  without: {
    guest: 'You are a guest, so nothing is yours: these are all. Sign in to see what you and your teams own.',
    group: 'callboard knows of no group that you are in, and you own nothing yourself: these are all.',
    owned: 'Neither you nor your groups own anything: these are all.',
  },
  star: (name: string) => `Star ${name}`,
  starHint: 'Keep it at hand',
  unstarHint: 'No longer keep it at hand',

  column: {
    starred: 'Star',
    name: 'Name',
    kind: 'Kind',
    health: 'Health',
    type: 'Type',
    lifecycle: 'Lifecycle',
    owner: 'Owner',
    system: 'System',
    namespace: 'Namespace',
    tags: 'Tags',
    description: 'Description',
  },
  /** Of N that have no value there is none in the order by it; undefined where it is not known how many. */
  unplaced: {
    type: (n?: number) => without(n, 'a type'),
    owner: (n?: number) => without(n, 'an owner'),
    lifecycle: (n?: number) => without(n, 'a lifecycle'),
    system: (n?: number) => without(n, 'a system'),
  },
  sortByName: 'Sort by name',

  view: 'View',
  layout: { title: 'Layout', table: 'Table', cards: 'Cards' },
  density: { title: 'Density', comfortable: 'Comfortable', compact: 'Compact' },
  order: 'Order',
  descending: 'Last first',
  columns: 'Columns',
  facts: 'On each card',
  noRoom: (columns: string[]) => `There is no room on this screen for: ${columns.join(', ')}.`,
  columnsFirst: 'The usual ones',

  views: 'Views',
  viewsNone: 'Filters, order, columns and layout are kept under a name, and are here again wherever you sign in.',
  viewsFull: (max: number) => `There is room for ${number.format(max)} views: delete one first.`,
  viewName: 'Keep what is shown as',
  viewSave: 'Save',
  viewUpdate: (name: string) => `Keep what is shown as ${name}`,
  viewRename: (name: string) => `Rename ${name}`,
  viewDelete: (name: string) => `Delete the view ${name}`,
  viewBack: (name: string) => `Bring ${name} back`,
  viewsMine: 'Mine',
  viewsLoading: 'Loading the views of your teams',
  viewsLeftOut: 'Your teams have more views than are shown here.',
  viewFor: 'For whom',
  viewForMe: 'Only me',
  viewForTeam: (team: string) => `All of ${team}`,
  viewChanged: (who: string, when: string) => `Changed by ${who}, ${when}`,
  viewTaken: (name: string) => `You have a view ${name} already.`,
  viewFailed: (why: string) => `Nothing was changed: ${why}`,
  viewShare: 'A link to what is shown:',
  viewCopy: 'Copy the link',

  nothing: { all: 'Nothing matches', mine: 'Nothing of yours matches', starred: 'Nothing with a star matches' },
  lookInAll: 'Look in all',
  starredNone: 'Nothing has a star',
  starredNoneHint: 'Press the star beside a name to have it here, and on the home page.',
  mineNone: 'Nothing is yours',
  nothingHint: 'Take away a filter, or look for a part of the name.',
  empty: 'The catalog is empty',
  /** Around the names of a file, of two keys, and of a page. */
  emptyHint: ['Add a repository with a ', ' to ', ' in ', ', then look at ', '.'],

  csv: 'As CSV',
  csvHint: 'Every entity of this list as it is filtered, by kind and name.',
  csvRunning: (rows: number, total: number) => `${number.format(rows)} of ${number.format(total)}`,
  csvStop: 'Stop',
  csvDone: (rows: number) => (rows === 1 ? '1 row is in the file.' : `${number.format(rows)} rows are in the file.`),
  csvCut: (rows: number) => `Only the first ${number.format(rows)} rows are in the file: narrow the list by a filter.`,
  csvFailed: (why: string) => `There is no file: ${why}`,
});

function without(n: number | undefined, what: string): string {
  if (n === undefined) return `Entities without ${what} are not in this order.`;
  return `${number.format(n)} without ${what} ${n === 1 ? 'is' : 'are'} not in this order.`;
}
