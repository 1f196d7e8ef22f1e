/** The strategy of a Canary: a canary by weights or by a header, or a blue-green release. */
import { decide, note, noted, type Draft, type DraftObject } from '../draft.ts';
import { ingressProblem } from '../ingress.ts';
import type { HookTemplate } from './hook-templates.ts';
import type { Metrics } from './metrics.ts';
import type { FlaggerScene } from './scene.ts';
import { courseOf } from './steps.ts';
import type { Webhooks } from './webhooks.ts';

export function canaryStrategyOf(scene: FlaggerScene, metrics: Metrics, hooks: Webhooks): DraftObject {
  const { set, ingress, namespace, stableService, canaryService, analysis, workload } = scene;
  const course = courseOf(scene, hooks);
  const problem = ingressProblem(set, { name: ingress, namespace, service: stableService });
  const background = combined(metrics, [...hooks.rollout, ...hooks.rollback]);
  const { canaryReadyThreshold: ready } = analysis;
  const startingStep =
    course.startingStep === 0
      ? undefined
      : noted(course.startingStep, note('Not before: until then there are no requests to measure.'));
  return {
    stableService,
    canaryService,
    trafficRouting: {
      managedRoutes: course.managedRoutes.length === 0 ? undefined : course.managedRoutes,
      nginx: { stableIngress: noted(ingress, problem), additionalIngressAnnotations: course.annotations },
    },
    replicaProgressThreshold: ready === undefined ? undefined : { type: 'Percent', value: ready },
    ...workload.rolling,
    analysis: background === undefined ? undefined : noted({ startingStep, ...background }, SIDE_BY_SIDE),
    steps: course.steps,
  };
}

const SIDE_BY_SIDE = note(
  'In Flagger one loop checks and advances. Here measurements run beside the steps: a bad one does not hold the next step up.',
);

/** All hooks before the switch run side by side, because a blue-green release has one analysis before it. */
export function blueGreenStrategyOf(scene: FlaggerScene, metrics: Metrics, hooks: Webhooks): DraftObject {
  const before = [
    'confirm-rollout',
    'pre-rollout',
    'rollout',
    'confirm-traffic-increase',
    'confirm-promotion',
  ] as const;
  const { set, ingress, namespace, stableService } = scene;
  const problem = ingress === '' ? null : ingressProblem(set, { name: ingress, namespace, service: stableService });
  const waiting = before.filter((place) => place !== 'rollout' && hooks[place].length > 0);
  const pre = combined(
    metrics,
    before.flatMap((place) => hooks[place]),
  );
  const post = hooks['post-rollout'];
  const ORDER = decide(
    `Hooks of type ${waiting.join(', ')} are asked at the same time as the metrics, when the pods of the new version are there.`,
  );
  return {
    activeService: noted(stableService, problem),
    previewService: scene.canaryService,
    prePromotionAnalysis: pre === undefined ? undefined : noted(pre, waiting.length > 0 ? ORDER : null),
    postPromotionAnalysis: post.length === 0 ? undefined : combined({ templates: [], args: [], sheets: [] }, post),
  };
}

/** One analysis of metrics and hooks; an argument that several need is given once. `undefined` if there is nothing. */
function combined({ templates, args }: Metrics, hooks: readonly HookTemplate[]): DraftObject | undefined {
  const all: Draft[] = [
    ...templates,
    ...uniqueBy(hooks, ({ name }) => name).map(({ name }) => ({ templateName: name })),
  ];
  if (all.length === 0) return undefined;
  const given = uniqueBy([...args, ...hooks.flatMap((hook) => hook.args)], ({ name }) => name);
  return { templates: all, args: given.length === 0 ? undefined : given };
}

/** The first of each key. */
function uniqueBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const keys = items.map(key);
  return items.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}
