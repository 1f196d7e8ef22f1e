/**
 * Command-line flags in the style that Kubernetes' programs share: `--name value`, `--name=value`,
 * `--name` or `--name=false` for switches, and `-n value` where a flag has a letter. Values are spelled
 * as Go reads them. Node splits the line, zod reads the values.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { goDurationSeconds } from './kube/duration.ts';

interface FlagBase {
  readonly help: string;
  /** Other accepted spellings; a single character is written with one dash. */
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
    /** `null`: not set by default. */
    | ({ readonly kind: 'milliseconds'; readonly default: number | null } & Bounds)
    | { readonly kind: 'list'; readonly default: readonly string[] }
  );

export type FlagTable = Readonly<Record<string, Flag>>;

/** The type of a flag's value. */
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
  /** Defaults included. */
  readonly values: FlagValues<Table>;
  /** Names of the flags that are on the command line. */
  readonly given: ReadonlySet<string>;
}

/** A command line that cannot be understood; the message says which flag and why. */
export class FlagError extends Error {}

/** What Go's strconv.ParseBool reads. */
const SWITCH_SPELLINGS = {
  truthy: ['1', 't', 'T', 'true', 'True', 'TRUE'],
  falsy: ['0', 'f', 'F', 'false', 'False', 'FALSE'],
};

export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): ParsedFlags<Table> {
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, flag]) => [name, flag.default]),
  );
  const given = new Set<string>();
  for (const { name, flag, text } of spelledFlags(table, args)) {
    const value = parseValue(name, flag, text);
    // A list that is given replaces the default, and every further one adds to it.
    values[name] = flag.kind === 'list' && given.has(name) ? [...(values[name] as string[]), text] : value;
    given.add(name);
  }
  return { values: values as FlagValues<Table>, given };
}

interface SpelledFlag {
  readonly name: string;
  readonly flag: Flag;
  readonly text: string;
}

function spelledFlags(table: FlagTable, args: readonly string[]): SpelledFlag[] {
  const spelled = Object.entries(table).flatMap(([name, flag]) =>
    [name, ...(flag.aliases ?? [])].map((spelling) => ({ spelling, name, flag })),
  );
  const bySpelling = new Map(spelled.map((one) => [dashed(one.spelling), one]));
  const options = Object.fromEntries(
    spelled.map(({ spelling, flag }) => {
      const type = flag.kind === 'switch' ? ('boolean' as const) : ('string' as const);
      return [spelling, spelling.length === 1 ? { type, short: spelling } : { type }];
    }),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  return tokens.map((token) => {
    const arg = args[token.index] ?? '';
    if (token.kind === 'positional') throw new FlagError(`unexpected argument: ${arg}`);
    const spelling = arg.split('=')[0] ?? '';
    const known = bySpelling.get(spelling);
    // Node takes letters together, and a value without `=` behind a letter; those are no spellings of ours.
    if (token.kind === 'option-terminator' || known === undefined) throw new FlagError(`unknown flag: ${arg}`);
    const text = token.inlineValue === true ? arg.slice(spelling.length + 1) : token.value;
    if (text === undefined && known.flag.kind !== 'switch') throw new FlagError(`flag needs a value: --${known.name}`);
    return { ...known, text: text ?? 'true' };
  });
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
  const { data, error } = readerOf(flag).safeParse(text);
  if (error !== undefined) throw new FlagError(`--${name} ${error.issues[0]?.message ?? 'cannot be read'}`);
  return data;
}

function readerOf(flag: Flag): z.ZodType {
  switch (flag.kind) {
    case 'text':
      return z.string();
    case 'list':
      return z.string().transform((text) => [text]);
    case 'switch':
      return z.stringbool({ ...SWITCH_SPELLINGS, case: 'sensitive', error: not('true or false') });
    case 'count':
      return z
        .string()
        .regex(/^\d+$/, { error: not('a whole number'), abort: true })
        .transform(Number)
        .check(withinBounds(flag, String));
    case 'milliseconds':
      return z
        .string()
        .transform((text, context) => {
          const seconds = goDurationSeconds(text);
          if (seconds !== null) return seconds * 1000;
          context.addIssue({
            code: 'custom',
            input: text,
            message: not('a duration such as 15s or 1m30s')({ input: text }),
          });
          return z.NEVER;
        })
        .check(withinBounds(flag, durationText));
  }
}

function not(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `must be ${what}, not ${JSON.stringify(input)}`;
}

function withinBounds({ minimum = 0, maximum = Number.POSITIVE_INFINITY }: Bounds, textOf: (value: number) => string) {
  return z.superRefine<number>((value, context) => {
    if (value < minimum) context.addIssue(`must be at least ${textOf(minimum)}, not ${textOf(value)}`);
    if (value > maximum) context.addIssue(`must be at most ${textOf(maximum)}, not ${textOf(value)}`);
  });
}
