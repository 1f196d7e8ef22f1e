/** Single keys from a terminal, without Enter. */
import type { ReadStream } from 'node:tty';

/** In raw mode the terminal sends this instead of a signal. */
export const CTRL_C = '\u0003';

/** `pressed` is called for every key until the returned function is called. Does nothing when there is no terminal. */
export function readKeys(input: ReadStream, pressed: (key: string) => void): () => void {
  if (!input.isTTY) return () => undefined;
  const data = (chunk: string): void => {
    for (const key of chunk) pressed(key);
  };
  input.setRawMode(true).setEncoding('utf8').on('data', data).resume();
  return () => {
    input.off('data', data).pause().setRawMode(false);
  };
}
