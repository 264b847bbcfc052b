// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { MantineProvider } from '@mantine/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PanelData } from './data';
import { PanelBody } from './PanelBody';

const draw = (data: object) => render(<MantineProvider><PanelBody data={data as PanelData} label="It" /></MantineProvider>);
afterEach(cleanup);

describe('a panel', () => {
  test('of a type that is not known is shown as it is, and says so', () => {
    draw({ type: 'hologram', of: 'things' });
    expect(screen.getByText(/does not know panels of the type "hologram"/)).toBeTruthy();
    expect(screen.getByText(/"of": "things"/)).toBeTruthy();
  });

  test('named as a member that every object has is not known either', () => {
    draw({ type: 'constructor' });
    expect(screen.getByText(/does not know panels of the type "constructor"/)).toBeTruthy();
  });

  test('that throws is its own error, and the rest of a group stands', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    draw({ type: 'group', panels: [{ type: 'table', rows: null }, { type: 'keyvalues', items: [{ key: 'Version', value: '1.4' }] }] });
    expect(screen.getByRole('alert').textContent).toMatch(/could not be drawn/);
    expect(screen.getByText('1.4')).toBeTruthy();
  });

  test('of a group that is simulated says so, the others do not', () => {
    const one = { type: 'keyvalues', items: [] };
    draw({ type: 'group', panels: [{ ...one, title: 'Made up', source: { simulated: true } }, { ...one, title: 'Real' }] });
    expect(screen.getAllByRole('heading').map((h) => h.textContent)).toEqual(['Made upSimulated', 'Real']);
  });

  test('never links to what a browser must not follow', () => {
    draw({ type: 'links', items: ['javascript:alert(1)', 'data:text/html,x', '//evil.example.com', '/\\evil', 'https://good.example.com/', '/catalog'].map((url) => ({ title: url, url })) });
    expect(screen.getAllByRole('link').map((a) => a.getAttribute('href'))).toEqual(['https://good.example.com/', '/catalog']);
    expect(screen.getAllByText('unsafe address')).toHaveLength(4);
  });

  test('of ten thousand rows draws a few, and says how many there are', () => {
    draw({ type: 'table', columns: [{ key: 'n', title: 'N' }], rows: Array.from({ length: 10_000 }, (_, n) => ({ n })) });
    expect(screen.getAllByRole('row')).toHaveLength(21);
    expect(screen.getByRole('button', { name: 'Show 500 of 10,000' })).toBeTruthy();
  });

  test('says which part of it failed', () => {
    draw({ type: 'status', items: [], partial: [{ source: 'cluster two', message: 'did not answer' }] });
    expect(screen.getByText('A part is missing')).toBeTruthy();
    expect(screen.getByText(/did not answer/)).toBeTruthy();
  });
});
