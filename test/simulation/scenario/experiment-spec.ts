/**
 * Canaries with Experiments among their steps.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Random } from '../random.ts';
import { drawHistoryLimits } from './analysis-spec.ts';
import { some, type Scenario } from './rollout-spec.ts';

/** The same Rollout with Experiments, when it is a canary. */
export function withExperiments(random: Random, scenario: Scenario): Scenario {
  const { canary } = scenario.spec['strategy'] as Readonly<Record<string, JsonObject | undefined>>;
  if (canary === undefined) return scenario;
  const steps = drawExperimentSteps(random, (canary['steps'] ?? []) as readonly JsonObject[]);
  return {
    ...scenario,
    spec: {
      ...some(random, 0.5, { analysis: drawHistoryLimits(random) }),
      ...scenario.spec,
      strategy: { canary: { ...canary, steps } },
    },
  };
}

/** The steps with at least one Experiment among them. */
export function drawExperimentSteps(random: Random, steps: readonly JsonObject[]): readonly JsonObject[] {
  const step = (): JsonObject => ({ experiment: drawExperiment(random) });
  const all = steps.flatMap((one) => (random.chance(0.35) ? [one, step()] : [one]));
  return all.length === steps.length || random.chance(0.15) ? [...all, step()] : all;
}

function drawExperiment(random: Random): JsonObject {
  const baseline = { name: 'baseline', specRef: 'stable' };
  const canary = { name: 'canary', specRef: 'canary', ...some(random, 0.3, { replicas: random.between(1, 3) }) };
  return {
    ...some(random, 0.7, { duration: random.pick(['5s', '20s', '2m']) }),
    templates: random.chance(0.7) ? [baseline, canary] : [canary],
    ...some(random, 0.5, { analyses: [{ name: 'compare', templateName: 'rate', args: [HASH] }] }),
  };
}

const HASH = { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } } as const satisfies JsonObject;
