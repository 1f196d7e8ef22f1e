/**
 * Cuts a watch's byte stream into lines. It decodes only whole lines, so that a character that is spread
 * over two chunks arrives intact.
 */

const NEWLINE = 0x0a;

export class WatchLines {
  readonly #onLine: (line: string) => void;
  /** The start of a line whose end has not arrived. */
  #partial: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Calls back for every line that `chunk` completes, in order. An incomplete line is never announced. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#complete(chunk, start, end);
      start = end + 1;
      if (line !== '') this.#onLine(line);
    }
    if (start < chunk.length) this.#partial.push(chunk.subarray(start));
  }

  #complete(chunk: Buffer, start: number, end: number): string {
    if (this.#partial.length === 0) return chunk.toString('utf8', start, end);
    const line = Buffer.concat([...this.#partial, chunk.subarray(start, end)]).toString('utf8');
    this.#partial = [];
    return line;
  }
}
