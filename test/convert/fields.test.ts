/**
 * No field of an input is dropped without a word. For every field of every schema: it is translated (another value, and
 * the result is another one), or there is a comment or a refusal that names it.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fateOf, unwrapped } from '../../src/convert/fates.ts';
import { flaggerCanary, metricTemplate } from '../../src/convert/flagger/schema.ts';
import type { InputObject } from '../../src/convert/input.ts';
import { kruiseV1alpha1, kruiseV1beta1 } from '../../src/convert/kruise/schema.ts';
import { deploymentSpec } from '../../src/convert/deployment-spec.ts';
import { commentsOf, converted, problemsOf, refusalsOf } from './converted.ts';
import * as samples from './samples.ts';

interface Field {
  /** Such as `spec.strategy.canary.steps[].pause`. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly schema: z.ZodType;
}

/** Stands for any item of a list. */
const ITEM = '[]';

/** What can be changed as a whole. */
const LEAVES = [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodUnion, z.ZodRecord, z.ZodArray] as const;

/** The leaves of a schema, and every field that has a remark. */
function fieldsOf(schema: z.ZodType, keys: readonly string[] = ['spec']): readonly Field[] {
  const inner = unwrapped(schema);
  if (fateOf(schema) === undefined && inner instanceof z.ZodObject) {
    const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
    return Object.entries(shape).flatMap(([key, field]) => fieldsOf(field, [...keys, key]));
  }
  if (fateOf(schema) === undefined && inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    if (unwrapped(element) instanceof z.ZodObject) return fieldsOf(element, [...keys, ITEM]);
  }
  if (fateOf(schema) === undefined && !LEAVES.some((leaf) => inner instanceof leaf)) {
    throw new Error(`${keys.join('.')}: a ${schema.type} is not taken apart`);
  }
  return [{ path: keys.join('.').replaceAll(`.${ITEM}`, ITEM), keys, schema }];
}

type Tree = Record<string, unknown>;

/** Copies of `object` in which the field has another value: one for each place where it can be. */
function changed(
  object: InputObject,
  { keys, schema }: Field,
): readonly { readonly object: InputObject; readonly path: string }[] {
  return placesOf(object, keys).map((place) => {
    const copy = structuredClone(object) as unknown as Tree;
    const parent = place.slice(0, -1).reduce<Tree>((node, key) => node[key] as Tree, copy);
    const last = place.at(-1) ?? '';
    parent[last] = fateOf(schema) === undefined ? otherThan(parent[last], schema) : anyOf(schema);
    return { object: copy as unknown as InputObject, path: place.join('.').replaceAll(/\.(\d+)/g, '[$1]') };
  });
}

/** Where the parents of a field are in the object, with the field's own name. */
function placesOf(node: unknown, [key = '', ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [];
  if (key === ITEM) {
    return (node as readonly unknown[]).flatMap((item, index) =>
      placesOf(item, rest).map((place) => [String(index), ...place]),
    );
  }
  return rest.length === 0 ? [[key]] : placesOf((node as Tree)[key], rest).map((place) => [key, ...place]);
}

/** A value that asks for something. */
function anyOf(schema: z.ZodType): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodBoolean) return true;
  if (inner instanceof z.ZodNumber) return 7;
  if (inner instanceof z.ZodArray) return ['any'];
  return inner instanceof z.ZodObject || inner instanceof z.ZodRecord ? { labels: { any: 'one' } } : 'any';
}

/** Another value of the same type. */
function otherThan(value: unknown, schema: z.ZodType): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodEnum) return inner.options.find((option) => option !== value) ?? 'other';
  if (inner instanceof z.ZodRecord) {
    const [first = 'added'] = Object.keys((value as Tree | undefined) ?? {});
    return { ...(value as object), [first]: sampleOf(inner.valueType as z.ZodType) };
  }
  if (inner instanceof z.ZodArray)
    return [...((value as readonly unknown[] | undefined) ?? []), sampleOf(inner.element as z.ZodType)];
  if (inner instanceof z.ZodUnion)
    return typeof value === 'number' ? value + 1 : typeof value === 'string' ? otherText(value) : 7;
  if (inner instanceof z.ZodBoolean) return value !== true;
  if (inner instanceof z.ZodNumber) return typeof value === 'number' ? value + 1 : 7;
  return typeof value === 'string' ? otherText(value) : 'other';
}

function sampleOf(schema: z.ZodType): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodNumber) return 90;
  return inner instanceof z.ZodObject ? { exact: 'added' } : 'added';
}

/** Shares and durations stay what they are. */
function otherText(text: string): string {
  return text.replace(/^(\d+)(?=[%sm]$)/, (digits) => String(Number(digits) + 1)) === text
    ? `x${text}`
    : text.replace(/^\d+/, (digits) => String(Number(digits) + 1));
}

interface Source {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly kind: string;
  /** Sets of documents with one object of the kind. */
  readonly sets: readonly (readonly InputObject[])[];
}

const { DEPLOYMENT, SERVICE, INGRESS, METRIC_TEMPLATE, together } = samples;
const ALL = [DEPLOYMENT, SERVICE, INGRESS] as const;
const HPA = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }
`;

const older = (text: string): string => text.replace('  analysis:', '  canaryAnalysis:');
const newer = (text: string): string => text.replace('  canaryAnalysis:', '  analysis:');
const WITH_SECRET = METRIC_TEMPLATE.replace('type: prometheus', 'type: prometheus, secretRef: { name: access }');

const FLAGGER_SETS = [
  together(samples.FLAGGER, DEPLOYMENT, INGRESS, METRIC_TEMPLATE, HPA),
  together(samples.FLAGGER, ...ALL, METRIC_TEMPLATE),
  together(samples.FLAGGER.replace('stepWeight: 20', 'stepWeights: [5, 20]'), METRIC_TEMPLATE),
  together(older(samples.FLAGGER), ...ALL, WITH_SECRET),
  together(samples.FLAGGER_MATCH, ...ALL),
  together(newer(samples.FLAGGER_MATCH), ...ALL),
  together(samples.FLAGGER_MATCH.replace('exact: alice', 'regex: alice'), ...ALL),
  together(samples.FLAGGER_BLUE_GREEN, METRIC_TEMPLATE),
];

const SOURCES: readonly Source[] = [
  {
    name: 'Kruise v1beta1',
    schema: kruiseV1beta1,
    kind: 'Rollout',
    sets: [together(samples.KRUISE_BETA, ...ALL), together(samples.KRUISE_BLUE_GREEN, ...ALL)],
  },
  { name: 'Kruise v1alpha1', schema: kruiseV1alpha1, kind: 'Rollout', sets: [together(samples.KRUISE_ALPHA, ...ALL)] },
  { name: 'Canary', schema: flaggerCanary, kind: 'Canary', sets: FLAGGER_SETS },
  { name: 'MetricTemplate', schema: metricTemplate, kind: 'MetricTemplate', sets: FLAGGER_SETS.slice(0, 4) },
  {
    name: 'Deployment',
    schema: deploymentSpec,
    kind: 'Deployment',
    sets: [together(...ALL), together(samples.KRUISE_BETA, ...ALL)],
  },
];

/** All that a person gets to see. */
function shown(objects: readonly InputObject[]): string {
  const conversion = converted(objects, { copyTemplate: objects.some(({ kind }) => kind === 'Deployment') });
  return JSON.stringify([conversion.sheets, conversion.refusals]);
}

function words(objects: readonly InputObject[]): readonly string[] {
  const conversion = converted(objects);
  return [...commentsOf(conversion), ...refusalsOf(conversion)];
}

describe.each(SOURCES)('$name', ({ schema, kind, sets }) => {
  test.each(sets.map((set, index) => ({ set, index })))('the sample $index is accepted as a whole', ({ set }) => {
    const conversion = converted(set);
    expect(refusalsOf(conversion)).toEqual([]);
    expect(problemsOf(conversion, set)).toEqual([]);
  });

  const fields = fieldsOf(schema);

  test.each(fields.filter((field) => fateOf(field.schema) === undefined))('$path is translated', (field) => {
    const attempts = sets.flatMap((set) => changesOf(set, kind, field).map((one) => ({ before: set, after: one.set })));
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.some(({ before, after }) => shown(after) !== shown(before))).toBe(true);
  });

  test.each(fields.filter((field) => fateOf(field.schema) !== undefined))('$path is not silently dropped', (field) => {
    const attempts = sets.flatMap((set) => changesOf(set, kind, field));
    expect(attempts.length).toBeGreaterThan(0);
    for (const { set, path } of attempts) expect(words(set).join('\n')).toContain(path);
  });

  test('a field that the schema does not have is refused', () => {
    const [set = []] = sets;
    const after = set.map((one) => (one.kind === kind ? { ...one, spec: { ...one.spec, novelty: 1 } } : one));
    expect(words(after)).toContainEqual(expect.stringMatching(/ spec\.novelty: convert does not know this field$/));
  });
});

/** The set with another value of the field in its object of the kind. */
function changesOf(
  set: readonly InputObject[],
  kind: string,
  field: Field,
): readonly { readonly set: readonly InputObject[]; readonly path: string }[] {
  const source = set.find((one) => one.kind === kind && one.apiVersion !== 'argoproj.io/v1alpha1');
  if (source === undefined) return [];
  return changed(source, field).map(({ object, path }) => ({
    set: set.map((one) => (one === source ? object : one)),
    path,
  }));
}
