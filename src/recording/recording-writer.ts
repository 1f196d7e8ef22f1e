/** Writes the lines of a recording, and no more of them than its bounds allow. */
import type { End, EndReason, Header, RecordedLook } from './format.ts';

interface WriterOptions {
  /** Gets whole lines. */
  readonly write: (text: string) => void;
  readonly maxBytes: number;
  /** 0: as many as there are. */
  readonly maxLooks: number;
}

/** Kept free for the line that says why it ended. */
const LONGEST_END = 100;

export class RecordingWriter {
  readonly #options: WriterOptions;
  #bytes = 0;
  #looks = 0;

  constructor(options: WriterOptions, header: Header) {
    this.#options = options;
    this.#write(lineOf(header));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get looks(): number {
    return this.#looks;
  }

  /** The bound that ends the recording, else `null`. A look that would make the file too large is not written. */
  add(look: RecordedLook): 'size' | 'entries' | null {
    const { maxBytes, maxLooks } = this.#options;
    const line = lineOf(look);
    if (this.#bytes + Buffer.byteLength(line) + LONGEST_END > maxBytes) return 'size';
    this.#write(line);
    this.#looks += 1;
    return this.#looks === maxLooks ? 'entries' : null;
  }

  /** Nothing is written afterwards. */
  end(reason: EndReason, at: number): void {
    this.#write(lineOf({ end: reason, at, looks: this.#looks } satisfies End));
  }

  #write(line: string): void {
    this.#options.write(line);
    this.#bytes += Buffer.byteLength(line);
  }
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
