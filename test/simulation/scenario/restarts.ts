/**
 * What a user does who restarts pods: asks for it, now or for a later time, and has disruption budgets that appear
 * and disappear. Histories draw these beside the other actions.
 */
import { formatTime } from '../../../src/kube/time.ts';
import { EPOCH_MS } from '../cluster/cluster.ts';
import { DISRUPTION_BUDGETS } from '../cluster/disruption-budget.ts';
import type { Action } from './action.ts';

const BUDGET = 'web';

const restart: Action = ({ user, agenda, random }) => {
  const at = formatTime(EPOCH_MS + agenda.now + random.pick([0, 0, 0, 20_000]));
  user.edit({ restartAt: at });
  return `restarts the pods at ${at}`;
};

const disruptionBudget: Action = ({ cluster, random }) => {
  if (cluster.store.get(DISRUPTION_BUDGETS, BUDGET) !== undefined) {
    cluster.store.delete(DISRUPTION_BUDGETS, BUDGET, 'user');
    return 'deletes the disruption budget';
  }
  const minAvailable = random.between(1, 8);
  cluster.store.create(DISRUPTION_BUDGETS, BUDGET, { spec: { minAvailable } }, 'user');
  return `applies a disruption budget: ${minAvailable} pods have to stay`;
};

export const RESTART_ACTIONS: readonly (readonly [weight: number, action: Action])[] = [
  [3, restart],
  [1, disruptionBudget],
];
