/**
 * Says what is being set up, how long it took, and what takes long in between: in a terminal on one line that is
 * rewritten, elsewhere on a line for each message.
 */
import type { WriteStream } from 'node:tty';
import { chapterLine } from './chapter.ts';
import { line, painted, span, type Line } from './text.ts';

const REWRITE = '\r\u001B[K';
const UNBOUNDED = 1000;

export class Progress {
  readonly #out: WriteStream;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  /** Does `work`, which reports its progress through its argument, and prints `outcome` when it is done. */
  async during<T>(title: string, outcome: string, work: (say: (news: string) => void) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#open(title);
    try {
      const result = await work((news) => this.#say(news));
      this.#done(chapterLine({ title, ms: performance.now() - startedAt, outcome }));
      return result;
    } catch (error) {
      if (this.#out.isTTY) this.#out.write(REWRITE);
      throw error;
    }
  }

  /** Something that took no time worth mentioning. */
  tell(title: string, outcome: string): void {
    this.#done(chapterLine({ title, ms: 0, outcome }));
  }

  #open(title: string): void {
    if (this.#out.isTTY) this.#out.write(REWRITE + this.#text(line(' ', span('·', 'dim'), ` ${title} ...`)));
  }

  #say(news: string): void {
    const text = this.#text(line('   ', span(news, 'dim')));
    this.#out.write(this.#out.isTTY ? REWRITE + text : `${text}\n`);
  }

  #done(text: Line): void {
    this.#out.write(`${this.#out.isTTY ? REWRITE : ''}${this.#text(text)}\n`);
  }

  #text(text: Line): string {
    const { isTTY, columns } = this.#out;
    return painted(text, isTTY ? columns - 1 : UNBOUNDED, isTTY && this.#out.hasColors());
  }
}
