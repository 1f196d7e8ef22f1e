/**
 * Helm 4 as it is, against a chart with a Rollout in it: what an upgrade by server-side apply meets, and what
 * docs/tools.md says instead. Helm is built when this file is the first to need it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { findOrBuildHelm } from '../testbed/cluster/helm-binary.ts';
import { runKubectl, type KubectlResult } from '../testbed/cluster/kubectl.ts';
import { blueGreenRollout, ingress, routedRollout, service, twoServices } from './manifests.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const SELECTOR_CONFLICT = 'conflict with "serin" using v1: .spec.selector';

/** Whether the Services of the chart have a selector. */
type Selectors = 'plain' | 'none';

const CANARY = { steps: [{ setWeight: 50 }, { pause: {} }], scaleDownDelaySeconds: 60 };

let helmPath: string;
let folder: string;

/** A template file of a chart: the objects, with the selectors of its Services and the values put in. */
function templateOf(objects: readonly object[], selectors: Selectors): string {
  return objects
    .map((object) => {
      const { kind, metadata } = object as { kind: string; metadata: { name: string } };
      if (kind !== 'Service') {
        return JSON.stringify(object, null, 2)
          .replace('"IMAGE"', '{{ .Values.image }}')
          .replace(/ *"replicas": 0,\n/, '{{- with .Values.replicas }}\n"replicas": {{ . }},\n{{- end }}\n');
      }
      const { ports } = (object as { spec: { ports: unknown } }).spec;
      const selector = selectors === 'plain' ? 'selector: {app: web}' : '';
      return `apiVersion: v1
kind: Service
metadata: {name: ${metadata.name}}
spec:
  ports: ${JSON.stringify(ports)}
  ${selector}`;
    })
    .join('\n---\n');
}

async function chart(name: string, objects: readonly object[], selectors: Selectors): Promise<string> {
  const path = await mkdtemp(join(folder, `${name}-${selectors}-`));
  await mkdir(join(path, 'templates'), { recursive: true });
  await writeFile(join(path, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await writeFile(join(path, 'values.yaml'), 'image: web:1\nreplicas: 2\n');
  await writeFile(join(path, 'templates', 'all.yaml'), templateOf(objects, selectors));
  return path;
}

const CANARY_OBJECTS = [
  service('web', 'web'),
  service('web-canary', 'web'),
  ingress('web'),
  routedRollout({ image: 'IMAGE', replicas: 0, canary: CANARY }),
];
const BLUE_GREEN_OBJECTS = [
  ...twoServices(),
  blueGreenRollout({ image: 'IMAGE', replicas: 0, blueGreen: { autoPromotionEnabled: false } }),
];

class Release {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** A failure is a result. */
  try(...args: readonly string[]): Promise<KubectlResult> {
    const { home, kubeconfig } = inject('sharedCluster');
    return runKubectl(helmPath, [...args, `--kubeconfig=${kubeconfig}`, `--namespace=${this.#session.namespace}`], {
      home,
    });
  }

  async run(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await this.try(...args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${stderr}`);
  }

  async install(path: string, ...flags: readonly string[]): Promise<void> {
    await this.run('install', 'web', path, ...flags);
    await this.#session.until('web', { phase: 'Healthy' });
  }

  /** What the server says against an upgrade; '' when it went through. */
  async refusal(path: string, ...flags: readonly string[]): Promise<string> {
    const { code, stderr } = await this.try('upgrade', 'web', path, ...flags);
    return code === 0 ? '' : stderr;
  }
}

const CLIENT_SIDE = '--server-side=false';
const WATCHED = ['rollouts', 'replicasets', 'services', 'ingresses', 'endpointslices'] as const;

/** How many ready pods the stable Service reached, in every moment of the recording. */
function reached(recording: Recording): Promise<readonly number[]> {
  return recording.moments('web', (_, { endpointSlices }) => readyEndpoints(endpointSlices, 'web'));
}

const image = (value: string) => `--set=image=${value}`;

beforeAll(async () => {
  helmPath = await findOrBuildHelm();
  folder = await mkdtemp(join(tmpdir(), 'serin-helm-'));
});
afterAll(() => rm(folder, { recursive: true }));

const PAUSED = { phase: 'Paused', index: 1, weight: 50, stableService: 'web:1', canaryService: 'web:2' } as const;

describe('the selectors of the Services', () => {
  test('a chart that has them: the upgrade is refused, and the release goes on all the same', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'plain');
    await release.install(path);
    expect(await release.refusal(path, image('web:2'))).toContain(SELECTOR_CONFLICT);
    // Helm sends the other objects before it reports what was refused.
    await session.until('web', PAUSED);
    expect(await release.refusal(path, image('web:2'))).toContain(SELECTOR_CONFLICT);
    const { stderr } = await release.try('rollback', 'web', '1');
    expect(stderr).toContain(SELECTOR_CONFLICT);
  });

  test('with --server-side=false, which Helm remembers, the hash stays and nothing is refused', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'plain');
    await release.install(path);
    await release.run('upgrade', 'web', path, image('web:2'), CLIENT_SIDE);
    await session.until('web', PAUSED);
    using recording = await Recording.start(session, ...WATCHED);
    await release.run('upgrade', 'web', path, image('web:2'));
    await session.settled();
    const moments = await recording.moments('web', ({ stableService, canaryService }) => [
      stableService,
      canaryService,
    ]);
    expect(moments).toEqual([['web:1', 'web:2']]);
  });

  test('with --force-conflicts the hash is lost and put back: no stable pod is left out and no step skipped', async ({
    session,
  }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'plain');
    await release.install(path);
    await release.run('upgrade', 'web', path, image('web:2'), '--force-conflicts');
    await session.until('web', PAUSED);
    using recording = await Recording.start(session, ...WATCHED);
    await release.run('upgrade', 'web', path, image('web:2'), '--force-conflicts');
    await session.until('web', PAUSED);
    await session.settled();
    const services = await recording.moments('web', ({ stableService }) => stableService);
    expect(services).toEqual(['web:1', '', 'web:1']);
    const others = await recording.moments('web', ({ index, weight, sizes }) => ({ index, weight, sizes }));
    expect(others).toHaveLength(1);
    expect(Math.min(...(await reached(recording)))).toBe(2);
  });

  test('a chart without them: nothing is refused and the hash stays, by force and in a rollback as well', async ({
    session,
  }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    await release.run('upgrade', 'web', path, image('web:2'));
    await session.until('web', PAUSED);
    using recording = await Recording.start(session, ...WATCHED);
    await release.run('upgrade', 'web', path, image('web:2'));
    await release.run('upgrade', 'web', path, image('web:2'), '--force-conflicts');
    await release.run('rollback', 'web', '2');
    await session.settled();
    const moments = await recording.moments('web', ({ stableService, canaryService }) => [
      stableService,
      canaryService,
    ]);
    expect(moments).toEqual([['web:1', 'web:2']]);
  });

  test('blue-green: without selectors in the chart the Services serve one revision each from the first moment', async ({
    session,
  }) => {
    const release = new Release(session);
    const path = await chart('blue-green', BLUE_GREEN_OBJECTS, 'none');
    await release.install(path);
    await session.until('web', { active: 'web:1', preview: 'web:1' });
    await release.run('upgrade', 'web', path, image('web:2'));
    await session.until('web', { phase: 'Paused', active: 'web:1', preview: 'web:2' });
    await release.run('upgrade', 'web', path, image('web:1'));
    await session.until('web', { phase: 'Healthy', active: 'web:1', preview: 'web:1' });
  });

  test.for([
    { flag: '--server-side=true', selected: ['web:1'] },
    { flag: '--server-side=false', selected: ['web:1', '', 'web:1'] },
  ])(
    'taken out of a chart that had them, with $flag: the Services reach their revision throughout',
    async ({ flag, selected }, { session }) => {
      const release = new Release(session);
      await release.install(await chart('canary', CANARY_OBJECTS, 'plain'), flag);
      await release.run('upgrade', 'web', await chart('canary', CANARY_OBJECTS, 'plain'), image('web:2'), CLIENT_SIDE);
      await session.until('web', PAUSED);
      using recording = await Recording.start(session, ...WATCHED);
      const without = await chart('canary', CANARY_OBJECTS, 'none');
      await release.run('upgrade', 'web', without, image('web:2'), flag);
      await session.settled();
      expect(await recording.moments('web', ({ stableService }) => stableService)).toEqual(selected);
      // The endpoints of a Service without a selector are left as they are.
      expect(new Set(await reached(recording))).toEqual(new Set([2]));
      expect(await release.refusal(without, image('web:2'), '--server-side=true')).toBe('');
    },
  );
});

describe('the number of replicas', () => {
  test('a scale between two upgrades is a conflict, and none where the chart has no number', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    await session.kubectl('scale', 'rollout', 'web', '--replicas=3');
    expect(await release.refusal(path)).toContain('conflict with "kubectl" with subresource "scale"');
    await release.run('upgrade', 'web', path, '--set=replicas=null');
    expect((await session.get('rollouts', 'web')).spec.replicas).toBe(3);
  });

  test('taken out of a chart after it was handed over, it stays', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    const manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } };
    const handover = await session.tryKubectl(
      ['apply', '--server-side', '--field-manager=handover', '--validate=false', '-f', '-'],
      JSON.stringify({ ...manifest, spec: { replicas: 2 } }),
    );
    expect(handover).toMatchObject({ code: 0 });
    await release.run('upgrade', 'web', path, '--set=replicas=null');
    expect((await session.get('rollouts', 'web')).spec.replicas).toBe(2);
  });

  test('taken out without a handover it becomes 1, as with a Deployment', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    await release.run('upgrade', 'web', path, '--set=replicas=null');
    expect((await session.get('rollouts', 'web')).spec.replicas).toBe(1);
  });
});

describe('waiting', () => {
  test('--wait knows no Rollout: it is Unknown until the time is over', async ({ session }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    const unknown = `resource Rollout/${session.namespace}/web not ready. status: Unknown`;
    expect(await release.refusal(path, '--wait', '--timeout=1s')).toContain(unknown);
    expect(await release.refusal(path, '--wait=legacy', '--timeout=60s')).toBe('');
    expect(await release.refusal(path, '--wait=hookOnly', '--timeout=60s')).toBe('');
  });

  test('--rollback-on-failure waits whatever it is told, and takes a good release back; not in the legacy way', async ({
    session,
  }) => {
    const release = new Release(session);
    const path = await chart('canary', CANARY_OBJECTS, 'none');
    await release.install(path);
    const upgrade = (wait: string, timeout: string) =>
      release.refusal(path, image('web:2'), '--rollback-on-failure', `--wait=${wait}`, `--timeout=${timeout}`);
    expect(await upgrade('hookOnly', '1s')).toContain('status: Unknown');
    await session.until('web', { phase: 'Healthy', canaryImage: 'web:1' });
    expect(await upgrade('legacy', '60s')).toBe('');
    await session.until('web', PAUSED);
  });
});
