/** Measured values by chance: every kind that a provider can return, with the values that are special. */
import type { MetricValue, RecordValue } from '../../../../src/core/analysis/metric-value.ts';
import type { Json } from '../../../../src/kube/json.ts';
import type { Random } from '../../../simulation/random.ts';

function numberBy(random: Random): number {
  return random.weighted<() => number>([
    [4, () => random.between(-3, 10)],
    [4, () => Math.round(random.next() * 200) / 100],
    [1, () => random.between(-1_000_000, 1_000_000)],
    [1, () => random.pick([Number.NaN, Infinity, -Infinity, -0, 1e300, 1e21, 5e-7, 2 ** 53, 0.1 + 0.2])],
  ])();
}

/** JSON has no NaN and no infinity, and loses the sign of zero on its way. */
function jsonNumberBy(random: Random): number {
  const number = numberBy(random);
  return Number.isFinite(number) && !Object.is(number, -0) ? number : 0.5;
}

function textBy(random: Random): string {
  return random.pick([
    '',
    'ok',
    'OK: 12 errors',
    '200',
    '1.5',
    '-7',
    'Grüße',
    'a,b,c',
    ' x ',
    'tab\t"q"',
    '日本',
    'NaN',
    '0x10',
  ]);
}

/** The names of members, so that expressions find some of them. */
export const NAMES = ['ok', 'n', 'list', 'items', 'text', 'deep', 'code', 'none'] as const;

function jsonBy(random: Random, depth: number): Json {
  const leaf = depth <= 0;
  return random.weighted<() => Json>([
    [3, () => jsonNumberBy(random)],
    [2, () => textBy(random)],
    [1, () => random.chance(0.5)],
    [1, () => null],
    [leaf ? 0 : 3, () => jsonListBy(random, depth)],
    [leaf ? 0 : 3, () => jsonObjectBy(random, depth)],
  ])();
}

function jsonListBy(random: Random, depth: number): Json {
  const length = random.between(0, 4);
  const alike = random.chance(0.6);
  return Array.from({ length }, () => (alike ? jsonNumberBy(random) : jsonBy(random, depth - 1)));
}

/** Members are mostly of the kind that their name promises. */
function jsonObjectBy(random: Random, depth: number): Json {
  const byName: Readonly<Record<(typeof NAMES)[number], () => Json>> = {
    ok: () => random.chance(0.5),
    n: () => jsonNumberBy(random),
    code: () => random.pick([200, 404, 500]),
    text: () => textBy(random),
    list: () => jsonListBy(random, 0),
    items: () =>
      Array.from({ length: random.between(0, 3) }, () => ({ n: jsonNumberBy(random), text: textBy(random) })),
    deep: () => (depth > 0 ? jsonObjectBy(random, depth - 1) : {}),
    none: () => null,
  };
  const members = NAMES.filter(() => random.chance(0.7));
  return Object.fromEntries(
    members.map((name) => [name, random.chance(0.85) ? byName[name]() : jsonBy(random, depth - 1)]),
  );
}

function recordBy(random: Random): RecordValue {
  return random.weighted<() => RecordValue>([
    [3, () => numberBy(random)],
    [3, () => BigInt(random.between(-5, 500))],
    [1, () => 2n ** 53n + 1n],
    [1, () => random.chance(0.5)],
    [2, () => textBy(random)],
    [1, () => null],
    [1, () => new Date(Date.UTC(2024, random.between(0, 11), random.between(1, 28), random.between(0, 23)))],
  ])();
}

function structsBy(random: Random): MetricValue {
  const one = () =>
    ({
      Id: { type: 'text', value: random.pick(['m1', 'm2']) },
      Label: { type: 'text', value: random.pick(['errors', null]) },
      StatusCode: { type: 'named', value: random.pick(['Complete', 'PartialData']) },
      Timestamps: { type: 'times', values: [new Date(Date.UTC(2024, 1, 29))] },
      Values: { type: 'floats', values: Array.from({ length: random.between(0, 3) }, () => numberBy(random)) },
    }) as const;
  return { type: 'structs', values: Array.from({ length: random.between(0, 2) }, one) };
}

export function resultBy(random: Random): MetricValue {
  const many = <T>(one: () => T): readonly T[] => Array.from({ length: random.between(0, 4) }, one);
  return random.weighted<() => MetricValue>([
    [1, () => ({ type: 'nil' })],
    [1, () => ({ type: 'int', value: random.between(-5, 100) })],
    [4, () => ({ type: 'float', value: numberBy(random) })],
    [6, () => ({ type: 'floats', values: many(() => numberBy(random)) })],
    [3, () => ({ type: 'text', value: textBy(random) })],
    [8, () => ({ type: 'json', value: jsonObjectBy(random, 2) })],
    [2, () => ({ type: 'json', value: jsonListBy(random, 2) })],
    [1, () => ({ type: 'json', value: jsonBy(random, 1) })],
    [3, () => ({ type: 'records', values: many(() => recordBy(random)) })],
    [2, () => structsBy(random)],
  ])();
}
