/** The line drawings of buttons. They say nothing to a screen reader: the button's own words do. */

const PATHS = {
  star: 'M8 1.8l1.9 4 4.3.6-3.1 3 .7 4.4L8 11.7l-3.8 2.1.7-4.4-3.1-3 4.3-.6z',
  cards: 'M2 2.5h5v5H2zM9 2.5h5v5H9zM2 9.5h5v4H2zM9 9.5h5v4H9z',
  rows: 'M2 3.5h12M2 8h12M2 12.5h12',
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.8 10.8L14 14',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  done: 'M3 8.5l3.2 3.2L13 5',
  close: 'M4 4l8 8M12 4l-8 8',
  light: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  dark: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.2v.3',
  right: 'M2.5 8h11M9.5 4l4 4-4 4',
  left: 'M13.5 8h-11M6.5 4l-4 4 4 4',
  up: 'M8 13.5v-11M4 6.5l4-4 4 4',
  down: 'M8 2.5v11M4 9.5l4 4 4-4',
  pencil: 'M3 13l.6-2.8L10.9 3l2.1 2.1-7.2 7.3z',
} as const;

export function Icon({ name, filled = false }: { readonly name: keyof typeof PATHS; readonly filled?: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      data-filled={filled ? '' : undefined}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
