/**
 * Turns what Go's flags allow and commander does not into what both understand: `--watch=false`, `-w=true`, `-n=shop`.
 * A switch with a value becomes the switch alone or its hidden opposite.
 */
import { readOption, type OptionTable } from './options.ts';

/** `table` has every option that may be on the line. */
export function respelled(args: readonly string[], table: OptionTable): string[] {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  return [...own.map((arg) => respelledOne(arg, table)), ...args.slice(own.length)];
}

/** The name of the hidden option that switches another one off. */
export function oppositeOf(name: string): string {
  return `${name}-off`;
}

function respelledOne(arg: string, table: OptionTable): string {
  const equals = arg.indexOf('=');
  if (!arg.startsWith('-') || equals === -1) return arg;
  const [spelling, value] = [arg.slice(0, equals), arg.slice(equals + 1)];
  const name = spelling.startsWith('--') ? spelling.slice(2) : nameOfLetter(spelling.slice(1), table);
  const option = name === undefined ? undefined : table[name];
  if (name === undefined || option === undefined) return arg;
  if (option.kind !== 'switch') return `--${name}=${value}`;
  return readOption(name, option, value) === true ? `--${name}` : `--${oppositeOf(name)}`;
}

function nameOfLetter(letter: string, table: OptionTable): string | undefined {
  return Object.keys(table).find((name) => table[name]?.letter === letter);
}
