import { useHistoryDiff } from '@/api/history';
import type { HistoryDiff as Diff } from '@/api/types';
import { toYaml } from '@/lib/yaml';
import type { EntityRef } from '@/lib/ref';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Table } from '@/ui/Table';
import { UnifiedDiff } from '@/ui/UnifiedDiff';
import classes from './History.module.css';
import { say } from './messages';

/** Rows of fields at most; the text below has the rest. */
const ROWS_MAX = 100;

/** What is different between two moments: field by field, and as the YAML that people write. */
export function HistoryDiff({ entityRef, from, to }: { entityRef: EntityRef; from?: string; to: string }) {
  const diff = useHistoryDiff(entityRef, from, to);
  if (diff.isPending) return <Skeleton rows={4} label={say.history.loadingDiff} />;
  if (diff.isError) return <Problem of={diff.error} onRetry={diff.refetch} />;
  const { changes, text } = diff.data;
  if (changes.length === 0) return <p className="cb-quiet">{say.history.same}</p>;
  const name = say.history.diffOf(String(diff.data.from.moment), to);
  return (
    <div className={classes.difference}>
      <Fields changes={changes} name={name} />
      <UnifiedDiff text={text} label={`${name}, ${say.history.asText}`} />
    </div>
  );
}

function Fields({ changes, name }: { changes: Diff['changes']; name: string }) {
  // A version that begins or ends is one change of everything: the text alone says that better.
  if (changes.length === 1 && changes[0]!.path === '') return null;
  return (
    <Table label={`${name}, ${say.history.fieldsTable}`} look="texts">
      <thead>
        <tr>
          <th scope="col">{say.history.field}</th>
          <th scope="col">{say.history.before}</th>
          <th scope="col">{say.history.after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.slice(0, ROWS_MAX).map(({ op, path, old, value }, i) => (
          <tr key={i}>
            <th scope="row">
              <code>{fieldOf(path)}</code>
            </th>
            <td>{op === 'add' ? <span className="cb-quiet">{say.history.nothing}</span> : <Value of={old} />}</td>
            <td>{op === 'remove' ? <span className="cb-quiet">{say.history.nothing}</span> : <Value of={value} />}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "/metadata/annotations/example.com~1x" is metadata.annotations.example.com/x. */
export function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

function Value({ of }: { of: unknown }) {
  return <span dir="auto">{typeof of === 'string' ? of : typeof of === 'object' && of !== null ? toYaml(of).trim() : String(of)}</span>;
}
