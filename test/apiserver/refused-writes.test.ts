/**
 * What the API server refuses holds only what depends on it: the status is written with the refusal's words, deadlines
 * run, aborts and sizes act, and no release goes to everybody because something could not be written.
 */
import { describe, expect } from 'vitest';
import { findCondition } from '../../src/kube/conditions.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { refuse, type Rule } from './admission-policy.ts';
import { abort, promote, retry } from './commands.ts';
import { basicRollout, blueGreenRollout, ingress, routedRollout, routing, twoServices } from './manifests.ts';
import { test, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];

const NO_INGRESS: Rule = {
  apiGroup: 'networking.k8s.io',
  resource: 'ingresses',
  operations: ['CREATE', 'UPDATE'],
  expression: "has(object.metadata.labels) && 'team' in object.metadata.labels",
  message: 'every Ingress needs a label team',
};

function withoutIngresses(session: Session): ReturnType<typeof refuse> {
  return refuse(session, NO_INGRESS, ['create', '-f', '-'], JSON.stringify(ingress('probe')));
}

/** The Ingress of a team whose label its canary does not have. */
function ofTeam(manifest: object): object {
  const { metadata, ...rest } = manifest as { metadata: object };
  return { ...rest, metadata: { ...metadata, labels: { team: 'a' } } };
}

function blockedUntil(session: Session, words: string): Promise<unknown> {
  return waitFor(
    async () => findCondition((await session.get('rollouts', 'web')).status?.conditions, 'Blocked')?.message ?? '',
    { what: `Rollout web to be blocked by "${words}"`, until: (message) => message.includes(words) },
  );
}

describe('a canary Ingress that may not be written', () => {
  const [stable, canary, stableIngress] = routing() as [object, object, object];

  test('on a first deploy: the next image goes to nobody before its steps', async ({ session }) => {
    await using policy = await withoutIngresses(session);
    await session.apply(
      stable,
      canary,
      ofTeam(stableIngress),
      routedRollout({ replicas: 2, canary: { steps: STEPS } }),
    );
    await blockedUntil(session, NO_INGRESS.message);
    await session.until('web', { phase: 'Progressing', stableImage: 'web:1', stableService: 'web:1' });
    await waitFor(() => session.look('web'), {
      what: 'Rollout web to be held up by the policy alone',
      until: ({ phase, message }) => phase === 'Progressing' && message.includes(NO_INGRESS.message),
    });

    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: { steps: STEPS } }));
    await session.until('web', { canaryImage: 'web:2', canaryAvailable: 1, index: 0 });
    await session.settled();
    expect(await session.look('web')).toMatchObject({
      phase: 'Progressing',
      index: 0,
      sizes: 'web:1=2 web:2=1',
      stableImage: 'web:1',
      stableService: 'web:1',
      weight: null,
    });

    await policy.lift();
    await session.until('web', { phase: 'Paused', index: 1, weight: 50, stableService: 'web:1' });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
    const completed = (await session.events('web')).filter(({ reason }) => reason === 'RolloutCompleted');
    expect(completed.map(({ message }) => message.replace(/\(.*\)/, ''))).toEqual([
      'Rollout completed update to revision 1 : Initial deploy',
      'Rollout completed update to revision 2 : Completed all 2 canary steps',
    ]);
  });

  test('in the middle of a life: the deadline strikes, and its message says why', async ({ session }) => {
    const spec = {
      replicas: 2,
      progressDeadlineSeconds: 3,
      progressDeadlineAbort: true,
      canary: { steps: STEPS },
    };
    await session.apply(stable, canary, ofTeam(stableIngress), routedRollout(spec));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    await using _policy = await withoutIngresses(session);
    await session.apply(routedRollout({ ...spec, image: 'web:2' }));
    await blockedUntil(session, NO_INGRESS.message);
    const { message } = await session.until('web', {
      phase: 'Degraded',
      aborted: true,
      stableService: 'web:1',
      weight: 0,
    });
    expect(message).toContain('has timed out progressing');
    expect(message).toContain(NO_INGRESS.message);
  });
});

describe('a ReplicaSet beyond a quota', () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'one' },
    spec: { hard: { 'count/replicasets.apps': '1' } },
  };
  const QUOTA_WORDS = 'exceeded quota: one';

  async function quotaInForce(session: Session): Promise<void> {
    await session.apply(quota);
    await session.kubectl('wait', '--for=jsonpath={.status.hard}', '--timeout=120s', 'resourcequota/one');
  }

  test('the running revision follows spec.replicas, and the deadline counts from the refusal', async ({ session }) => {
    const spec = { replicas: 2, canary: { steps: STEPS } };
    const deadline = { progressDeadlineSeconds: 4, progressDeadlineAbort: true };
    await quotaInForce(session);
    await session.apply(basicRollout(spec));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ ...spec, image: 'web:2' }));
    await blockedUntil(session, QUOTA_WORDS);
    await session.kubectl('scale', 'rollout', 'web', '--replicas=6');
    await session.until('web', { phase: 'Progressing', sizes: 'web:1=6', available: 6 });
    await session.apply(basicRollout({ ...spec, ...deadline, replicas: 6, image: 'web:2' }));
    const { message } = await session.until('web', { phase: 'Degraded', aborted: true, sizes: 'web:1=6' });
    expect(message).toContain(QUOTA_WORDS);

    await session.kubectl('delete', 'resourcequota', 'one');
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 1, canaryAvailable: 3 });
  });

  test('an abort by hand is kept, also of blue-green', async ({ session }) => {
    await quotaInForce(session);
    await session.apply(...twoServices(), blueGreenRollout({ replicas: 2 }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2' }));
    await blockedUntil(session, QUOTA_WORDS);
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', aborted: true, active: 'web:1', sizes: 'web:1=2' });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ phase: 'Degraded', aborted: true });
  });

  test('a first deploy that gets none is told, and becomes Healthy when it may', async ({ session }) => {
    await session.apply({ ...quota, spec: { hard: { 'count/replicasets.apps': '0' } } });
    await session.kubectl('wait', '--for=jsonpath={.status.hard}', '--timeout=120s', 'resourcequota/one');
    await session.apply(basicRollout({ replicas: 2 }));
    await blockedUntil(session, QUOTA_WORDS);
    expect(await session.look('web')).toMatchObject({ phase: 'Progressing', stableImage: '' });
    await session.kubectl('delete', 'resourcequota', 'one');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  });
});

test('a Service that may not be written keeps blue-green from being promoted', async ({ session }) => {
  const rule: Rule = {
    apiGroup: '',
    resource: 'services',
    operations: ['UPDATE'],
    expression: "object.metadata.name != 'web' || object.spec.selector == oldObject.spec.selector",
    message: 'the selector of the active Service is frozen',
  };
  await session.apply(...twoServices(), blueGreenRollout({ replicas: 2 }));
  await session.until('web', { phase: 'Healthy', active: 'web:1' });
  await using policy = await refuse(session, rule, [
    'patch',
    'service',
    'web',
    '-p',
    '{"spec":{"selector":{"probe":"x"}}}',
  ]);
  await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2' }));
  await blockedUntil(session, rule.message);
  await session.until('web', { phase: 'Progressing', canaryAvailable: 2, active: 'web:1', stableImage: 'web:1' });
  await policy.lift();
  await session.until('web', { phase: 'Healthy', active: 'web:2', preview: 'web:2', stableImage: 'web:2' });
});
