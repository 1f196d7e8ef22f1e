/** Plans of whole releases: what each stage leads to, and when. */
import { describe, expect, test } from 'vitest';
import { templateOfRevision } from '../../src/planning/earlier-template.ts';
import { settleCluster } from '../../src/planning/model/cluster.ts';
import { Store } from '../../src/planning/model/store.ts';
import { lookAtRollout, rolloutIn } from '../../src/planning/look.ts';
import { applyManifests, setImages } from '../../src/planning/scene.ts';
import { brief, example, NOW, planned, releasedImage, service, web } from './planned.ts';

const PAUSED = { steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10s' } }] };
const AT_ONCE = { startMs: 0, beginsAt: NOW };

/** Looks until nothing changes any more at this moment. */
function settle(store: Store): void {
  for (let version = -1; version !== store.version;) {
    ({ version } = store);
    lookAtRollout(store, 'web');
    settleCluster(store, AT_ONCE);
  }
}

/** What a cluster holds after `app:1` was deployed and the images after it were applied at once, one after the other. */
function clusterAfter(objects: readonly ReturnType<typeof web>[], ...images: readonly string[]): Store {
  const store = new Store(NOW);
  applyManifests(store, objects, { namespace: 'shop', name: 'web' });
  settle(store);
  for (const image of images) {
    setImages(store, 'web', [{ container: 'web', image }]);
    settle(store);
  }
  return store;
}

describe('canaries', () => {
  test('canary-demo: an nginx router moves the weight, and the Services follow', () => {
    const base = example('canary-demo-services.yaml', 'canary-demo-ingress.yaml', 'canary-demo-rollout.yaml');
    const plan = planned({ name: 'canary-demo', base, changes: example('canary-demo-rollout-green.yaml') });
    expect(plan).toMatchObject({ kind: 'update', ending: 'healthy', from: { revision: 1 }, to: { revision: 2 } });
    expect(plan.stages.map(brief)).toEqual([
      'setWeight: 20 1+1 20% 0s-60s',
      'pause 1+1 20% 0s-60s person',
      'setWeight: 50 1+1 50% 0s-60s',
      'pause: 30s 1+1 50% 31s-91s',
      'setWeight: 70 1+1 70% 31s-91s',
      'pause: 30s 1+1 70% 62s-122s',
      'promotion 1+1 100% 62s-122s',
      'afterwards 0+1 100% 92s-152s',
    ]);
    expect(plan.stages.map(({ persons }) => persons)).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
    expect(plan.peak).toEqual({ pods: 2, requests: { cpu: '10m', memory: '64Mi' }, unrequested: 0 });
    const [{ hash: blue = '' } = {}, { hash: green = '' } = {}] = [plan.from ?? undefined, plan.to ?? undefined];
    const [first] = plan.writes;
    expect(first).toMatchObject({ kind: 'Service', name: 'canary-demo-canary', act: 'change', stage: 'step-0' });
    expect(first?.changes).toEqual([{ field: 'spec.selector.rollouts-pod-template-hash', from: blue, to: green }]);
    const weights = plan.writes.filter(({ kind }) => kind === 'Ingress').flatMap(({ changes }) => changes);
    expect(weights.map(({ to }) => to)).toEqual(['20', '50', '70', '100', '0']);
  });

  test('a Gateway that mirrors is taken for granted: a person who plans may not read what it has', () => {
    const backend = (name: string, weight: number) => ({ group: '', kind: 'Service', name, port: 80, weight });
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web' },
      spec: {
        parentRefs: [{ name: 'edge', namespace: 'gateways' }],
        rules: [{ backendRefs: [backend('web', 100), backend('web-canary', 0)] }],
      },
    } as object as ReturnType<typeof web>;
    const canary = {
      stableService: 'web',
      canaryService: 'web-canary',
      trafficRouting: { managedRoutes: [{ name: 'copies' }], gatewayAPI: { httpRoute: 'web' } },
      steps: [
        { setCanaryScale: { replicas: 1 } },
        { setMirrorRoute: { name: 'copies', match: [{ path: { prefix: '/' } }] } },
        { pause: {} },
        { setWeight: 30 },
      ],
    };
    const plan = releasedImage('web', [service('web'), service('web-canary'), route, web({ strategy: { canary } })]);
    expect(plan.stages.map(brief)).toEqual([
      'setCanaryScale{replicas: 1} 4+1 0% 0s-60s',
      'setMirrorRoute: copies 4+1 0% 0s-60s',
      'pause 4+1 0% 0s-60s person',
      'setWeight: 30 4+1 30% 0s-60s',
      'promotion 4+4 100% 0s-120s',
      'afterwards 0+4 100% 30s-150s',
    ]);
    const kinds = plan.writes.filter(({ kind }) => kind === 'HTTPRoute').map(({ act }) => act);
    expect(new Set(kinds)).toEqual(new Set(['change']));
  });

  test('without a router the number of pods divides the requests', () => {
    expect(releasedImage('rollouts-demo', example('rollouts-demo.yaml')).stages.map(brief)).toEqual([
      'setWeight: 20 2+1 33% 0s-60s',
      'pause 2+1 33% 0s-60s person',
      'setWeight: 40 2+1 33% 0s-60s',
      'pause: 10s 2+1 33% 11s-71s',
      'setWeight: 60 1+2 66% 11s-131s',
      'pause: 10s 1+2 66% 22s-142s',
      'setWeight: 80 1+2 66% 22s-142s',
      'pause: 10s 1+2 66% 33s-153s',
      'promotion 1+2 66% 33s-153s',
      'afterwards 0+2 100% 33s-153s',
    ]);
  });

  test('setCanaryScale, and a stable side that shrinks with its share', () => {
    const canary = {
      stableService: 'web',
      canaryService: 'web-canary',
      dynamicStableScale: true,
      trafficRouting: { nginx: { stableIngress: 'canary-demo' } },
      steps: [{ setCanaryScale: { replicas: 2 } }, { setWeight: 50 }],
    };
    const rule = {
      http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
    };
    const [ingress] = example('canary-demo-ingress.yaml');
    const objects = [service('web'), service('web-canary'), { ...ingress!, spec: { rules: [rule] } }];
    const plan = releasedImage('web', [...objects, web({ strategy: { canary } })]);
    expect(plan.stages.map(brief)).toEqual([
      'setCanaryScale{replicas: 2} 4+2 0% 0s-60s',
      'setWeight: 50 4+2 50% 0s-60s',
      expect.stringMatching(/^promotion \d\+4 100% /) as string,
      expect.stringMatching(/^afterwards 0\+4 100% /) as string,
    ]);
    expect(plan.peak.pods).toBeLessThanOrEqual(8);
  });

  test('a first deploy goes to its size at once', () => {
    const plan = planned({ name: 'web', changes: [web({ strategy: { canary: PAUSED } })] });
    expect(plan).toMatchObject({ kind: 'firstDeploy', from: null, ending: 'healthy', peak: { pods: 4 } });
    expect(plan.stages.map(brief)[0]).toBe('firstDeploy 0+4 100% 0s-60s');
    expect(plan.events.map(({ reason }) => reason)).not.toContain('RolloutStepCompleted');
  });

  test('nothing is released when the template stays', () => {
    const rollout = web({ strategy: { canary: PAUSED } });
    const plan = planned({ name: 'web', base: [rollout], changes: [rollout] });
    expect(plan).toMatchObject({ kind: 'nothing', writes: [], trials: [], ending: 'healthy' });
  });

  test('a plan under way begins where the release stands', () => {
    const scene = clusterAfter([web({ strategy: { canary: PAUSED } })], 'app:2');
    expect(rolloutIn(scene, 'web').status).toMatchObject({ currentStepIndex: 1 });
    const plan = planned({ name: 'web', scene });
    expect(plan.kind).toBe('underWay');
    expect(plan.stages.map(brief).slice(0, 3)).toEqual([
      'setWeight: 25 done',
      'pause 3+1 25% 0s-0s person',
      'setWeight: 50 2+2 50% 0s-60s',
    ]);
  });

  test('the way back within the window skips the steps', () => {
    const rollout = web({ rollbackWindow: { revisions: 3 }, strategy: { canary: { steps: [{ setWeight: 25 }] } } });
    const scene = clusterAfter([rollout], 'app:2');
    const plan = planned({ name: 'web', scene, images: [{ container: 'web', image: 'app:1' }] });
    expect(plan.stages.map(brief)[0]).toBe('setWeight: 25 skipped');
    expect(plan).toMatchObject({ ending: 'healthy', to: { images: ['app:1'], revision: 3 } });
  });

  test('the way back to a revision has the template of that revision', () => {
    const scene = clusterAfter([web({ strategy: { canary: { steps: [{ setWeight: 25 }] } } })], 'app:2', 'app:3');
    const earlier = templateOfRevision(scene, 'web', 1);
    if ('problem' in earlier) throw new Error(earlier.problem);
    const plan = planned({ name: 'web', scene, template: earlier.template });
    expect(plan).toMatchObject({ from: { images: ['app:3'] }, to: { images: ['app:1'], revision: 4 } });
    expect(templateOfRevision(scene, 'web', 3)).toEqual({ problem: 'the template is that of revision 3 already' });
    expect(templateOfRevision(scene, 'web', 9)).toMatchObject({ problem: expect.stringContaining('9') as string });
  });

  test('an aborted release stays aborted', () => {
    const scene = clusterAfter([web({ strategy: { canary: PAUSED } })], 'app:2');
    const { metadata, spec, status } = rolloutIn(scene, 'web');
    const aborted = new Store(NOW);
    for (const plural of ['replicasets', 'pods']) {
      const resource = { group: '', version: '', kind: '', plural };
      for (const one of scene.list(resource)) aborted.put(resource, one);
    }
    aborted.put({ group: '', version: '', kind: '', plural: 'rollouts' }, {
      metadata,
      spec,
      status: { ...status, abort: true },
    } as never);
    expect(planned({ name: 'web', scene: aborted })).toMatchObject({ ending: 'aborted', kind: 'underWay' });
  });
});

describe('blue-green', () => {
  test('bluegreen-demo: both revisions in full, and a person switches', () => {
    const plan = releasedImage('bluegreen-demo', example('bluegreen-demo.yaml'));
    expect(plan.stages.map(brief)).toEqual(['preview 3+3 -1% 0s-60s person', 'afterwards 0+3 -1% 30s-90s']);
    expect(plan.peak.pods).toBe(6);
    expect(plan.writes.map(({ name, stage }) => `${name} in ${stage}`)).toEqual([
      'bluegreen-demo-preview in preview',
      'bluegreen-demo in afterwards',
    ]);
  });
});

describe('analyses', () => {
  const analysis = { templates: [{ templateName: 'checks' }] };
  const template = (metric: object) =>
    ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'checks' },
      spec: { metrics: [{ name: 'errors', provider: { web: { url: 'http://x' } }, ...metric }] },
    }) as object as ReturnType<typeof web>;
  const atStep = web({ strategy: { canary: { steps: [{ setWeight: 25 }, { analysis }] } } });

  test('a step takes as long as its measurements', () => {
    const plan = releasedImage('web', [template({ count: 4, interval: '15s' }), atStep]);
    expect(plan.stages.map(brief)[1]).toBe('analysis 3+1 25% 45s-105s');
    expect(plan.trials).toMatchObject([
      { kind: 'AnalysisRun', type: 'Step', stage: 'step-1', takesMs: 45_000, metrics: [{ name: 'errors', count: 4 }] },
    ]);
  });

  test('a step whose analysis has no end is refused, as by the controller', () => {
    expect(releasedImage('web', [template({ interval: '15s' }), atStep])).toMatchObject({
      ending: 'invalid',
      message: expect.stringContaining('checks') as string,
    });
  });

  test('an Experiment without an end waits for a person, and its pods count', () => {
    const experiment = { templates: [{ name: 'trial', specRef: 'canary', replicas: 2 }] };
    const plan = releasedImage('web', [web({ strategy: { canary: { steps: [{ experiment }, { setWeight: 50 }] } } })]);
    expect(plan).toMatchObject({ ending: 'healthy', trials: [{ kind: 'Experiment', takesMs: null }] });
    expect(plan.stages).toMatchObject([{ person: true }, { person: false }, {}, {}]);
    // Its pods stay for 30 s, beside the one that the next step adds.
    expect(plan.peak.pods).toBe(7);
    const timed = { ...experiment, duration: '5m' };
    const ended = releasedImage('web', [web({ strategy: { canary: { steps: [{ experiment: timed }] } } })]);
    expect(ended.trials).toMatchObject([{ kind: 'Experiment', takesMs: 300_000 }]);
    expect(ended.stages[0]?.person).toBe(false);
  });

  test('an analysis beside all steps is ended by the release', () => {
    const steps = [{ setWeight: 25 }, { pause: { duration: '10m' } }];
    const plan = releasedImage('web', [
      template({ interval: '1m' }),
      web({ strategy: { canary: { analysis, steps } } }),
    ]);
    expect(plan).toMatchObject({ ending: 'healthy', trials: [{ type: 'Background', takesMs: null, stage: 'step-0' }] });
  });

  test('a template that is not there is the problem that the controller reports', () => {
    expect(releasedImage('web', [atStep])).toMatchObject({
      ending: 'invalid',
      message: expect.stringContaining('checks') as string,
    });
  });
});

test('an invalid spec is reported as the controller reports it', () => {
  const plan = planned({ name: 'canary-demo', changes: example('canary-demo-rollout.yaml') });
  expect(plan).toMatchObject({
    ending: 'invalid',
    message:
      'The Rollout "canary-demo" is invalid: spec.strategy.canary.stableService: Invalid value: "canary-demo": service "canary-demo" not found',
  });
});

test('a Deployment that is replaced loses its pods, and they count while they are there', () => {
  const [rollout] = [
    web({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old', scaleDown: 'onsuccess' } }),
  ];
  const { template, selector, ...spec } = (rollout as unknown as { spec: { template: object; selector: object } }).spec;
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'old' },
    spec: { replicas: 4, selector, template },
  };
  const unrelated = { ...deployment, metadata: { name: 'other' } };
  const canary = { ...rollout, spec: { ...spec, strategy: { canary: {} } } };
  const plan = planned({ name: 'web', changes: [canary, deployment, unrelated] as never });
  expect(plan).toMatchObject({ kind: 'firstDeploy', peak: { pods: 8, requests: { cpu: '800m', memory: '512Mi' } } });
  expect(plan.writes).toMatchObject([
    { kind: 'Deployment', name: 'old', changes: [{ field: 'spec.replicas', from: 4, to: 0 }] },
  ]);
});

test('pods that become ready too late fail the release', () => {
  const plan = releasedImage('web', [web({ strategy: { canary: PAUSED } })], { longestStartMs: null });
  expect(plan.longestStartMs).toBe(598_000);
  expect(plan.stages.map(brief)[0]).toBe('setWeight: 25 3+1 25% 0s-598s');
});

test('what cannot be planned', () => {
  expect(() => planned({ name: 'web' })).toThrow("rollout 'web' not found");
  const images = [{ container: 'nowhere', image: 'app:2' }];
  expect(() => planned({ name: 'web', base: [web({ strategy: { canary: {} } })], images })).toThrow('nowhere');
});
