/** Where docs/migrating.md and examples/ show what a manifest becomes, the command gives the same. */
import { describe, expect, test } from 'vitest';
import type { InputObject } from '../../src/convert/input.ts';
import { converted, manifests, manifestsIn, objectOf, problemsOf, refusalsOf } from './converted.ts';
import { FLAGGER_CANARY, KRUISE_V1ALPHA1, KRUISE_V1BETA1 } from './manifests.ts';

const ECHOSERVER = manifestsIn('examples/echoserver.yaml');

function ofKind(objects: readonly InputObject[], kind: string, name?: string): InputObject {
  const found = objects.find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ''}`);
  return found;
}

test('the Deployment of the page becomes the Rollout and the Service of examples/echoserver-rollout.yaml', () => {
  const conversion = converted(ECHOSERVER);
  const shown = manifestsIn('examples/echoserver-rollout.yaml');
  expect(objectOf(conversion, 'Rollout')['spec']).toEqual(ofKind(shown, 'Rollout').spec);
  expect(objectOf(conversion, 'Service')).toEqual(ofKind(shown, 'Service'));
  expect(conversion.sheets).toHaveLength(2);
});

test('the steps of Kruise become those beside them', () => {
  const kruise = `
apiVersion: rollouts.kruise.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec:
  objectRef: { workloadRef: { apiVersion: apps/v1, kind: Deployment, name: echoserver } }
  strategy:
    canary:
      trafficRoutings: [{ service: echoserver, type: nginx, ingress: { name: echoserver } }]
      steps:
        - { weight: 20, replicas: 1, pause: {} }
        - { weight: 60, pause: { duration: 60 } }
`;
  const rollout = objectOf(converted([...manifests(kruise), ...ECHOSERVER]), 'Rollout');
  expect(rollout['spec']).toMatchObject({
    strategy: {
      canary: {
        steps: [
          { setCanaryScale: { replicas: 1 } },
          { setWeight: 20 },
          { pause: {} },
          { setCanaryScale: { matchTrafficWeight: true } },
          { setWeight: 60 },
          { pause: { duration: 60 } },
        ],
      },
    },
  });
});

test.each([KRUISE_V1ALPHA1, KRUISE_V1BETA1])('a tutorial of Kruise is converted without a question', (text) => {
  const objects = [...manifests(text), ...ECHOSERVER];
  const conversion = converted(objects);
  expect(refusalsOf(conversion)).toEqual([]);
  expect(problemsOf(conversion, objects)).toEqual([]);
  expect(conversion.sheets.flatMap(({ comments }) => comments.filter(({ decide }) => decide))).toEqual([]);
});

interface Analysis {
  readonly templates: readonly { readonly templateName: string }[];
  readonly args?: readonly { readonly name: string }[];
}

interface Canary {
  readonly analysis: Analysis;
  readonly steps: readonly { readonly analysis?: Analysis }[];
}

function canaryOf({ spec }: { readonly spec?: object }): Canary {
  return (spec as { readonly strategy: { readonly canary: Canary } }).strategy.canary;
}

describe('the Canary of the page', () => {
  const shown = manifestsIn('examples/analysis/from-flagger.yaml');
  const autoscaler = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: echoserver }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: echoserver }
  minReplicas: 5
  maxReplicas: 10
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]
`;
  const objects = [...manifests(FLAGGER_CANARY), ...ECHOSERVER, ...manifests(autoscaler)];
  const conversion = converted(objects);
  const example = ofKind(shown, 'Rollout');
  const rollout = objectOf(conversion, 'Rollout') as unknown as InputObject;

  test('is valid, and nothing is refused', () => {
    expect(refusalsOf(conversion)).toEqual([]);
    expect(problemsOf(conversion, objects)).toEqual([]);
    expect(conversion.unused).toEqual([]);
  });

  test('becomes the Rollout of the example but for the analyses', () => {
    const bare = (one: InputObject) => {
      const { analysis: _background, steps, ...canary } = canaryOf(one) as Canary & object;
      return { ...one.spec, strategy: { canary: { ...canary, steps: steps.map((step) => Object.keys(step)) } } };
    };
    expect(bare(rollout)).toEqual(bare(example));
    const simple = (one: InputObject) => canaryOf(one).steps.filter((step) => step.analysis === undefined);
    expect(simple(rollout)).toEqual(simple(example));
  });

  // The example shares the templates of gates.yaml for these two hooks; the command makes one for each, which has the
  // metadata of the hook.
  const NAMES: Readonly<Record<string, string>> = { 'smoke-test': 'echoserver-smoke', 'load-test': 'echoserver-load' };
  const OF_LOAD_TEST = ['load-url', 'target'];

  test('asks the same gates at the same places', () => {
    const analyses = (one: InputObject) => canaryOf(one).steps.flatMap(({ analysis }) => analysis ?? []);
    const expected = analyses(example).map((one) =>
      one.templates[0]?.templateName === 'smoke-test' ? { templates: [{ templateName: NAMES['smoke-test'] }] } : one,
    );
    expect(analyses(rollout)).toEqual(expected);
  });

  test('measures the same with the same limits', () => {
    const { args: given = [], templates, ...rest } = canaryOf(rollout).analysis;
    const { args = [], templates: shared, ...others } = canaryOf(example).analysis;
    const byName = (list: readonly { readonly name: string }[]) => list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(rest).toEqual(others);
    expect(byName(given)).toEqual(byName(args.filter(({ name }) => !OF_LOAD_TEST.includes(name))));
    expect(templates).toEqual(
      shared.map((one) => ({ ...one, templateName: NAMES[one.templateName] ?? one.templateName })),
    );
  });

  test('has the template of checkout-errors, with the query as it was', () => {
    // A person has added `or vector(0)` to the example's query, and sorted the arguments.
    const metricOf = (one: { readonly spec?: object }) => {
      const { metrics } = one.spec as {
        readonly metrics: readonly { readonly provider: { readonly prometheus: object } }[];
      };
      const { provider, ...metric } = metrics[0] ?? { provider: { prometheus: {} } };
      return { ...metric, provider: { ...provider.prometheus, query: 'the query' } };
    };
    const own = objectOf(conversion, 'AnalysisTemplate', 'checkout-errors') as unknown as InputObject;
    expect(metricOf(own)).toEqual(metricOf(ofKind(shown, 'AnalysisTemplate')));
    const text = JSON.stringify(own);
    expect(text).toContain(String.raw`pod=~\"{{args.rollout}}-{{args.hash}}-.*\"}[{{args.window}}]`);
    expect(text).not.toMatch(/\{\{ /);
  });

  test('has the gate of examples/analysis/gates.yaml', () => {
    const gates = manifestsIn('examples/analysis/gates.yaml');
    expect(objectOf(conversion, 'AnalysisTemplate', 'gate')).toEqual(ofKind(gates, 'AnalysisTemplate', 'gate'));
  });

  test.each(['HorizontalPodAutoscaler', 'Service'])('has the %s of the example', (kind) => {
    expect(objectOf(conversion, kind)).toEqual(ofKind(shown, kind));
  });
});
