import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

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

// A list of choices is walked by the arrows of its field: with a place of its own for Tab, closing it loses the focus.
const CHOICES = { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: -1 } } } };

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
  components: { Autocomplete: CHOICES, Select: CHOICES, TagsInput: CHOICES },
});

// The kit's quiet and error texts are too faint on our grounds.
const roles = {
  '--mantine-color-body': 'var(--cb-ground)',
  '--mantine-color-text': 'var(--cb-text)',
  '--mantine-color-dimmed': 'var(--cb-quiet)',
  '--mantine-color-placeholder': 'var(--cb-quiet)',
  '--mantine-color-error': 'var(--cb-bad)',
  '--mantine-color-default': 'var(--cb-surface)',
  '--mantine-color-default-hover': 'var(--cb-sunken)',
  '--mantine-color-default-color': 'var(--cb-text)',
  '--mantine-color-default-border': 'var(--cb-edge-strong)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: roles, dark: roles });
