import { createTheme, type MantineColorsTuple } from '@mantine/core';

const stage: MantineColorsTuple = [
  '#eef7f6',
  '#dcebe9',
  '#b7d6d2',
  '#8fc0ba',
  '#6dada6',
  '#4f9a93',
  '#3a7f7a',
  '#2d6662',
  '#24524f',
  '#193b39',
];

export const theme = createTheme({
  colors: { stage },
  primaryColor: 'stage',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", monospace',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
