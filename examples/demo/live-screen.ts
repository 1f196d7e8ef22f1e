/**
 * Shows scenes in a terminal, redrawn in place: only rows that changed are sent, all at once, on the
 * alternate screen, so that nothing flickers and the person's scrollback stays theirs.
 */
import type { WriteStream } from 'node:tty';
import { chapterLine, type Chapter } from './chapter.ts';
import { frameOf, type Size } from './frame.ts';
import type { Display, Scene } from './scene.ts';
import { painted } from './text.ts';

const ENTER = '\u001B[?1049h\u001B[?25l\u001B[2J';
const LEAVE = '\u001B[?25h\u001B[?1049l';
/** Terminals that support these show everything in between at once; others ignore them. */
const BEGIN_UPDATE = '\u001B[?2026h';
const END_UPDATE = '\u001B[?2026l';
/** Columns. The terminal itself breaks what it scrolls. */
const WHOLE = 1000;

export class LiveScreen implements Display {
  readonly #out: WriteStream;
  readonly #colours: boolean;
  #rows: readonly string[] = [];
  #last: Scene | undefined;
  #open = true;
  /** The alternate screen leaves nothing behind, so these are written when it is left. */
  readonly #told: Chapter[] = [];

  constructor(out: WriteStream) {
    this.#out = out;
    this.#colours = out.hasColors();
    out.write(ENTER);
    out.on('resize', this.#resized);
    process.on('exit', this.#left);
  }

  show(scene: Scene): void {
    if (!this.#open) return;
    this.#last = scene;
    const { columns, rows } = sizeOf(this.#out);
    const next = frameOf(scene, { columns, rows }).map((row) => painted(row, columns, this.#colours));
    const changed = next.flatMap((text, row) =>
      text === this.#rows[row] ? [] : [`\u001B[${row + 1};1H${text}\u001B[K`],
    );
    this.#rows = next;
    if (changed.length > 0) this.#out.write(BEGIN_UPDATE + changed.join('') + END_UPDATE);
  }

  tell(chapter: Chapter): void {
    this.#told.push(chapter);
  }

  close(): void {
    if (!this.#open) return;
    this.#out.off('resize', this.#resized);
    process.off('exit', this.#left);
    this.#left();
    for (const chapter of this.#told) this.#out.write(`${painted(chapterLine(chapter), WHOLE, this.#colours)}\n`);
  }

  readonly #resized = (): void => {
    this.#rows = [];
    this.#out.write('\u001B[2J');
    if (this.#last !== undefined) this.show(this.#last);
  };

  /** Also when the process ends without closing: the terminal must not stay on the wrong screen. */
  readonly #left = (): void => {
    this.#open = false;
    this.#out.write(LEAVE);
  };
}

/** A pseudo-terminal without a size reports 0. */
function sizeOf({ columns, rows }: WriteStream): Size {
  return { columns: columns || 80, rows: rows || 24 };
}
