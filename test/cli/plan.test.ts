/** `plan` without a cluster: what it prints, and what it refuses. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { ReleasePlan } from '../../src/planning/release.ts';
import { recordedTerminal } from './recorded-terminal.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const at = (file: string): string => join(EXAMPLES, file);
const CANARY_DEMO = [
  '-f',
  at('canary-demo-rollout-green.yaml'),
  '--offline',
  ...['services', 'ingress', 'rollout'].flatMap((part) => ['--from', at(`canary-demo-${part}.yaml`)]),
];

async function plan(args: readonly string[], stdin = '') {
  const terminal = recordedTerminal({ readStdin: () => Promise.resolve(stdin) });
  const code = await run(['plan', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('what is printed', () => {
  test('a table of at most 100 columns, with the writes below it', async () => {
    const { code, out, err } = await plan(CANARY_DEMO);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(out).toContain('Release:    revision 1 to revision 2 (Canary, 1 replica)');
    expect(out).toContain('Images:     argoproj/rollouts-demo:blue → argoproj/rollouts-demo:green');
    expect(out).toContain('At most:    2 pods, cpu 10m, memory 64Mi, at once');
    expect(out).toMatch(/^STEP +REV 1 +REV 2 +WEIGHT +EARLIEST +LATEST +WAITS FOR$/m);
    expect(out).toMatch(/^1 setWeight: 20 +1 +1 +20 +0s +9m58s +0 of 1 canary pods are available$/m);
    expect(out).toMatch(/^2 pause +1 +1 +20 +0s +9m58s \+P +a person who promotes$/m);
    expect(out).toMatch(/^stable, old pods leave +0 +1 +100 +1m32s +11m30s \+P$/m);
    expect(out).toMatch(
      /^ {2}Service canary-demo-canary\n {4}spec\.selector\.rollouts-pod-template-hash: \w+ → \w+ \(0s\)$/m,
    );
  });

  test('long steps, long waits and long values are wrapped', async () => {
    const args = [
      'gated',
      '-f',
      at('analysis'),
      '--offline',
      '--image',
      '*=registry.example.test/a/very/long/name/of/an/image:2',
    ];
    const { code, out } = await plan(args);
    expect(code).toBe(0);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(out).toContain('AnalysisRun (Step)');
  });

  test('markdown: a table, with nothing in it that markdown would read', async () => {
    const { out } = await plan([...CANARY_DEMO, '-o', 'markdown']);
    expect(out).toMatch(/^### Release of `default\/canary-demo`$/m);
    expect(out).toContain('| 1 setWeight: 20 | 1 | 1 | 20 | 0s | 9m58s | 0 of 1 canary pods are available |');
    expect(out).toContain(String.raw`metadata.annotations\[nginx.ingress.kubernetes.io/canary-weight\]: 0 → 20`);
  });

  test('json: a list with one plan for each Rollout of the files', async () => {
    const files = ['-f', at('rollouts-demo.yaml'), '-f', at('bluegreen-demo.yaml')];
    const { out } = await plan([...files, '--offline', '-o', 'json', '-n', 'shop', '--pod-start', '20s']);
    const plans = JSON.parse(out) as readonly ReleasePlan[];
    expect(plans).toMatchObject([
      { name: 'rollouts-demo', namespace: 'shop', kind: 'firstDeploy', longestStartMs: 20_000 },
      { name: 'bluegreen-demo', namespace: 'shop', kind: 'firstDeploy' },
    ]);
  });

  test('a list from stdin counts as its items', async () => {
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' }, spec: {} };
    const { code, out } = await plan(
      ['-f', '-', '--offline'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items: [rollout] }),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^Ends: +not at all: The Rollout "web" is invalid: /m);
  });
});

test.each([
  ['nothing to plan', [], 'plan needs the name of a rollout, or files with -f'],
  ['no cluster and no file', ['web', '--offline'], '--offline needs files with -f'],
  ['a former state beside that of the cluster', ['web', '--from', 'x.yaml'], '--from goes with --offline'],
  ['an image without a container', ['web', '--image', 'web:2'], '--image must be container=image, not "web:2"'],
  ['a revision that is no number', ['web', '--to-revision', 'last'], '--to-revision must be a whole number'],
  ['a way back and a new image', ['web', '--to-revision', '1', '--image', 'a=b'], '--to-revision excludes'],
  ['a file that is not there', ['-f', 'nowhere.yaml', '--offline'], 'nowhere.yaml cannot be read'],
  ['files without a Rollout', ['-f', at('canary-demo-services.yaml'), '--offline'], 'there is no rollout in the files'],
  [
    'a Rollout that is not in the files',
    ['web', '-f', at('rollouts-demo.yaml'), '--offline'],
    "rollout 'web' not found",
  ],
  [
    'a container that is not there',
    ['-f', at('rollouts-demo.yaml'), '--offline', '--image', 'web=web:2'],
    'unable to find container named "web"',
  ],
])('%s is refused', async (_, args, message) => {
  const { code, out, err } = await plan(args);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(message);
});
