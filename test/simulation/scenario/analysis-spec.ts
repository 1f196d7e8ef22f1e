/**
 * Rollouts that are measured: a canary by analysis steps and in the background, blue-green before and after the switch;
 * and the templates of the namespace and of the cluster that the analyses refer to.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import { ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../../../src/kube/resources.ts';
import type { Random } from '../random.ts';
import { some, type Scenario, type Template } from './rollout-spec.ts';

const RATE: Template = {
  resource: ANALYSIS_TEMPLATES,
  name: 'rate',
  spec: { args: [{ name: 'hash' }], metrics: [metricOf('rate', { count: 1 })] },
};
const ERRORS: Template = {
  resource: CLUSTER_ANALYSIS_TEMPLATES,
  name: 'errors',
  spec: { metrics: [metricOf('errors', { count: 2, interval: '5s' })] },
};
/** It has a metric of its own and those of another template. */
const ALL: Template = {
  resource: ANALYSIS_TEMPLATES,
  name: 'all',
  spec: {
    metrics: [metricOf('latency', { count: 1 })],
    templates: [{ templateName: ERRORS.name, clusterScope: true }],
  },
};
/** It is measured until it is asked to end, so only an analysis in the background may refer to it. */
const ENDLESS: Template = {
  resource: ANALYSIS_TEMPLATES,
  name: 'endless',
  spec: { metrics: [metricOf('endless', { interval: '10s' })] },
};

/** All that analyses refer to. */
export const TEMPLATES: readonly Template[] = [RATE, ERRORS, ALL, ENDLESS];

function metricOf(name: string, more: JsonObject): JsonObject {
  return { name, ...more, provider: { web: { url: `http://127.0.0.1/${name}` } }, successCondition: 'result < 1' };
}

/** The same Rollout with analyses. */
export function withAnalysis(random: Random, scenario: Scenario): Scenario {
  const { canary, blueGreen } = scenario.spec['strategy'] as Readonly<Record<string, JsonObject | undefined>>;
  const strategy: JsonObject =
    canary === undefined
      ? { blueGreen: { ...blueGreen, ...drawBlueGreenAnalyses(random) } }
      : { canary: { ...canary, ...drawMeasured(random, (canary['steps'] ?? []) as readonly JsonObject[]) } };
  const isLate = (): boolean => random.chance(0.04);
  return {
    ...scenario,
    spec: {
      ...scenario.spec,
      strategy,
      ...some(random, 0.5, { analysis: drawHistoryLimits(random) }),
    },
    templates: TEMPLATES.filter(() => !isLate()),
  };
}

/** Before the switch, after it, or both. */
export function drawBlueGreenAnalyses(random: Random): JsonObject {
  const kind = random.pick(['before', 'after', 'both']);
  return {
    ...(kind === 'after'
      ? drawNothing(random, 'prePromotionAnalysis')
      : { prePromotionAnalysis: drawAnalysis(random) }),
    ...(kind === 'before'
      ? drawNothing(random, 'postPromotionAnalysis')
      : { postPromotionAnalysis: drawAnalysis(random) }),
  };
}

/** A block without templates, which asks for nothing. */
function drawNothing(random: Random, field: string): JsonObject {
  return some(random.split('nothing'), 0.3, { [field]: {} });
}

/** The steps with analyses among them, and perhaps an analysis in the background. */
export function drawMeasured(random: Random, steps: readonly JsonObject[]): JsonObject {
  const kind = random.weighted([
    [4, 'steps'],
    [2, 'background'],
    [3, 'both'],
  ]);
  const measuredSteps = kind === 'background' ? steps : drawAnalysisSteps(random, steps);
  return {
    steps: measuredSteps,
    ...(kind === 'steps'
      ? drawNothing(random, 'analysis')
      : { analysis: drawBackground(random, measuredSteps.length) }),
  };
}

function drawAnalysisSteps(random: Random, steps: readonly JsonObject[]): readonly JsonObject[] {
  const step = (): JsonObject => ({ analysis: drawAnalysis(random) });
  const measured = steps.flatMap((one) => (random.chance(0.35) ? [one, step()] : [one]));
  return measured.length === steps.length || random.chance(0.15) ? [...measured, step()] : measured;
}

function drawBackground(random: Random, stepCount: number): JsonObject {
  const endless = { templates: [reference(ENDLESS)] };
  return {
    ...(random.chance(0.5) ? endless : drawAnalysis(random)),
    ...some(random, 0.4, { startingStep: random.between(0, stepCount) }),
  };
}

function drawAnalysis(random: Random): JsonObject {
  const chosen = random.pick<readonly Template[]>([[RATE], [ERRORS], [ALL], [RATE, ERRORS]]);
  return {
    templates: chosen.map(reference),
    ...some(random, chosen.includes(RATE) ? 1 : 0, {
      args: [{ name: 'hash', valueFrom: { podTemplateHashValue: random.pick(['Latest', 'Stable']) } }],
    }),
  };
}

function reference({ resource, name }: Template): JsonObject {
  return { templateName: name, ...(resource === CLUSTER_ANALYSIS_TEMPLATES ? { clusterScope: true } : {}) };
}

export function drawHistoryLimits(random: Random): JsonObject {
  return {
    successfulRunHistoryLimit: random.between(0, 2),
    unsuccessfulRunHistoryLimit: random.between(0, 2),
  };
}
