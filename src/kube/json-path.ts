/**
 * Finds values in JSON with a JSONPath template of Kubernetes. Beyond the library of Kubernetes: numbers are numbers in
 * filters (there, 5 is none where JSON has 5), the members of an object are taken in the order of their names (there, in
 * none), an empty list stops no search in other lists, and the work is bounded.
 */
import { isJsonObject, type Json } from './json.ts';
import {
  type Comparison,
  type Filter,
  type Path,
  readTemplate,
  type Slice,
  type Step,
  type Template,
} from './json-path-syntax.ts';

export interface JsonPath {
  /** All values in order, or what is wrong. */
  readonly find: (data: Json) => { readonly found: readonly Json[] } | { readonly problem: string };
}

/** A template that can be applied, or what is wrong with it. */
export function compileJsonPath(text: string): JsonPath | { readonly problem: string } {
  try {
    const template = readTemplate(text);
    checkRanges(template);
    return {
      find: (data) => {
        try {
          return { found: evaluate(template, data, { left: MAX_VALUES }) };
        } catch (error) {
          return { problem: reasonOf(error) };
        }
      },
    };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Values that all steps of one search may yield together. */
const MAX_VALUES = 1_000_000;

interface Budget {
  left: number;
}

function spend(budget: Budget, values: number): void {
  budget.left -= values;
  if (budget.left < 0) throw new Error('the path leads to too many values');
}

function checkRanges(template: Template): void {
  let depth = 0;
  for (const [first] of template) {
    if (first?.kind === 'range') depth += 1;
    if (first?.kind === 'end') depth -= 1;
    if (depth < 0) throw new Error('not in range, nothing to end');
  }
  if (depth > 0) throw new Error('range has no end');
}

/** The parts of the template one after the other; what is within a range once for each of its values. */
function evaluate(template: Template, data: Json, budget: Budget): readonly Json[] {
  let results: readonly Json[] = [];
  for (let at = 0; at < template.length; at += 1) {
    const path = template[at] ?? [];
    if (path[0]?.kind === 'range') {
      const end = endOfRange(template, at);
      const body = template.slice(at + 1, end);
      const within = walk(path.slice(1), [data], budget).flatMap((value) => evaluate(body, value, budget));
      results = [...results, ...within];
      at = end;
    } else {
      results = [...results, ...walk(path, [data], budget)];
    }
  }
  return results;
}

function endOfRange(template: Template, start: number): number {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const kind = template[at]?.[0]?.kind;
    if (kind === 'range') depth += 1;
    if (kind === 'end') depth -= 1;
    if (depth === 0) return at;
  }
}

function walk(path: Path, input: readonly Json[], budget: Budget): readonly Json[] {
  let values = input;
  for (const step of path) {
    spend(budget, 1);
    values = taken(step, values, budget);
  }
  return values;
}

/** What `find` yields for each value. It is counted before the next, so that no list grows without bound. */
function forEach(values: readonly Json[], budget: Budget, find: (value: Json) => readonly Json[]): readonly Json[] {
  return values.flatMap((value) => {
    const found = find(value);
    spend(budget, found.length + 1);
    return found;
  });
}

function taken(step: Step, values: readonly Json[], budget: Budget): readonly Json[] {
  switch (step.kind) {
    case 'text':
      return [step.text];
    case 'constant':
      return values.map(() => step.value);
    case 'field':
      return fields(values, step.name, budget);
    case 'wildcard':
      return forEach(values, budget, membersOf);
    case 'descent':
      return forEach(values, budget, (value) => descendants(value, budget));
    case 'slice':
      return forEach(values, budget, (value) => (value === null ? [] : slice(listOf(value), step)));
    case 'union':
      return step.paths.flatMap((path) => walk(path, values, budget));
    case 'filter':
      return forEach(values, budget, (value) => filtered(listOf(value), step, budget));
    case 'range':
    case 'end':
      throw new Error(`${step.kind} is not at the beginning of its braces`);
  }
}

function fields(values: readonly Json[], name: string, budget: Budget): readonly Json[] {
  const found = forEach(values, budget, (value) => {
    const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return member === undefined ? [] : [member];
  });
  if (found.length === 0 && values.length > 0) throw new Error(`${name} is not found`);
  return found;
}

function membersOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .toSorted()
    .map((key) => value[key] ?? null);
}

/** The value and all below it that are not empty, numbers and the like left out. */
function descendants(value: Json, budget: Budget): readonly Json[] {
  const results: Json[] = [];
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const members = membersOf(next);
    spend(budget, members.length + 1);
    if (members.length > 0 || (typeof next === 'string' && next !== '')) results.push(next);
    for (let at = members.length - 1; at >= 0; at -= 1) pending.push(members[at] ?? null);
  }
  return results;
}

function slice(list: readonly Json[], { single, start, end, step }: Slice): readonly Json[] {
  const { length } = list;
  const first = fromEnd(start ?? 0, length);
  const last = single ? first + 1 : end === null ? length : fromEnd(end, length);
  if (first === last) return [];
  if (first < 0 || first >= length) throw new Error(`array index out of bounds: index ${first}, length ${length}`);
  if (last < 0 || last > length) throw new Error(`array index out of bounds: index ${last - 1}, length ${length}`);
  if (first > last) throw new Error(`starting index ${first} is greater than ending index ${last}`);
  if (step !== null && step <= 0) throw new Error('step must be > 0');
  return list.slice(first, last).filter((_, index) => index % (step ?? 1) === 0);
}

function fromEnd(index: number, length: number): number {
  return index < 0 ? index + length : index;
}

function filtered(list: readonly Json[], { left, comparison }: Filter, budget: Budget): readonly Json[] {
  return list.filter((element) => {
    spend(budget, 1);
    if (comparison === null) return exists(left, element, budget);
    const one = operandOf(left, element, budget);
    const other = operandOf(comparison.right, element, budget);
    return one !== undefined && other !== undefined && holds(comparison.operator, one, other);
  });
}

function exists(path: Path, element: Json, budget: Budget): boolean {
  try {
    return walk(path, [element], budget).length > 0;
  } catch (error) {
    // A key or an index that is not there is what is asked for.
    if (budget.left < 0) throw error;
    return false;
  }
}

function operandOf(path: Path, element: Json, budget: Budget): Json | undefined {
  const values = walk(path, [element], budget);
  if (values.length > 1) throw new Error('can only compare one element at a time');
  return values[0];
}

function holds(operator: Comparison['operator'], one: Json, other: Json): boolean {
  if (!isPlain(one) || !isPlain(other)) throw new Error('invalid type for comparison');
  if (typeof one !== typeof other) throw new Error('incompatible types for comparison');
  if (operator === '==') return one === other;
  if (operator === '!=') return one !== other;
  if (typeof one === 'boolean') throw new Error('invalid type for comparison');
  const order = typeof one === 'string' ? orderOf(one, String(other)) : one - Number(other);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** By code points, which is the order of the bytes in UTF-8. */
function orderOf(one: string, other: string): number {
  const [points, others] = [Array.from(one), Array.from(other)];
  const at = points.findIndex((point, index) => point !== others[index]);
  if (at === -1) return points.length - others.length;
  return (points[at]?.codePointAt(0) ?? -1) - (others[at]?.codePointAt(0) ?? -1);
}

function isPlain(value: Json): value is string | number | boolean {
  return value !== null && typeof value !== 'object';
}

function listOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  throw new Error(
    `${value === null ? 'null' : isJsonObject(value) ? 'an object' : typeof value} is not array or slice`,
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
