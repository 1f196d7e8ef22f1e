/** A Deployment that is in use comes under a Rollout, is released, and is given back, under load. */
import { describe, expect } from 'vitest';
import type { RolloutSpec } from '../../src/api/schema/rollout.ts';
import { abort } from '../apiserver/commands.ts';
import type { RolloutManifest } from '../apiserver/manifests.ts';
import { Recording } from '../apiserver/recording.ts';
import type { Session } from '../apiserver/session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { chosenProxy, readsIngresses } from '../testbed/data-plane/proxies.ts';
import { colour, imageOf, rolloutOf, until } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const AFTERWARDS = 200;

async function untilDeploymentHas(session: Session, name: string, pods: number): Promise<void> {
  await waitFor(async () => (await session.get('deployments', name)).status?.readyReplicas ?? 0, {
    what: `Deployment ${name} to have ${pods} ready pods`,
    until: (ready) => ready === pods,
    timeoutMs: 120_000,
  });
}

/** How many pods the Deployment asked for and the Rollout had available, moment by moment. */
async function handover(recording: Recording, name: string): Promise<readonly { left: number; available: number }[]> {
  return recording.moments(name, ({ available }, { deployments }) => ({
    left: deployments.find(({ metadata }) => metadata.name === name)?.spec.replicas ?? 0,
    available,
  }));
}

/** The manifests of the examples have an Ingress. */
const WITH_INGRESS = readsIngresses(chosenProxy()) ? ['the echoserver'] : [];

describe.for(WITH_INGRESS)('%s', () => {
  const NAME = 'echoserver';
  const OLD = 'cilium/echoserver:1.10.2';
  const NEW = 'cilium/echoserver:1.10.3';

  /** Answers of pods that the Rollout does not run, once the proxy must have heard of everything. */
  async function strangers(traffic: Traffic, load: Load): Promise<readonly Answer[]> {
    const own = (await traffic.session.list('pods', 'rollouts-pod-template-hash')).map(({ metadata }) => metadata.name);
    await traffic.propagated();
    return (await load.next(AFTERWARDS)).notFrom(...own);
  }

  test('five pods that close their port at once: adopted, released to 20 %, aborted, undone', async ({ traffic }) => {
    const { session } = traffic;
    await traffic.applyExamples('echoserver.yaml');
    await untilDeploymentHas(session, NAME, 5);
    const load = await traffic.load({ path: '/apis/echo' });
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'deployments');
    await traffic.applyExamples('echoserver-rollout.yaml');
    await untilDeploymentHas(session, NAME, 0);
    const giving = (await handover(recording, NAME)).filter(({ left }) => left < 5);
    expect(Math.min(...giving.map(({ available }) => available))).toBe(5);
    await session.until(NAME, { phase: 'Healthy', stableService: OLD, available: 5 });
    const wrong = await strangers(traffic, load);

    await session.kubectl('set', 'image', `deployment/${NAME}`, `${NAME}=${NEW}`);
    await session.until(NAME, { phase: 'Paused', index: 1, weight: 20, canaryImage: NEW });
    await abort(session, NAME);
    await session.until(NAME, { phase: 'Degraded', weight: 0, stableService: OLD });
    await session.kubectl('set', 'image', `deployment/${NAME}`, `${NAME}=${OLD}`);
    await session.until(NAME, { phase: 'Healthy', stableImage: OLD });
    await traffic.account((await load.stop()).all, {
      scenario: 'echoserver: adopted, released to 20 %, aborted, undone',
      wrong,
    });
  });
});

describe('a Deployment of four pods that go on serving for a while', () => {
  function deployment({ metadata, spec }: RolloutManifest, replicas: number): object {
    const { selector, template } = spec;
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas, selector, template } };
  }

  function referring(manifest: RolloutManifest, name: string): object {
    const { template: _template, selector: _selector, ...spec } = manifest.spec;
    const workloadRef: RolloutSpec['workloadRef'] = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      scaleDown: 'progressively',
    };
    return { ...manifest, spec: { ...spec, workloadRef } };
  }

  test('gives way pod by pod, and comes back', async ({ traffic }) => {
    const { session, name } = traffic;
    const manifest = rolloutOf(traffic, colour(0), { replicas: 4 });
    await session.apply(...traffic.routing, deployment(manifest, 4));
    await untilDeploymentHas(session, name, 4);
    const load = await traffic.load();
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'deployments');
    await session.apply(referring(manifest, name));
    await untilDeploymentHas(session, name, 0);
    const together = (await handover(recording, name)).map(({ left, available }) => left + available);
    expect(Math.min(...together)).toBeGreaterThanOrEqual(4);
    await until(traffic, { phase: 'Healthy', stableService: imageOf(colour(0)), available: 4 });

    await session.kubectl('scale', `deployment/${name}`, '--replicas=4');
    await untilDeploymentHas(session, name, 4);
    await session.kubectl('delete', 'rollout', name, '--wait=false');
    await waitFor(() => session.list('pods'), {
      what: 'only the pods of the Deployment to be left',
      until: (pods) => pods.length === 4,
      timeoutMs: 120_000,
    });
    await traffic.propagated();
    await load.next(AFTERWARDS);
    await traffic.account((await load.stop()).all, { scenario: 'a Deployment gives way pod by pod, and comes back' });
  });
});
