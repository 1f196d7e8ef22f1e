/**
 * A picture that is redrawn in place. Only rows that changed are sent, all at once, on the alternate screen, so that
 * nothing flickers; the last picture is printed when the screen is closed. Where stdout is no terminal, each picture
 * that differs is printed below the one before.
 */
import { painted, type Colours, type Line } from '../print/text.ts';
import type { Terminal } from '../terminal.ts';

const ENTER = '\u001B[?1049h\u001B[?25l\u001B[2J';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const CLEAR = '\u001B[2J';
/** Terminals that support these show everything in between at once; others ignore them. */
const BEGIN_UPDATE = '\u001B[?2026h';
const END_UPDATE = '\u001B[?2026l';

export class Screen {
  readonly #terminal: Terminal;
  readonly #colours: Colours;
  #shown: readonly string[] = [];
  #size = '';
  #last: readonly Line[] = [];
  #isOpen = false;

  constructor(terminal: Terminal, colours: Colours) {
    this.#terminal = terminal;
    this.#colours = colours;
  }

  show(lines: readonly Line[]): void {
    const size = this.#terminal.size();
    if (size === null) this.#print(lines);
    else this.#draw(lines, size);
    this.#last = lines;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.write(LEAVE);
    for (const line of this.#last) this.#terminal.print(painted(line, this.#colours));
  }

  #draw(lines: readonly Line[], { columns, rows }: { readonly columns: number; readonly rows: number }): void {
    if (!this.#isOpen) this.#terminal.write(ENTER);
    this.#isOpen = true;
    const next = fitting(lines, rows).map((line) => painted(line, this.#colours, columns));
    const size = `${columns}x${rows}`;
    const isNew = size !== this.#size;
    const rowAt = (row: number, text: string): string => `\u001B[${row + 1};1H${text}\u001B[K`;
    const changed = next.flatMap((text, row) => (!isNew && text === this.#shown[row] ? [] : [rowAt(row, text)]));
    const surplus = this.#shown.slice(next.length).map((_, index) => rowAt(next.length + index, ''));
    const update = [isNew ? CLEAR : '', ...changed, ...surplus].join('');
    if (update !== '') this.#terminal.write(BEGIN_UPDATE + update + END_UPDATE);
    this.#shown = next;
    this.#size = size;
  }

  #print(lines: readonly Line[]): void {
    const next = lines.map((line) => painted(line, this.#colours));
    if (next.join('\n') === this.#shown.join('\n')) return;
    if (this.#shown.length > 0) this.#terminal.print('');
    for (const line of next) this.#terminal.print(line);
    this.#shown = next;
  }
}

/** As many as there are rows; the last one says how many are left out. */
function fitting(lines: readonly Line[], rows: number): readonly Line[] {
  if (lines.length <= rows) return lines;
  const kept = lines.slice(0, Math.max(0, rows - 1));
  return [...kept, [{ text: `… ${lines.length - kept.length} more lines`, style: 'dim' }]];
}
