// Our own small drawings, one stroke wide. They only accompany words, so they are hidden from readers.
const PATHS = {
  component: 'M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10',
  api: 'M8 5l-5 7 5 7M16 5l5 7-5 7M13.5 4l-3 16',
  resource: 'M4 6c0-3.6 16-3.6 16 0v12c0 3.6-16 3.6-16 0zM4 6c0 3.6 16 3.6 16 0M4 12c0 3.6 16 3.6 16 0',
  system: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  domain: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  group: 'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 010 6.5M18 14c2.3.8 3.5 2.8 3.5 6',
  user: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c0-4.5 3.5-6.5 7.5-6.5s7.5 2 7.5 6.5',
  location: 'M12 21s7-6.3 7-11.5a7 7 0 00-14 0C5 14.7 12 21 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  template: 'M5 3h10l4 4v14H5zM15 3v4h4M9 12h6M9 16h6',
  other: 'M12 3l9 9-9 9-9-9z',
  search: 'M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L21 21',
  sun: 'M12 16a4 4 0 100-8 4 4 0 000 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19',
  moon: 'M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z',
  screen: 'M3 4h18v12H3zM9 20h6M12 16v4',
  warning: 'M12 3.5L22 20H2zM12 10v4.5M12 17.2v.3',
  check: 'M4 12.5l5.5 5.5L20 6.5',
  copy: 'M8 8h12v12H8zM4 16V4h12',
  refresh: 'M20 11a8 8 0 10-2 6.3M20 5v6h-6',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  open: 'M6 9l6 6 6-6',
  shut: 'M9 6l6 6-6 6',
  question: 'M9 9a3 3 0 116 0c0 2-3 2.3-3 5M12 18v.3',
  clock: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5v.3',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4',
  close: 'M6 6l12 12M18 6L6 18',
  edit: 'M4 20h4.5L20 8.5 15.5 4 4 15.5zM13 6.5l4.5 4.5',
  home: 'M3 11l9-8 9 8M5.5 9.5V21h13V9.5M10 21v-6h4v6',
  map: 'M3 6l6-3 6 3 6-3v15l-6 3-6-3-6 3zM9 3v15M15 6v15',
  menu: 'M4 6h16M4 12h16M4 18h16',
  star: 'M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3L12 17.4l-5.6 3 1.1-6.3L3 9.7l6.2-.9z',
  contrast: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 3v18M12 7h6.5M12 12h9M12 17h6.5',
  keyboard: 'M2 6h20v12H2zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className="cb-icon"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
