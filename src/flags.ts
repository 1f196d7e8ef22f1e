/**
 * Command-line flags in the style that Kubernetes' programs share: `--name value`, `--name=value`,
 * `--name` or `--name=false` for switches, and `-n value` where a flag has a letter. Values are spelled
 * as Go reads them. It knows no flag by name; the table does.
 */
import { goDurationSeconds } from './kube/duration.ts';

interface FlagBase {
  readonly help: string;
  /** Other spellings that are accepted; a single character stands behind one dash. */
  readonly aliases?: readonly string[];
}

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

type Flag = FlagBase &
  (
    | { readonly kind: 'text'; readonly default: string }
    | { readonly kind: 'switch'; readonly default: boolean }
    | ({ readonly kind: 'count'; readonly default: number } & Bounds)
    /** `null`: there is none unless somebody gives one. */
    | ({ readonly kind: 'milliseconds'; readonly default: number | null } & Bounds)
    | { readonly kind: 'list'; readonly default: readonly string[] }
  );

export type FlagTable = Readonly<Record<string, Flag>>;

/** What a flag reads as, by its kind. */
type Value<F extends Flag> = F extends { kind: 'text' }
  ? string
  : F extends { kind: 'switch' }
    ? boolean
    : F extends { kind: 'list' }
      ? readonly string[]
      : F['default'] extends null
        ? number | null
        : number;

export type FlagValues<Table extends FlagTable> = { readonly [Name in keyof Table]: Value<Table[Name]> };

export interface ParsedFlags<Table extends FlagTable> {
  /** The default where a flag is not on the command line. */
  readonly values: FlagValues<Table>;
  /** Names of the flags that are on the command line. */
  readonly given: ReadonlySet<string>;
}

/** A command line that cannot be understood; the message says which flag and why. */
export class FlagError extends Error {}

/** What Go's strconv.ParseBool reads. */
const SWITCH_SPELLINGS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false])),
};

export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): ParsedFlags<Table> {
  const names = new Map(
    Object.entries(table).flatMap(([name, flag]) =>
      [name, ...(flag.aliases ?? [])].map((spelling) => [dashed(spelling), name]),
    ),
  );
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, flag]) => [name, flag.default]),
  );
  const given = new Set<string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-')) throw new FlagError(`unexpected argument: ${arg}`);
    const [, spelling = '', attached] = /^([^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const name = names.get(spelling);
    const flag = name === undefined ? undefined : table[name];
    if (name === undefined || flag === undefined) throw new FlagError(`unknown flag: ${arg}`);
    const text = attached ?? (flag.kind === 'switch' ? 'true' : rest.shift());
    if (text === undefined) throw new FlagError(`flag needs a value: --${name}`);
    // A list that is given replaces the default, and every further one adds to it.
    values[name] =
      flag.kind === 'list' && given.has(name) ? [...(values[name] as string[]), text] : parseValue(name, flag, text);
    given.add(name);
  }
  return { values: values as FlagValues<Table>, given };
}

/** The table as `--help` prints it. */
export function flagHelp(table: FlagTable): string {
  return Object.entries(table)
    .map(([name, flag]) => {
      const spellings = [...(flag.aliases ?? []).filter((alias) => alias.length === 1), name].map(dashed).join(', ');
      const without = flag.default === null ? '' : ` (default ${JSON.stringify(defaultText(flag))})`;
      return `  ${spellings}\n        ${flag.help}${without}`;
    })
    .join('\n');
}

function dashed(spelling: string): string {
  return spelling.length === 1 ? `-${spelling}` : `--${spelling}`;
}

function defaultText(flag: Flag): unknown {
  return flag.kind === 'milliseconds' && flag.default !== null ? durationText(flag.default) : flag.default;
}

function durationText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`;
}

function parseValue(name: string, flag: Flag, text: string): unknown {
  switch (flag.kind) {
    case 'text':
      return text;
    case 'list':
      return [text];
    case 'switch': {
      const value = Object.hasOwn(SWITCH_SPELLINGS, text) ? SWITCH_SPELLINGS[text] : undefined;
      if (value === undefined) throw new FlagError(`--${name} is true or false, not ${JSON.stringify(text)}`);
      return value;
    }
    case 'count': {
      if (!/^\d+$/.test(text)) throw new FlagError(`--${name} is a whole number, not ${JSON.stringify(text)}`);
      return withinBounds(name, flag, Number(text), String);
    }
    case 'milliseconds': {
      const seconds = goDurationSeconds(text);
      if (seconds === null)
        throw new FlagError(`--${name} is a duration such as 15s or 1m30s, not ${JSON.stringify(text)}`);
      return withinBounds(name, flag, seconds * 1000, durationText);
    }
  }
}

function withinBounds(name: string, bounds: Bounds, value: number, textOf: (value: number) => string): number {
  const { minimum = 0, maximum = Number.POSITIVE_INFINITY } = bounds;
  if (value < minimum) throw new FlagError(`--${name} is at least ${textOf(minimum)}, not ${textOf(value)}`);
  if (value > maximum) throw new FlagError(`--${name} is at most ${textOf(maximum)}, not ${textOf(value)}`);
  return value;
}
