/** Values as JSON, as Go's encoding/json writes it. Bytes out. */
import { fromBytes, toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { checkDepth, type Budget } from '../../../core/analysis/expressions/go/budget.ts';
import { fromJson } from '../../../core/analysis/expressions/operations/json.ts';
import type { Value } from '../../../core/analysis/expressions/go/value.ts';
import { RFC3339_NANO, formatTime } from '../../../core/analysis/expressions/time/format-time.ts';
import { sortedEntries } from '../../../core/analysis/expressions/operations/print.ts';
import type { Json } from '../../../kube/json.ts';
import { TemplateProblem } from '../values/problem.ts';
import { textOfBytes } from '../values/value.ts';

interface Style {
  /** For each level; empty for JSON on one line. */
  readonly indent: string;
  /** Characters with a meaning in HTML are escaped. */
  readonly forHtml: boolean;
}

export const COMPACT: Style = { indent: '', forHtml: true };
export const PRETTY: Style = { indent: '  ', forHtml: true };
export const RAW: Style = { indent: '', forHtml: false };

/** Throws for what JSON cannot hold, such as an infinity. */
export function jsonOf(value: Value, style: Style, budget: Budget, depth = 0): string {
  checkDepth(depth);
  budget.spend(1);
  const inner = (one: Value): string => jsonOf(one, style, budget, depth + 1);
  const block = (open: string, parts: readonly string[], close: string): string => {
    const line = style.indent === '' ? '' : `\n${style.indent.repeat(depth)}`;
    if (parts.length === 0) return open + close;
    const text = `${open}${line}${style.indent}${parts.join(`,${line}${style.indent}`)}${line}${close}`;
    budget.spendText(text.length);
    return text;
  };
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value, style);
  if (typeof value === 'number') return jsonNumber(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'whole':
      return String(value.number);
    case 'named':
      return jsonText(value.text, style);
    case 'time':
      return `"${formatTime(value, RFC3339_NANO)}"`;
    case 'list': {
      const bytes = textOfBytes(value);
      if (bytes !== null) return `"${btoa(bytes)}"`;
      return value.absent === true ? 'null' : block('[', value.items.map(inner), ']');
    }
    case 'map': {
      const colon = style.indent === '' ? ':' : ': ';
      const members = sortedEntries(value, budget).map(([key, one]) => `${inner(key)}${colon}${inner(one)}`);
      return block('{', members, '}');
    }
    case 'struct':
    case 'pointer':
    case 'location':
    case 'func':
      throw new TemplateProblem('the value cannot be written as JSON');
  }
}

function jsonNumber(number: number): string {
  if (!Number.isFinite(number)) throw new TemplateProblem('JSON has no such number');
  return Object.is(number, -0) ? '-0' : String(number);
}

function jsonText(bytes: string, { forHtml }: Style): string {
  const special = forHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  const text = JSON.stringify(fromBytes(bytes)).replaceAll(
    special,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return toBytes(text);
}

/** `null` for what is no JSON. */
export function jsonIn(bytes: string, budget: Budget): Value {
  budget.spendText(bytes.length);
  try {
    return fromJson(JSON.parse(fromBytes(bytes)) as Json, budget);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
