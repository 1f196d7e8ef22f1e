/** How the demo can end, and what its exit code says about it. */
import { FlagError } from '../../src/flags.ts';

/** The person wants it to end; nothing is wrong. */
export class Quit extends Error {}

export class Signalled extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`ended by ${signal}`);
    this.exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
  }
}

/** Ended because a person wanted it to end. */
export function isWish(error: unknown): boolean {
  return error instanceof Quit || error instanceof Signalled;
}

/** The error has been printed on stderr when this returns. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Quit) return 0;
  if (error instanceof Signalled) return error.exitCode;
  process.stderr.write(`${explain(error)}\n`);
  if (error instanceof FlagError) process.stderr.write('See --help.\n');
  return error instanceof FlagError ? 2 : 1;
}

/** A sentence with the causes. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${explain(error.cause)}`;
}
