/**
 * Command-line flags in the style that Kubernetes' programs share: `--name value`, `--name=value`,
 * and `--name` or `--name=false` for switches. It knows no flag by name; the table does.
 */

interface FlagBase {
  readonly help: string;
  /** Other spellings that are accepted. */
  readonly aliases?: readonly string[];
}

type Flag = FlagBase &
  (
    | { readonly kind: 'text'; readonly default: string }
    | { readonly kind: 'switch'; readonly default: boolean }
    | { readonly kind: 'count'; readonly default: number }
    | { readonly kind: 'milliseconds'; readonly default: number }
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
      : number;

export type FlagValues<Table extends FlagTable> = { readonly [Name in keyof Table]: Value<Table[Name]> };

/** A command line that cannot be understood; the message says which flag and why. */
export class FlagError extends Error {}

export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): FlagValues<Table> {
  const names = new Map(
    Object.entries(table).flatMap(([name, flag]) => [name, ...(flag.aliases ?? [])].map((one) => [one, name])),
  );
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, flag]) => [name, flag.default]),
  );
  const given = new Set<string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg);
    const name = names.get(match?.[1] ?? '');
    const flag = name === undefined ? undefined : table[name];
    if (name === undefined || flag === undefined) throw new FlagError(`unknown flag: ${arg}`);
    const text = match?.[2] ?? (flag.kind === 'switch' ? 'true' : rest.shift());
    if (text === undefined) throw new FlagError(`flag needs a value: --${name}`);
    // A list that is given replaces the default, and every further one adds to it.
    values[name] =
      flag.kind === 'list' && given.has(name) ? [...(values[name] as string[]), text] : parseValue(name, flag, text);
    given.add(name);
  }
  return values as FlagValues<Table>;
}

/** The table as `--help` prints it. */
export function flagHelp(table: FlagTable): string {
  return Object.entries(table)
    .map(([name, flag]) => `  --${name}\n        ${flag.help} (default ${JSON.stringify(defaultText(flag))})`)
    .join('\n');
}

function defaultText(flag: Flag): unknown {
  return flag.kind === 'milliseconds' ? `${flag.default / 1000}s` : flag.default;
}

function parseValue(name: string, flag: Flag, text: string): unknown {
  switch (flag.kind) {
    case 'text':
      return text;
    case 'list':
      return [text];
    case 'switch':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new FlagError(`--${name} is true or false, not ${JSON.stringify(text)}`);
    case 'count':
      if (/^\d+$/.test(text)) return Number(text);
      throw new FlagError(`--${name} is a whole number, not ${JSON.stringify(text)}`);
    case 'milliseconds': {
      const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
      const unit = { ms: 1, s: 1000, m: 60_000 }[match?.[2] ?? ''];
      if (match === null || unit === undefined)
        throw new FlagError(`--${name} is a duration such as 15s, not ${JSON.stringify(text)}`);
      return Number(match[1]) * unit;
    }
  }
}
