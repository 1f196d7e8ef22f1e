/**
 * What a user does whose Rollouts are measured: deletes runs and ends them, resumes, and changes templates and analyses.
 * Histories draw these beside the other actions.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { controllerReference } from '../../../src/kube/owners.ts';
import { ANALYSIS_RUNS, ROLLOUTS } from '../../../src/kube/resources.ts';
import { namedIn, RUNS } from '../invariants/trials.ts';
import { drawBlueGreenAnalyses, drawHistoryLimits, drawMeasured, TEMPLATES } from './analysis-spec.ts';
import type { Action, WeightedActions } from './action.ts';
import { drawSteps } from './rollout-spec.ts';
import { resume, retry } from './steering-actions.ts';

const deleteRun: Action = ({ cluster, random }) => {
  const runs = cluster.store.list(ANALYSIS_RUNS.plural);
  if (runs.length === 0) return null;
  const { name } = random.pick(runs).metadata;
  cluster.store.delete(ANALYSIS_RUNS.plural, name, 'user');
  return `deletes AnalysisRun ${name}`;
};

const deleteCurrentRun: Action = ({ cluster, user, random }) => {
  const names = namedIn(user.status, RUNS);
  if (names.length === 0) return null;
  const name = random.pick(names);
  cluster.store.delete(ANALYSIS_RUNS.plural, name, 'user');
  return `deletes AnalysisRun ${name}, which is measuring`;
};

const endRun: Action = ({ cluster, random }) => {
  const runs = cluster.store.list<AnalysisRun>(ANALYSIS_RUNS.plural).filter(({ spec }) => spec.terminate !== true);
  if (runs.length === 0) return null;
  const { name } = random.pick(runs).metadata;
  cluster.store.patch(ANALYSIS_RUNS.plural, name, { spec: { terminate: true } }, 'user');
  return `ends AnalysisRun ${name}`;
};

/** The name of a run that measures, or what the next one would be called, belongs to another owner, or to none. */
const takeName: Action = ({ cluster, user, random }) => {
  const { currentPodHash = '', currentStepIndex = 0 } = user.status;
  const { name, annotations } = user.rollout.metadata;
  const revision = annotations?.['rollout.argoproj.io/revision'] ?? '1';
  const suffix = random.pick(['', `-${currentStepIndex}`, `-${currentStepIndex + 1}`, '-pre', '-post']);
  const owner = controllerReference(ROLLOUTS, name, 'uid-of-a-former-rollout');
  const labels = { [LABELS.podTemplateHash]: currentPodHash, [LABELS.stepIndex]: String(currentStepIndex) };
  const body = {
    metadata: { labels, ...(random.chance(0.5) ? { ownerReferences: [owner] } : {}) },
    spec: { metrics: [{ name: 'rate', provider: { web: { url: 'http://127.0.0.1/' } } }] },
    ...(random.chance(0.5) ? { status: { phase: 'Successful' } } : {}),
  };
  const [present] = namedIn(user.status, RUNS);
  const taken = present ?? `${name}-${currentPodHash}-${revision}${suffix}`;
  if (present !== undefined) cluster.store.delete(ANALYSIS_RUNS.plural, present, 'user');
  const { outcome } = cluster.store.create(ANALYSIS_RUNS.plural, taken, body as unknown as JsonObject, 'user');
  return outcome === 'made' ? `creates AnalysisRun ${taken}` : null;
};

const deleteOrApplyTemplate: Action = ({ cluster, random }) => {
  const { resource, name, spec } = random.pick(TEMPLATES);
  if (cluster.store.get(resource.plural, name) === undefined) {
    cluster.store.create(resource.plural, name, { spec }, 'user');
    return `applies ${resource.kind} ${name}`;
  }
  cluster.store.delete(resource.plural, name, 'user');
  return `deletes ${resource.kind} ${name}`;
};

const applyTemplates: Action = ({ user }) => {
  user.restoreTemplates();
  return 'applies all templates of analyses';
};

const editTemplate: Action = ({ cluster, random }) => {
  const { resource, name } = random.pick(TEMPLATES);
  if (cluster.store.get(resource.plural, name) === undefined) return null;
  const spec = { measurementRetention: [{ metricName: '.*', limit: random.between(1, 9) }] };
  cluster.store.patch(resource.plural, name, { spec }, 'user');
  return `edits ${resource.kind} ${name}`;
};

const editAnalyses: Action = ({ user, random }) => {
  const { canary } = user.rollout.spec.strategy ?? {};
  if (canary === undefined) {
    const analyses = drawBlueGreenAnalyses(random);
    user.edit({ strategy: { blueGreen: { prePromotionAnalysis: null, postPromotionAnalysis: null } } });
    user.edit({ strategy: { blueGreen: analyses } });
    return `asks for other analyses: ${JSON.stringify(analyses)}`;
  }
  const steps = (canary.steps ?? []).filter(({ analysis }) => analysis === undefined) as unknown as JsonObject[];
  const kept = random.chance(0.5) ? steps : drawSteps(random, canary.trafficRouting?.nginx !== undefined);
  const measured = drawMeasured(random, kept);
  user.editCanary({ analysis: null });
  user.editCanary(measured);
  return `asks for other analyses: ${JSON.stringify(measured)}`;
};

const editHistoryLimits: Action = ({ user, random }) => {
  const limits = random.chance(0.3) ? null : drawHistoryLimits(random);
  user.edit({ analysis: limits });
  return `keeps other numbers of runs: ${JSON.stringify(limits)}`;
};

export const ANALYSIS_ACTIONS: WeightedActions = [
  [2, deleteRun],
  [3, deleteCurrentRun],
  [3, endRun],
  [3, takeName],
  [6, resume],
  [12, retry],
  [2, deleteOrApplyTemplate],
  [2, applyTemplates],
  [2, editTemplate],
  [1, editAnalyses],
  [1, editHistoryLimits],
];
