/**
 * A small Rollout that nothing is wrong with, and ways to change one thing about it.
 */
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { Rollout, RolloutSpec } from '../../src/api/schema/rollout.ts';
import type { JsonObject } from '../../src/kube/json.ts';

const SPEC: RolloutSpec = {
  replicas: 2,
  selector: { matchLabels: { app: 'web' } },
  template: {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  },
  strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
};

export function rollout(spec: Partial<RolloutSpec> = {}): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '1' },
    spec: { ...SPEC, ...spec },
  };
}

export function canary(strategy: CanaryStrategy): Rollout {
  return rollout({ strategy: { canary: strategy } });
}

/** A canary that nginx splits the traffic of. */
export function nginxCanary(strategy: CanaryStrategy = {}): Rollout {
  return canary({
    stableService: 'web',
    canaryService: 'web-canary',
    trafficRouting: { nginx: { stableIngress: 'web' } },
    ...strategy,
  });
}

export function withPodSpec(podSpec: JsonObject): Rollout {
  return rollout({
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }], ...podSpec },
    },
  });
}

export function withContainer(fields: JsonObject, podSpec: JsonObject = {}): Rollout {
  return withPodSpec({ containers: [{ name: 'web', image: 'web:1', ...fields }], ...podSpec });
}
