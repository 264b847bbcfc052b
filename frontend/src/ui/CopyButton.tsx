import { ActionIcon } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from './Icon';
import { say } from './messages';

const SHOW_MS = 1_500;

/** Puts TEXT on the clipboard and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');

  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOW_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
    } catch {
      setState('failed');
    }
  };

  return (
    <>
      <ActionIcon variant="subtle" color="gray" size={26} aria-label={label} title={label} onClick={copy}>
        <Icon name={state === 'done' ? 'check' : state === 'failed' ? 'warning' : 'copy'} size={14} />
      </ActionIcon>
      <span className="cb-hidden" role="status">
        {state === 'done' ? say.copied : state === 'failed' ? say.copyRefused : ''}
      </span>
    </>
  );
}
