/**
 * A status that is lost or wrong: removed by a tool that restores objects, or written by hand. Histories draw these
 * beside the other actions. A `stableRS` that names another revision is a user's word and is believed, so none is drawn.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Action } from './action.ts';

const removeStatus: Action = ({ user }) => {
  const fields = Object.keys(user.status);
  if (fields.length === 0) return null;
  user.patchStatus(Object.fromEntries(fields.map((field) => [field, null])));
  return 'removes the status';
};

const forgeField: Action = ({ user, random }) => {
  const forged = random.pick<JsonObject>([
    { stableRS: null },
    { stableRS: 'nobody' },
    { currentPodHash: null },
    { currentPodHash: 'nobody' },
    { currentStepHash: null },
    { currentStepIndex: null },
    { currentStepIndex: 99 },
    { currentStepIndex: -3 },
    { conditions: null },
    { canary: null, blueGreen: null },
    { observedGeneration: '999' },
    { phase: 'Healthy', message: 'forged', replicas: 77, availableReplicas: 77 },
  ]);
  user.patchStatus(forged);
  return `writes ${JSON.stringify(forged)} into the status`;
};

export const FORGERIES: readonly (readonly [weight: number, action: Action])[] = [
  [1, removeStatus],
  [2, forgeField],
];
