import { useMemo, useState } from 'react';
import type { DryRun } from '@/api/scaffold';
import { CodeText } from '@/ui/CodeText';
import { Note } from '@/ui/Note';
import { say } from './messages';
import { Outputs } from './Outputs';
import classes from './DryRunResult.module.css';

/** What a run would make: its files to read, its log, its links. */
export function DryRunResult({ result }: { result: DryRun }) {
  const files = result.directoryContents;
  const [chosen, setChosen] = useState(0);
  const file = files[Math.min(chosen, files.length - 1)];
  const text = useMemo(() => (file ? textOf(file.base64Content) : undefined), [file]);
  return (
    <section className={classes.root} aria-labelledby="dry-run">
      <h2 id="dry-run">{say.dry.title}</h2>
      <Note tone="info" title={say.dry.nothing} />
      <Outputs output={result.output} />
      <h3>{files.length > 0 ? say.dry.files(files.length) : say.dry.noFiles}</h3>
      {file && (
        <div className={classes.files}>
          <ul className={classes.list} aria-label={say.dry.fileList}>
            {files.map(({ path }, i) => (
              <li key={path}>
                <button type="button" aria-pressed={file.path === path} title={path} onClick={() => setChosen(i)}>
                  {path}
                </button>
              </li>
            ))}
          </ul>
          <div className={classes.text}>
            {text === undefined ? <p className="cb-quiet">{say.dry.binary}</p> : <CodeText text={text} label={file.path} />}
          </div>
        </div>
      )}
      <h3>{say.dry.log}</h3>
      <pre className={classes.log} tabIndex={0}>
        {/* eslint-disable-next-line no-control-regex */}
        {result.log.map(({ body }) => body.message?.replace(/\u001b\[[0-9;]*m/g, '')).join('\n')}
      </pre>
    </section>
  );
}

function textOf(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return bytes.includes(0) ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
