/** What a command needs of the process around it. */
import type { Colours } from './print/text.ts';

export interface Terminal {
  /** Prints a line, or several. */
  readonly print: (text: string) => void;
  /** The same on stderr: for what is no result. */
  readonly note: (text: string) => void;
  /** Sends text as it is, control sequences included. */
  readonly write: (text: string) => void;
  /** Of stdout; `null` where that is no terminal. Read it again for every picture. */
  readonly size: () => { readonly columns: number; readonly rows: number } | null;
  /** What stdout may show, by what the terminal says about itself and by the variables of the environment. */
  readonly colours: Colours;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when a person presses Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly readStdin: () => Promise<string>;
  /** As people call the program: `kubectl argo rollouts`. */
  readonly program: string;
}
