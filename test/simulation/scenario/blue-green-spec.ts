/**
 * The blue-green strategy that a history is about, drawn at random among all that it knows.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Random } from '../random.ts';
import {
  ACTIVE_SERVICE,
  drawReplicas,
  drawTemplate,
  PREVIEW_SERVICE,
  ROLLOUT_NAME,
  some,
  type Scenario,
} from './rollout-spec.ts';

export function drawBlueGreenScenario(random: Random): Scenario {
  const spec: JsonObject = {
    replicas: drawReplicas(random),
    selector: { matchLabels: { app: ROLLOUT_NAME } },
    template: drawTemplate(random, 'active'),
    strategy: { blueGreen: drawBlueGreen(random) },
    ...some(random, 0.15, { minReadySeconds: random.between(1, 4) }),
    ...some(random, 0.4, { revisionHistoryLimit: random.between(1, 3) }),
    ...some(random, 0.2, { rollbackWindow: { revisions: random.between(1, 3) } }),
    ...some(random, 0.35, { progressDeadlineSeconds: random.pick([8, 30, 60]) }),
    ...some(random, 0.2, { progressDeadlineAbort: true }),
  };
  return { spec, services: [ACTIVE_SERVICE, PREVIEW_SERVICE], ingresses: [] };
}

export function drawBlueGreen(random: Random): JsonObject {
  const gate = random.weighted<JsonObject>([
    [4, { autoPromotionEnabled: false }],
    [3, {}],
    [3, { autoPromotionSeconds: random.pick([1, 5, 30]) }],
  ]);
  return {
    activeService: ACTIVE_SERVICE,
    ...some(random, 0.8, { previewService: PREVIEW_SERVICE }),
    ...gate,
    ...some(random, 0.35, { previewReplicaCount: random.between(0, 3) }),
    ...some(random, 0.4, { scaleDownDelaySeconds: random.pick([0, 1, 10, 60]) }),
    ...some(random, 0.2, { scaleDownDelayRevisionLimit: random.between(0, 1) }),
    ...some(random, 0.3, { abortScaleDownDelaySeconds: random.pick([0, 1, 15, 45]) }),
    ...some(random, 0.25, {
      previewMetadata: { labels: { role: 'preview' }, annotations: { 'example.com/try': 'yes' } },
    }),
    ...some(random, 0.25, { activeMetadata: { labels: { role: 'active' } } }),
  };
}
