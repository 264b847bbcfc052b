import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useScheme } from '@/api/preferences';
import { cssVariables, theme } from '@/ui/theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

/** What the kit's parts stand in. The first paint needs none of them, so this comes after it. */
export function Kit({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      forceColorScheme={useScheme()}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}
