/** What `lint` finds in manifests, and that it finds nothing where nothing is wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { customResourceDefinitions } from '../../../src/api/definitions/custom-resources.ts';
import { SNAPSHOTS } from '../../../src/api/definitions/snapshots.ts';
import type { CelRule } from '../../../src/api/schema/fields.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { PROBLEMS } from '../../../src/api/words/problems.ts';
import { lint, type LintResult } from '../../../src/cli/lint/lint.ts';
import type { Json, JsonObject } from '../../../src/kube/json.ts';
import { REFUSED_ROLLOUTS } from '../../api/refused-rollouts.ts';
import { canary, nginxCanary, rollout } from '../../api/sample-rollout.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const TEMPLATES = join(import.meta.dirname, '../../../deploy/analysis-templates');

function linted(...texts: readonly string[]): LintResult {
  return lint(
    texts.map((text, index) => ({ file: `${index + 1}.yaml`, text })),
    'default',
  );
}

/** Without what is only not among the manifests. */
function problemsIn(...texts: readonly string[]): readonly string[] {
  const { findings } = linted(...texts);
  return findings.flatMap(({ severity, line, column, message }) =>
    severity === 'problem' ? [`${line}:${column}: ${message}`] : [],
  );
}

function manifest(object: Rollout, change: JsonObject = {}): string {
  return stringify({ ...object, metadata: { name: 'web' }, ...change });
}

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file));
}

describe('no false alarm', () => {
  test.each(
    [...yamlFiles(EXAMPLES), ...yamlFiles(TEMPLATES)].map((file) => [file.split('/').slice(-3).join('/'), file]),
  )('%s', (_name, file) => {
    expect(problemsIn(readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('all that the demo consists of refers to what is there', () => {
    const files = ['rollout', 'services', 'ingress'].map((part) => join(EXAMPLES, `canary-demo-${part}.yaml`));
    expect(linted(...files.map((file) => readFileSync(file, 'utf8')))).toEqual({ findings: [], checked: 1 });
  });

  test.each([rollout(), canary({}), nginxCanary()])('a Rollout that the API server stores', (one) => {
    expect(problemsIn(manifest(one))).toEqual([]);
  });

  test('what the API server removes or reads otherwise: null, yes and no, merged maps, another Rollout', () => {
    const text = `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, labels: &labels {app: web}}
spec:
  replicas:
  paused: no
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: {<<: *labels, tier: front}}
    spec: {containers: [{name: web, image: "web:1", env: }]}
  strategy: {canary: {steps: }}
---
apiVersion: rollouts.kruise.io/v1beta1
kind: Rollout
metadata: {name: 7}
spec: {anything: true}
---
`;
    expect(linted(text)).toEqual({ findings: [], checked: 1 });
  });
});

describe('what the API server refuses by its rules is found without it', () => {
  test.each(REFUSED_ROLLOUTS)('$name', ({ object }) => {
    expect(problemsIn(manifest(object))).not.toEqual([]);
  });

  test('every rule in CEL is broken by one of them, so that validation has each of them', () => {
    for (const object of Object.values(IN_OTHER_WORDS)) expect(problemsIn(manifest(object))).not.toEqual([]);
    const found = [
      ...REFUSED_ROLLOUTS.map(({ object }) => object),
      ...NGINX_NAMES.map((nginx) => nginxCanary({ trafficRouting: { nginx } })),
    ]
      .flatMap((object) => problemsIn(manifest(object)))
      .join('\n');
    const rules = rulesIn(customResourceDefinitions(SNAPSHOTS));
    // Only the API server knows what the selector was before.
    const offline = rules.filter(({ rule }) => !rule.includes('oldSelf'));
    expect(offline.length).toBeGreaterThan(30);
    const untold = offline.filter(({ message }) => !found.includes(shared(message)) && !(message in IN_OTHER_WORDS));
    expect(untold.map(({ message }) => message)).toEqual([]);
  });
});

/** The controller says of such a pause that it cannot be read. */
const IN_OTHER_WORDS: Readonly<Record<string, Rollout>> = {
  [PROBLEMS.pauseTooLong]: canary({ steps: [{ pause: { duration: '600000h' } }] }),
};

/** What only the check of references looks at. */
const NGINX_NAMES = [{}, { stableIngress: 'web', stableIngresses: ['other'] }];

/** The words of a rule that validation has as well: it names the field by its path, and says the number itself. */
function shared(message: string): string {
  return message
    .replace(/^SetWeight needs to be between 0 and .*/, 'SetWeight needs to be between 0 and')
    .replace(/^(label \S+ |a label of \S+ |progressDeadlineSeconds )/, '');
}

function rulesIn(json: Json | undefined): readonly CelRule[] {
  if (Array.isArray(json)) return (json as readonly Json[]).flatMap(rulesIn);
  if (typeof json !== 'object' || json === null) return [];
  const { 'x-kubernetes-validations': own = [], ...rest } = json as JsonObject;
  return [...(own as unknown as readonly CelRule[]), ...Object.values(rest).flatMap(rulesIn)];
}

const WRONG = `# Source: demo/templates/rollout.yaml
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
spec:
  replicas: -3
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: webb}}
    spec:
      serviceAcountName: x
      containers:
        - name: web
          image: web:1
          ports: [{containerPort: 80}, {containerPort: 80}]
  strategy:
    canary:
      maxSurge: -1
      canaryMetadata:
        labels:
          app: web-canary
      steps:
        - setWeight: 101
        - pause: {duration: -1}
        - setMirrorRoute: {name: a}
`;

describe('where and what', () => {
  test('every problem of a Rollout with its place', () => {
    expect(problemsIn(WRONG)).toEqual([
      '8:3: key "replicas" stands twice in this map',
      '11:16: spec.template.metadata.labels: Invalid value: {"app":"webb"}: `selector` does not match template `labels`',
      '13:7: unknown field "spec.template.spec.serviceAcountName", did you mean serviceAccountName?',
      '17:40: spec.template.spec.containers[0].ports[1]: Duplicate value',
      '20:7: spec.strategy.canary.maxSurge: Invalid value: -1: must be greater than or equal to 0',
      '23:11: spec.strategy.canary.canaryMetadata.labels[app]: Invalid value: "web-canary": must not conflict with spec.selector',
      '25:11: spec.strategy.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100',
      '26:19: spec.strategy.canary.steps[1].pause.duration: Invalid value: -1: must be greater than or equal to 0',
      '27:11: spec.strategy.steps[2].setMirrorRoute: Invalid value: {"name":"a"}: SetMirrorRoute requires TrafficRouting, supports Istio and plugins',
      '27:11: spec.strategy.canary.steps[2].setMirrorRoute: Forbidden: setMirrorRoute needs gatewayAPI as the only router: of the routers that Serin has, no other mirrors requests',
    ]);
    expect(linted(WRONG).findings[0]).toMatchObject({
      file: '1.yaml',
      kind: 'Rollout',
      name: 'web',
      origin: 'demo/templates/rollout.yaml',
    });
  });

  test('the same in a List of JSON, several lines long', () => {
    const one = { ...canary({ maxSurge: -1 }), metadata: { name: 'web' } };
    const text = JSON.stringify(
      { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod' }, one] },
      null,
      '\t',
    );
    const line = text.split('\n').findIndex((row) => row.includes('"maxSurge"')) + 1;
    expect(problemsIn(text)).toEqual([
      expect.stringMatching(new RegExp(`^${line}:\\d+: spec.strategy.canary.maxSurge: `)),
    ]);
  });

  test('text that is no YAML', () => {
    expect(problemsIn('apiVersion: v1\nkind: [\n')).toEqual([expect.stringMatching(/^\d:\d+: cannot be read: /)]);
  });

  test.each([
    [
      'a number as a label',
      { metadata: { name: 'web', labels: { version: 1.5 } } },
      'metadata.labels.version: Invalid value: 1.5: must be text',
    ],
    [
      'a misspelt field of the metadata',
      { metadata: { name: 'web', lables: {} } },
      'unknown field "metadata.lables", did you mean labels?',
    ],
    ['no metadata', { metadata: null }, 'metadata: Required value'],
    ['no spec', { spec: null }, 'spec: Required value'],
    ['a field beside the spec', { replicas: 3 }, 'unknown field "replicas"'],
  ] satisfies readonly (readonly [string, JsonObject, string])[])('%s', (_name, change, problem) => {
    expect(problemsIn(manifest(rollout(), change)).join('\n')).toContain(problem);
  });
});
