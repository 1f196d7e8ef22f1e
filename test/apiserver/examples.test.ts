/** Every example is applied as a user would, and brought to Healthy; our own ones are updated and promoted, too. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, inject } from 'vitest';
import { runKubectl } from '../testbed/cluster/kubectl.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { promote } from './commands.ts';
import { test } from './session.ts';

const BLUE = 'argoproj/rollouts-demo:blue';
const YELLOW = 'argoproj/rollouts-demo:yellow';

interface Example {
  readonly rollout: string;
  readonly files: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  { rollout: 'web', files: ['basic-canary.yaml'] },
  { rollout: 'bluegreen-demo', files: ['bluegreen-demo.yaml'] },
  {
    rollout: 'canary-demo',
    files: ['canary-demo-services.yaml', 'canary-demo-ingress.yaml', 'canary-demo-rollout.yaml'],
  },
  {
    rollout: 'canary-demo',
    files: ['canary-demo-services.yaml', 'canary-demo-ingress.yaml', 'canary-demo-rollout-green.yaml'],
  },
  { rollout: 'echoserver', files: ['echoserver.yaml', 'echoserver-rollout.yaml'] },
  { rollout: 'search', files: ['dynamic-stable-scale.yaml'] },
  { rollout: 'user-profile', files: ['header-only.yaml'] },
  { rollout: 'shop', files: ['header-route.yaml'] },
  { rollout: 'rollouts-demo', files: ['rollouts-demo.yaml'] },
];
/** Rendered by kustomize, into a namespace that it names itself. */
const KUSTOMIZE = { folder: 'kustomize', namespace: 'ics', rollout: 'rollouts-demo' };

/** A program; `test/apiserver/demo*.test.ts` run it. */
const DEMO = 'demo';
/** `gates.test.ts`, `from-flagger.test.ts` and `first-analysis.test.ts` apply and play what is in it. */
const ANALYSIS = 'analysis';

test('none is left out', async () => {
  const present = (await readdir(join(REPOSITORY, 'examples'))).filter((one) => one !== DEMO && one !== ANALYSIS);
  const known = new Set([...EXAMPLES.flatMap(({ files }) => files), KUSTOMIZE.folder]);
  expect(present.toSorted()).toEqual([...known].toSorted());
});

test.for(EXAMPLES.map((one) => ({ ...one, file: one.files.at(-1) })))(
  '$file becomes Healthy',
  async (example, { session }) => {
    const { rollout, files } = example;
    await session.applyExamples(...files);
    const { canary, canaryAvailable } = await session.until(rollout, { phase: 'Healthy', message: '' });
    expect(canaryAvailable).toBe(canary);
  },
);

describe('kustomize', () => {
  const kubectl = async (...args: string[]): Promise<string> => {
    const access = inject('sharedCluster');
    const options = { home: access.home, cwd: REPOSITORY };
    const { code, stdout, stderr } = await runKubectl(
      access.kubectl,
      [`--kubeconfig=${access.kubeconfig}`, ...args],
      options,
    );
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  afterAll(() => kubectl('delete', 'namespace', KUSTOMIZE.namespace, '--ignore-not-found', '--wait=false'));

  test('becomes Healthy with the image of the overlay', async () => {
    const { folder, namespace, rollout } = KUSTOMIZE;
    await kubectl('create', 'namespace', namespace);
    await kubectl('apply', '-k', join('examples', folder));
    await kubectl(
      'wait',
      `rollout/${rollout}`,
      `--namespace=${namespace}`,
      '--for=jsonpath={.status.phase}=Healthy',
      '--timeout=120s',
    );
    const images = await kubectl(
      'get',
      'pods',
      `--namespace=${namespace}`,
      '-o',
      'jsonpath={.items[*].spec.containers[*].image}',
    );
    expect(images.split(' ')).toEqual([YELLOW, YELLOW]);
  });
});

/** Changes the image of the only container, as `kubectl edit` would. */
const setImage = (rollout: string): string[] => [
  'patch',
  'rollout',
  rollout,
  '--type=json',
  '-p',
  JSON.stringify([
    {
      op: 'replace',
      path: '/spec/template/spec/containers/0/image',
      value: YELLOW,
    },
  ]),
];

test('bluegreen-demo: the new one is looked at, and takes over when a person says so', async ({ session }) => {
  await session.applyExamples('bluegreen-demo.yaml');
  await session.until('bluegreen-demo', { phase: 'Healthy', active: BLUE, preview: BLUE });
  await session.kubectl(...setImage('bluegreen-demo'));
  await session.until('bluegreen-demo', {
    phase: 'Paused',
    message: 'BlueGreenPause',
    sizes: `${BLUE}=3 ${YELLOW}=3`,
    active: BLUE,
    preview: YELLOW,
  });
  await promote(session, 'bluegreen-demo');
  await session.until('bluegreen-demo', { phase: 'Healthy', stableImage: YELLOW, active: YELLOW, preview: YELLOW });
  await session.until('bluegreen-demo', { phase: 'Healthy', sizes: `${YELLOW}=3`, pods: 3 });
});

describe('an update of our own ones', () => {
  test('basic-canary: one pod of five, three of five, all', async ({ session }) => {
    await session.applyExamples('basic-canary.yaml');
    await session.until('web', { phase: 'Healthy', stableService: BLUE });
    await session.kubectl(...setImage('web'));
    await session.until('web', { phase: 'Paused', index: 1, sizes: `${BLUE}=4 ${YELLOW}=1`, canaryService: YELLOW });
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, sizes: `${BLUE}=2 ${YELLOW}=3` });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', index: 4, sizes: `${YELLOW}=5`, stableService: YELLOW });
  });

  test('header-route: testers first, then a weight', async ({ session }) => {
    const annotations = async (): Promise<object> =>
      (await session.get('ingresses', 'shop-shop-canary')).metadata.annotations ?? {};
    const prefix = 'nginx.ingress.kubernetes.io';
    await session.applyExamples('header-route.yaml');
    await session.until('shop', { phase: 'Healthy', weight: 0 });
    await session.kubectl(...setImage('shop'));
    await session.until('shop', { phase: 'Paused', index: 2, canary: 1, canaryService: YELLOW, weight: 0 });
    expect(await annotations()).toEqual({
      [`${prefix}/canary`]: 'true',
      [`${prefix}/canary-weight`]: '0',
      [`${prefix}/canary-by-header`]: 'X-Tester',
      [`${prefix}/canary-by-header-pattern`]: '^(alice|bob)$',
    });
    await promote(session, 'shop');
    await session.until('shop', { phase: 'Paused', index: 6, canary: 2, weight: 50 });
    expect(await annotations()).toEqual({ [`${prefix}/canary`]: 'true', [`${prefix}/canary-weight`]: '50' });
    await promote(session, 'shop');
    await session.until('shop', { phase: 'Healthy', index: 7, stableService: YELLOW, weight: 0 });
  });

  test('dynamic-stable-scale: five pods at most, and the stable ones give way', async ({ session }) => {
    await session.applyExamples('dynamic-stable-scale.yaml');
    await session.until('search', { phase: 'Healthy', stable: 4 });
    await session.kubectl(...setImage('search'));
    await session.until('search', { phase: 'Paused', index: 1, weight: 25, sizes: `${BLUE}=3 ${YELLOW}=1` });
    await promote(session, 'search');
    await session.until('search', { phase: 'Paused', index: 3, weight: 75, sizes: `${BLUE}=1 ${YELLOW}=3` });
    await promote(session, 'search');
    await session.until('search', { phase: 'Healthy', index: 4, weight: 0, sizes: `${YELLOW}=4` });
  });
});
