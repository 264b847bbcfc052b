import { useEffect, useRef, useState } from 'react';
import type { EntityQuery } from '@/api/entities';
import { entitiesCsv } from '@/api/entities-csv';
import { saveFile } from '@/lib/save-file';
import { Icon } from '@/ui/Icon';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';

/** All of QUERY as a file, whether it was scrolled to or not. */
export function ExportCsv({ query, total }: { query: EntityQuery; total: number }) {
  const [rows, setRows] = useState<number | undefined>();
  const [said, setSaid] = useState('');
  const running = useRef<AbortController | undefined>(undefined);
  const question = JSON.stringify(query);

  // What was asked before is no file of this list.
  useEffect(() => {
    setSaid('');
    return () => running.current?.abort();
  }, [question]);

  const start = async () => {
    const control = new AbortController();
    running.current = control;
    setRows(0);
    setSaid('');
    try {
      const file = await entitiesCsv(query, setRows, control.signal);
      if (control.signal.aborted) return;
      // The mark tells spreadsheets that it is UTF-8.
      saveFile('catalog.csv', 'text/csv;charset=utf-8', ['\uFEFF', ...file.parts]);
      setSaid(file.cut ? say.csvCut(file.rows) : say.csvDone(file.rows));
    } catch (error) {
      if (!control.signal.aborted) setSaid(say.csvFailed(error instanceof Error ? error.message : String(error)));
    } finally {
      if (running.current === control) {
        running.current = undefined;
        setRows(undefined);
      }
    }
  };

  return (
    <>
      {rows === undefined ? (
        <PlainButton title={say.csvHint} onClick={() => void start()}>
          <Icon name="down" size={13} /> {say.csv}
        </PlainButton>
      ) : (
        <PlainButton onClick={() => running.current?.abort()}>
          {say.csvStop} ({say.csvRunning(rows, total)})
        </PlainButton>
      )}
      <span role="status" className="cb-quiet">
        {said}
      </span>
    </>
  );
}
