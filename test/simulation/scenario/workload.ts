/**
 * Histories in which a Deployment runs before the Rollout comes and takes its template from there; and what its user
 * does with it. Histories draw these beside the other actions.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import { DEPLOYMENTS } from '../../../src/kube/resources.ts';
import type { Deployment } from '../cluster/deployment-controller.ts';
import type { Random } from '../random.ts';
import type { Action } from './action.ts';
import { DEPLOYMENT, ROLLOUT_NAME, type Scenario } from './rollout-spec.ts';

/** The same Rollout, with its template in a Deployment of about as many pods. */
export function withDeployment(random: Random, scenario: Scenario): Scenario {
  const { template, selector, ...spec } = scenario.spec;
  const replicas = Math.max(1, Number(spec['replicas'] ?? 1) + random.pick([0, 0, 0, -1, 2]));
  const own = { matchLabels: { app: ROLLOUT_NAME } };
  return {
    ...scenario,
    spec: {
      ...spec,
      ...(random.chance(0.5) && selector !== undefined ? { selector } : {}),
      workloadRef: reference(random.pick(['never', 'onsuccess', 'onsuccess', 'progressively', 'progressively'])),
    },
    deployment: { replicas, selector: own, ...(template === undefined ? {} : { template }) },
  };
}

function reference(scaleDown: string): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: DEPLOYMENT, scaleDown };
}

const deleteOrRestore: Action = ({ user, cluster }) => {
  const present = cluster.store.get<Deployment>(DEPLOYMENTS.plural, DEPLOYMENT);
  if (present === undefined) {
    user.restoreWorkload();
    return 'applies the Deployment again';
  }
  cluster.store.delete(DEPLOYMENTS.plural, DEPLOYMENT, 'user');
  return 'deletes the Deployment';
};

const wrongReference: Action = ({ user, random }) => {
  const wrong = random.pick<JsonObject>([
    { name: 'somebody-else' },
    { kind: 'StatefulSet' },
    { scaleDown: 'sometimes' },
  ]);
  user.edit({ workloadRef: wrong });
  return `refers to ${JSON.stringify(wrong)}`;
};

const rightReference: Action = ({ user, random }) => {
  user.edit({ workloadRef: reference(random.pick(['never', 'onsuccess', 'progressively'])) });
  return 'refers to the Deployment';
};

const scaleByHand: Action = ({ cluster, random }) => {
  if (cluster.store.get(DEPLOYMENTS.plural, DEPLOYMENT) === undefined) return null;
  const replicas = random.between(0, 6);
  cluster.store.patch(DEPLOYMENTS.plural, DEPLOYMENT, { spec: { replicas } }, 'user');
  return `scales the Deployment to ${replicas}`;
};

export const WORKLOAD_ACTIONS: readonly (readonly [weight: number, action: Action])[] = [
  [2, deleteOrRestore],
  [1, wrongReference],
  [3, rightReference],
  [1, scaleByHand],
];
