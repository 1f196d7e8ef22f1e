/**
 * What a user does whose canaries have Experiments among their steps: deletes Experiments and ends them, takes their
 * names, resumes, retries, and asks for others. Histories draw these beside the other actions.
 */
import type { Experiment } from '../../../src/api/schema/experiment.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { controllerReference } from '../../../src/kube/owners.ts';
import { EXPERIMENTS, ROLLOUTS } from '../../../src/kube/resources.ts';
import { isGoingOn } from '../invariants/trials.ts';
import type { Action, WeightedActions } from './action.ts';
import { drawHistoryLimits } from './analysis-spec.ts';
import { drawExperimentSteps } from './experiment-spec.ts';
import { resume, retry } from './steering-actions.ts';

const { plural } = EXPERIMENTS;

const deleteExperiment: Action = ({ cluster, random }) => {
  const all = cluster.store.list(plural);
  if (all.length === 0) return null;
  const { name } = random.pick(all).metadata;
  cluster.store.delete(plural, name, 'user');
  return `deletes Experiment ${name}`;
};

const deleteCurrentExperiment: Action = ({ cluster, user }) => {
  const name = user.status.canary?.currentExperiment;
  if (name === undefined) return null;
  cluster.store.delete(plural, name, 'user');
  return `deletes Experiment ${name}, which the status names`;
};

const endExperiment: Action = ({ cluster, random }) => {
  const all = cluster.store.list<Experiment>(plural).filter(isGoingOn);
  if (all.length === 0) return null;
  const { name } = random.pick(all).metadata;
  cluster.store.patch(plural, name, { spec: { terminate: true } }, 'user');
  return `ends Experiment ${name}`;
};

/** The name of the Experiment that goes on, or of the next one, belongs to another owner, or to none. */
const takeName: Action = ({ cluster, user, random }) => {
  const { currentPodHash = '', currentStepIndex = 0, canary } = user.status;
  const { name, annotations } = user.rollout.metadata;
  const revision = annotations?.['rollout.argoproj.io/revision'] ?? '1';
  const index = currentStepIndex + random.between(0, 1);
  const owner = controllerReference(ROLLOUTS, name, 'uid-of-a-former-rollout');
  const labels = { [LABELS.podTemplateHash]: currentPodHash, [LABELS.stepIndex]: String(index) };
  const body = {
    metadata: { labels, ...(random.chance(0.5) ? { ownerReferences: [owner] } : {}) },
    spec: { templates: [] },
    ...(random.chance(0.5) ? { status: { phase: 'Successful' } } : {}),
  };
  const present = canary?.currentExperiment;
  const taken = present ?? `${name}-${currentPodHash}-${revision}-${index}`;
  if (present !== undefined) cluster.store.delete(plural, present, 'user');
  const { outcome } = cluster.store.create(plural, taken, body as unknown as JsonObject, 'user');
  return outcome === 'made' ? `creates Experiment ${taken}` : null;
};

const editExperiments: Action = ({ user, random }) => {
  const { canary } = user.rollout.spec.strategy ?? {};
  if (canary === undefined) return null;
  const others = (canary.steps ?? []).filter(({ experiment }) => experiment === undefined);
  const steps = drawExperimentSteps(random, others as unknown as readonly JsonObject[]);
  user.editCanary({ steps });
  return `asks for other experiments: ${JSON.stringify(steps)}`;
};

const editHistoryLimits: Action = ({ user, random }) => {
  const limits = random.chance(0.3) ? null : drawHistoryLimits(random);
  user.edit({ analysis: limits });
  return `keeps other numbers of experiments: ${JSON.stringify(limits)}`;
};

export const EXPERIMENT_ACTIONS: WeightedActions = [
  [2, deleteExperiment],
  [3, deleteCurrentExperiment],
  [3, endExperiment],
  [3, takeName],
  [4, resume],
  [10, retry],
  [1, editExperiments],
  [1, editHistoryLimits],
];
