import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { CodeText } from './CodeText';

afterEach(cleanup);

function show(text: string) {
  return render(
    <MantineProvider>
      <CodeText text={text} label="definition" />
    </MantineProvider>,
  );
}

test('markup in a text stays text', () => {
  const { container } = show('<img src=x onerror=alert(1)>\n<script>alert(1)</script>\n');
  expect(container.querySelector('img, script')).toBeNull();
  expect(screen.getByText('2 lines')).toBeTruthy();
});

test('a long text is cut, and whole on demand', () => {
  const text = Array.from({ length: 1001 }, (_, i) => `line ${i + 1}`).join('\n');
  const { container } = show(text);
  expect(container.textContent).not.toContain('line 1001');
  fireEvent.click(screen.getByRole('button', { name: 'Show all 1,001 lines' }));
  expect(container.textContent).toContain('line 1001');
});

test('a text at the limit is not cut', () => {
  show(Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`).join('\n'));
  expect(screen.queryByRole('button', { name: /Show all/ })).toBeNull();
});
