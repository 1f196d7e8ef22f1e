/**
 * Fills placeholders (spec B.2): arguments into a metric, every `{{args.name}}` in every text of it, keys of maps too.
 * Text stays text, so a value cannot change the structure around it.
 */

const OPEN = '{{';
const CLOSE = '}}';
const PREFIX = 'args.';

/** The same value with every argument filled in, or the first placeholder that cannot be. A value is not searched for further placeholders. */
export function substituteArguments<Value>(
  value: Value,
  values: ReadonlyMap<string, string>,
): { readonly value: Value } | { readonly problem: string } {
  let problem: string | null = null;
  const valueOf = (token: string) => (token.startsWith(PREFIX) ? values.get(token.slice(PREFIX.length)) : undefined);
  const filled = (text: string): string => {
    const result = substituteText(text, valueOf);
    if ('value' in result) return result.value;
    problem ??= result.problem;
    return text;
  };
  const substituted = mapTexts(value, filled) as Value;
  return problem === null ? { value: substituted } : { problem };
}

/** The text with the value of every placeholder, or the first placeholder that has none. */
export function substituteText(
  text: string,
  valueOf: (token: string) => string | undefined,
): { readonly value: string } | { readonly problem: string } {
  let result = '';
  let from = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, from)) {
    const close = text.indexOf(CLOSE, open + OPEN.length);
    if (close === -1) return { problem: `cannot find the end of ${JSON.stringify(text.slice(open))}` };
    const token = text.slice(open + OPEN.length, close).trim();
    const value = valueOf(token);
    if (value === undefined) return { problem: `failed to resolve {{${token}}}` };
    result += text.slice(from, open) + value;
    from = close + CLOSE.length;
  }
  return { value: from === 0 ? text : result + text.slice(from) };
}

function mapTexts(value: unknown, mapped: (text: string) => string): unknown {
  if (typeof value === 'string') return mapped(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, mapped));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mapped(key), mapTexts(item, mapped)]));
}
