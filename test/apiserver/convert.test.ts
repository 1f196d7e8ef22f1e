/**
 * What `convert` prints is applied beside the running Deployment, takes its pods over, and releases a version: the
 * manifests of Kruise Rollouts and the Canary of docs/migrating.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { run } from '../../src/cli/run.ts';
import { recordedTerminal } from '../cli/recorded-terminal.ts';
import { FLAGGER_CANARY, KRUISE_V1ALPHA1, KRUISE_V1BETA1 } from '../convert/manifests.ts';
import { allowJobs, applyTemplates } from './analysis-examples.ts';
import { promote } from './commands.ts';
import { OutsideWorld } from './outside-world.ts';
import { test, type Session } from './session.ts';

const OLD = 'cilium/echoserver:1.10.2';
const NEW = 'cilium/echoserver:1.10.3';
const DEPLOYMENT = 'examples/echoserver.yaml';

/** The objects that the command prints for a manifest and the Deployment that it is about. */
async function convert(manifest: string, code: number): Promise<readonly object[]> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-convert-'));
  try {
    const file = join(folder, 'input.yaml');
    await writeFile(file, manifest);
    const terminal = recordedTerminal();
    expect({ code: await run(['convert', '-f', file, '-f', DEPLOYMENT], terminal), err: terminal.err() }).toMatchObject(
      { code },
    );
    return parseAllDocuments(terminal.out()).map((document) => document.toJS() as object);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The Deployment runs; then what was printed takes it over. */
async function takeOver(session: Session, name: string, objects: readonly object[]): Promise<void> {
  await session.applyExamples('echoserver.yaml');
  await session.apply(...objects);
  await session.until(name, { phase: 'Healthy', stableImage: OLD, stableService: OLD, sizes: `${OLD}=5` });
}

function release(session: Session): Promise<string> {
  return session.kubectl('set', 'image', 'deployment/echoserver', `echoserver=${NEW}`);
}

describe('a Kruise Rollout', () => {
  test('of v1alpha1 takes the Deployment over and releases', async ({ session }) => {
    await takeOver(session, 'rollouts-demo-1', await convert(KRUISE_V1ALPHA1, 0));
    await release(session);
    // A fifth of the five pods, and 5 % of the requests.
    await session.until('rollouts-demo-1', { phase: 'Paused', weight: 5, canary: 1, stable: 5, canaryService: NEW });
    await promote(session, 'rollouts-demo-1');
    await session.until('rollouts-demo-1', { phase: 'Healthy', stableImage: NEW, stableService: NEW, weight: 0 });
  });

  test('of v1beta1 takes the Deployment over, and releases for testers first', async ({ session }) => {
    await takeOver(session, 'echoserver', await convert(KRUISE_V1BETA1, 0));
    await release(session);
    await session.until('echoserver', { phase: 'Paused', index: 2, weight: 0, canary: 1, stable: 5 });
    const { metadata } = await session.get('ingresses', 'echoserver-echoserver-canary');
    expect(metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/canary-by-header': 'user-agent',
      'nginx.ingress.kubernetes.io/canary-by-header-value': 'pc',
    });
    await promote(session, 'echoserver');
    await session.until('echoserver', { phase: 'Paused', index: 6, weight: 50, canary: 3 });
    const later = await session.get('ingresses', 'echoserver-echoserver-canary');
    expect(later.metadata.annotations).not.toHaveProperty(['nginx.ingress.kubernetes.io/canary-by-header']);
    // The pause of a minute need not be waited for.
    await promote(session, 'echoserver');
    await session.until('echoserver', { phase: 'Healthy', stableImage: NEW, stableService: NEW, weight: 0 });
  });
});

describe('a Canary of Flagger', () => {
  test('takes the Deployment over, and releases through its gates and measurements', async ({ session }) => {
    const gates = { mayPromote: false };
    await using world = await OutsideWorld.open(({ path, body }) => answer({ path, body, ...gates }));
    const here = FLAGGER_CANARY.replaceAll(
      /http:\/\/(?:gate\.example\.test|tester\.example\.test|prometheus\.monitoring:9090)/g,
      world.url,
    ).replaceAll(/interval: (?:1m|30s)/g, 'interval: 1s');
    await allowJobs(session);
    await applyTemplates(session, 'deploy/analysis-templates/ingress-nginx');
    // Every step lasts ten seconds at least, in Flagger as well.
    const objects = JSON.parse(
      JSON.stringify(await convert(here, 3)).replaceAll('"duration":"10s"', '"duration":"1s"'),
    ) as object[];
    await takeOver(session, 'echoserver', objects);
    await release(session);
    await session.until('echoserver', { index: 14, weight: 50 });
    for (const path of ['/may-start', '/', '/may-promote']) await world.untilAsked(path);
    gates.mayPromote = true;
    await session.until('echoserver', { phase: 'Healthy', stableImage: NEW, weight: 0 });
    const runs = await session.list('analysisruns');
    expect(runs.map(({ status }) => status?.phase)).not.toContain('Error');
    expect(world.paths).toContain('/api/v1/query');
  });
});

interface Asked {
  readonly path: string;
  readonly body: string;
  readonly mayPromote: boolean;
}

/** Gates that are open, but for one, and a Prometheus in which all is well. */
function answer({ path, body, mayPromote }: Asked): { readonly status?: number; readonly body?: string } {
  if (path === '/may-promote') return { status: mayPromote ? 200 : 403 };
  if (path !== '/api/v1/query') return {};
  const query = new URLSearchParams(body).get('query') ?? '';
  const sample = query.includes('histogram_quantile') || query.includes('checkout_errors_total') ? '0.1' : '1';
  const result = [{ metric: {}, value: [1_767_323_045, sample] }];
  return { body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
}
