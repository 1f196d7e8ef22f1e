/**
 * What docs/tools.md says of kubectl: every command of its table that cannot work on a custom resource fails, what
 * stands beside it works, and its lines for scripts wait for the edit that was just made.
 */
import { readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { patchStatus } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { test, type Session } from './session.ts';

const CANARY = { steps: [{ setWeight: 50 }, { pause: { duration: '1s' } }], scaleDownDelaySeconds: 1 };
const OTHER_CONTROLLER = { 'argo-rollouts.argoproj.io/controller-instance-id': 'nobody' };

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** As a person's shell, with kubectl pointing at the session's namespace. */
function shell(session: Session, script: string): Promise<Ended> {
  const { kubectl, kubeconfig, home } = inject('sharedCluster');
  const prelude = `set -e; kubectl() { "$KUBECTL" --namespace="$NAMESPACE" "$@"; }`;
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${prelude}\n${script}`], {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        KUBECTL: kubectl,
        KUBECONFIG: kubeconfig,
        NAMESPACE: session.namespace,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function section(heading: string): Promise<string> {
  const text = await readFile(join(REPOSITORY, 'docs', 'tools.md'), 'utf8');
  const found = text.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`docs/tools.md has no section "${heading}"`);
  return found;
}

/** The commands in backticks of one cell. */
function commandsOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`(kubectl [^`]+)`/g)].map(([, command = '']) => command.replaceAll(String.raw`\|`, '|'));
}

describe('commands that know built-in kinds alone', () => {
  test('fail, and what docs/tools.md has in their place works', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ replicas: 2, canary: CANARY }));
    await session.until('web', { phase: 'Healthy' });
    const rows = (await section('kubectl'))
      .split('\n')
      .filter((line) => line.startsWith('| `kubectl '))
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, 3)
          .map(commandsOf),
      );
    expect(rows.length).toBeGreaterThan(5);
    for (const [refused = [], instead = []] of rows) {
      for (const command of refused) {
        const { code, output } = await shell(session, command);
        expect({ command, code, output }).toMatchObject({
          code: 1,
          output: expect.stringContaining('no kind "Rollout" is registered') as string,
        });
      }
      for (const command of instead) {
        const { code, output } = await shell(session, command);
        expect({ command, output, code }).toMatchObject({ code: 0 });
      }
    }
    // What stands in the place of `set image` has started a release.
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
  });
});

describe('kubectl wait', () => {
  test('takes a condition of the old spec for one of the new: only a number is compared', async ({ session }) => {
    const rollout = basicRollout();
    const unattended = { ...rollout, metadata: { ...rollout.metadata, labels: OTHER_CONTROLLER } };
    const healthy = { type: 'Healthy', status: 'True', reason: 'RolloutHealthy', message: 'Rollout is healthy' };
    const status = (observedGeneration: string) =>
      patchStatus(session, 'web', { observedGeneration, conditions: [healthy] });
    await session.apply(unattended);
    await status('1');
    await session.apply({ ...unattended, spec: basicRollout({ image: 'web:2' }).spec });
    expect((await session.get('rollouts', 'web')).metadata.generation).toBe(2);
    const wait = (what: string, seconds: number) =>
      session.tryKubectl(['wait', 'rollout/web', `--for=${what}`, `--timeout=${seconds}s`]);
    expect(await wait('condition=Healthy', 60)).toMatchObject({ code: 0 });
    expect(await wait('jsonpath={.status.observedGeneration}=2', 1)).toMatchObject({ code: 1 });
    await status('2');
    expect(await wait('jsonpath={.status.observedGeneration}=2', 60)).toMatchObject({ code: 0 });
  });

  test('the lines of docs/tools.md end when the edit before them is Healthy', async ({ session }) => {
    const [, lines = ''] = /```sh\n(.*?)```/s.exec(await section('Waiting in scripts')) ?? [];
    expect(lines.match(/kubectl wait/g)).toHaveLength(2);
    await session.apply(...routing(), routedRollout({ canary: CANARY }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
    expect(await shell(session, lines)).toMatchObject({ code: 0 });
    expect(await session.look('web')).toMatchObject({ phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2' });
  });
});

describe('replicas that a file does not hold any more', () => {
  const without = () => {
    const { replicas: _replicas, ...spec } = basicRollout().spec;
    return { ...basicRollout(), spec };
  };

  test('become 1, as with a Deployment', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 3 }));
    await session.apply(without());
    expect((await session.get('rollouts', 'web')).spec.replicas).toBe(1);
  });

  test('stay when kubectl was told first that they were never in it', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 3 }));
    const told = await session.tryKubectl(['apply', 'set-last-applied', '-f', '-'], JSON.stringify(without()));
    expect(told).toMatchObject({ code: 0 });
    await session.apply(without());
    expect((await session.get('rollouts', 'web')).spec.replicas).toBe(3);
  });
});
