import { expect, test } from 'vitest';
import { events, stepText } from '../../src/api/events.ts';
import { EVENT_REASONS, EXPERIMENT_PHASES, HAZARD_REASONS, TEMPLATE_STATES } from '../../src/api/words/reasons.ts';
import type { TrafficWeights } from '../../src/api/schema/status.ts';
import type { CanaryStep } from '../../src/api/schema/steps.ts';
import type { EventNote } from '../../src/kube/plan.ts';

function weights(canary: number, additional?: TrafficWeights['additional']): TrafficWeights {
  return {
    canary: { weight: canary },
    stable: { weight: 100 - canary },
    ...(additional === undefined ? {} : { additional }),
  };
}

const EXPERIMENT = [{ weight: 5, serviceName: 'trial' }];

const ROWS: readonly (readonly [EventNote, EventNote['type'], string, string])[] = [
  [
    events.addedToInformer('shop', 'web'),
    'Normal',
    'RolloutAddedToInformer',
    'Rollout resource added to informer: shop/web',
  ],
  [events.deleted('shop', 'web'), 'Normal', 'RolloutDeleted', 'Rollout web/shop is deleted.'],
  [
    events.proxyNotAsked('10.0.0.7:8080 answered with status 404'),
    'Normal',
    'ProxyNotAsked',
    'Waited for the known time of the proxy: 10.0.0.7:8080 answered with status 404',
  ],
  [events.updated(2), 'Normal', 'RolloutUpdated', 'Rollout updated to revision 2'],
  [
    events.notCompleted(2, 'abc'),
    'Normal',
    'RolloutNotCompleted',
    'Rollout not completed, started update to revision 2 (abc)',
  ],
  [
    events.completed(2, 'abc', 'Completed all 3 canary steps'),
    'Normal',
    'RolloutCompleted',
    'Rollout completed update to revision 2 (abc): Completed all 3 canary steps',
  ],
  [events.replicaSetCreated('web-abc', 2), 'Normal', 'NewReplicaSetCreated', 'Created ReplicaSet web-abc (revision 2)'],
  [
    events.replicaSetCreateFailed('web-abc', 'quota'),
    'Warning',
    'ReplicaSetCreateError',
    'Failed to create new replica set "web-abc": quota',
  ],
  [
    events.replicaSetScaled('web-abc', 2, 0, 3),
    'Normal',
    'ScalingReplicaSet',
    'Scaled up ReplicaSet web-abc (revision 2) from 0 to 3',
  ],
  [
    events.replicaSetScaled('web-abc', 2, 3, 0),
    'Normal',
    'ScalingReplicaSet',
    'Scaled down ReplicaSet web-abc (revision 2) from 3 to 0',
  ],
  [
    events.stepCompleted({ setWeight: 20 }, 0, 6),
    'Normal',
    'RolloutStepCompleted',
    'Rollout step 1/6 completed (setWeight: 20)',
  ],
  [events.paused('CanaryPauseStep'), 'Normal', 'RolloutPaused', 'Rollout is paused (CanaryPauseStep)'],
  [events.resumed(), 'Normal', 'RolloutResumed', 'Rollout is resumed'],
  [events.aborted(2), 'Warning', 'RolloutAborted', 'Rollout aborted update to revision 2'],
  [events.aborted(2, 'why'), 'Warning', 'RolloutAborted', 'Rollout aborted update to revision 2: why'],
  [events.abortedByDeadline('web-abc'), 'Warning', 'RolloutAborted', 'ReplicaSet "web-abc" has timed out progressing.'],
  [events.skippedStepsToStable(), 'Normal', 'SkipSteps', 'Rollback to stable ReplicaSets'],
  [events.skippedStepsWithinWindow(), 'Normal', 'SkipSteps', 'Rollback to active ReplicaSets within RollbackWindow'],
  [
    events.serviceSwitched('web', '', 'abc'),
    'Normal',
    'SwitchService',
    "Switched selector for service 'web' from '' to 'abc'",
  ],
  [events.weightUpdated(undefined, weights(0)), 'Normal', 'TrafficWeightUpdated', 'Traffic weight updated to 0'],
  [
    events.weightUpdated(weights(20), weights(50)),
    'Normal',
    'TrafficWeightUpdated',
    'Traffic weight updated from 20 to 50',
  ],
  [events.weightUpdated(weights(20), weights(20)), 'Normal', 'TrafficWeightUpdated', 'Traffic weight updated'],
  [
    events.weightUpdated(weights(20), weights(50, EXPERIMENT)),
    'Normal',
    'TrafficWeightUpdated',
    'Traffic weight updated from 20 to 50, additional: trial=5',
  ],
  [events.blocked('paused at step 2'), 'Warning', 'RolloutBlocked', 'paused at step 2'],
  [
    events.workloadScaled('web', 5, 0),
    'Normal',
    'ScalingDeployment',
    'Scaled down Deployment web, replaced by this Rollout, from 5 to 0',
  ],
  [events.refused('ScalingDeploymentFailed', 'not allowed'), 'Warning', 'ScalingDeploymentFailed', 'not allowed'],
  [
    events.podRestarted('web-1', '2026-01-02T03:04:05Z'),
    'Normal',
    'RestartingPod',
    'Evicted pod web-1, created before 2026-01-02T03:04:05Z',
  ],
  [events.refused('RestartingPodFailed', 'two budgets'), 'Warning', 'RestartingPodFailed', 'two budgets'],
  [
    events.restarted('2026-01-02T03:04:05Z'),
    'Normal',
    'RolloutRestarted',
    'All pods are younger than 2026-01-02T03:04:05Z',
  ],
  [events.refused('TrafficRoutingError', 'no such Ingress'), 'Warning', 'TrafficRoutingError', 'no such Ingress'],
  [events.weightVerificationFailed('timeout'), 'Warning', 'WeightVerifyError', 'Failed to verify weight: timeout'],
  [
    events.canaryIngressCreated('web-web-canary', 20),
    'Normal',
    'CreatingCanaryIngress',
    'Creating canary ingress `web-web-canary` with weight `20`',
  ],
  [
    events.canaryIngressUpdated('web-web-canary', 50),
    'Normal',
    'PatchingCanaryIngress',
    "Updating Ingress `web-web-canary` to desiredWeight '50'",
  ],
  [
    events.metricCompleted('errors', 'Successful'),
    'Normal',
    'MetricSuccessful',
    "Metric 'errors' Completed. Result: Successful",
  ],
  [events.metricCompleted('errors', 'Failed'), 'Warning', 'MetricFailed', "Metric 'errors' Completed. Result: Failed"],
  [events.metricCompleted('errors', 'Error'), 'Warning', 'MetricError', "Metric 'errors' Completed. Result: Error"],
  [
    events.metricCompleted('errors', 'Inconclusive'),
    'Normal',
    'MetricInconclusive',
    "Metric 'errors' Completed. Result: Inconclusive",
  ],
  [
    events.analysisRunCompleted('Successful'),
    'Normal',
    'AnalysisRunSuccessful',
    'Analysis Completed. Result: Successful',
  ],
  [events.analysisRunCompleted('Failed'), 'Warning', 'AnalysisRunFailed', 'Analysis Completed. Result: Failed'],
  [
    events.analysisRunChanged('Step', 'web-abc-2-0', 'Running', ''),
    'Normal',
    'AnalysisRunRunning',
    "Step Analysis Run 'web-abc-2-0' Status New: 'Running' Previous: 'NoPreviousStatus'",
  ],
  [
    events.analysisRunChanged('Background', 'web-abc-2', 'Error', 'Running'),
    'Warning',
    'AnalysisRunError',
    "Background Analysis Run 'web-abc-2' Status New: 'Error' Previous: 'Running'",
  ],
  [
    events.analysisRunChanged('PrePromotion', 'web-abc-2-pre', 'Inconclusive', 'Running'),
    'Normal',
    'AnalysisRunInconclusive',
    "PrePromotion Analysis Run 'web-abc-2-pre' Status New: 'Inconclusive' Previous: 'Running'",
  ],
  [events.experimentCreated('web-abc-2-0'), 'Normal', 'ExperimentCreated', "Created Experiment 'web-abc-2-0'"],
  [
    events.experimentRunChanged('rate', 'trial-rate', 'Running'),
    'Normal',
    'AnalysisRunRunning',
    "AnalysisRun 'trial-rate' of analysis 'rate' is Running",
  ],
  [
    events.templateReplicaSetCreated('trial-a', 'a'),
    'Normal',
    'NewReplicaSetCreated',
    "Created ReplicaSet trial-a of template 'a'",
  ],
  [
    events.templateReplicaSetScaled('trial-a', 0, 2),
    'Normal',
    'ScalingReplicaSet',
    'Scaled up ReplicaSet trial-a from 0 to 2',
  ],
  [
    events.templateReplicaSetScaled('trial-a', 2, 0),
    'Normal',
    'ScalingReplicaSet',
    'Scaled down ReplicaSet trial-a from 2 to 0',
  ],
  ...TEMPLATE_STATES.map((state): readonly [EventNote, EventNote['type'], string, string] => [
    events.templateChanged('a', state, 'why'),
    state === 'Failed' || state === 'Error' ? 'Warning' : 'Normal',
    `Template${state}`,
    `Template 'a' is ${state}: why`,
  ]),
  ...EXPERIMENT_PHASES.map((phase): readonly [EventNote, EventNote['type'], string, string] => [
    events.experimentChanged(phase, ''),
    phase === 'Failed' || phase === 'Error' ? 'Warning' : 'Normal',
    `Experiment${phase}`,
    `Experiment is ${phase}`,
  ]),
  ...HAZARD_REASONS.map((reason): readonly [EventNote, EventNote['type'], string, string] => [
    events.hazard(reason, 'what to expect'),
    'Warning',
    reason,
    'what to expect',
  ]),
];

test.each(ROWS)('%o', (event, type, reason, message) => {
  expect(event).toEqual({ type, reason, message });
});

test('every reason has an event, and every event is in this table', () => {
  expect(new Set(ROWS.map(([event]) => event.reason))).toEqual(new Set(EVENT_REASONS));
  expect(new Set(ROWS.map(([event]) => event.reason)).size).toBe(EVENT_REASONS.length);
});

test.each<readonly [CanaryStep, string]>([
  [{ setWeight: 20 }, 'setWeight: 20'],
  [{ pause: {} }, 'pause'],
  [{ pause: { duration: 10 } }, 'pause: 10s'],
  [{ pause: { duration: '10' } }, 'pause: 10s'],
  [{ pause: { duration: '5m' } }, 'pause: 5m'],
  [{ setCanaryScale: { weight: 25 } }, 'setCanaryScale{weight: 25}'],
  [{ setCanaryScale: { weight: 25, replicas: 3 } }, 'setCanaryScale{replicas: 3}'],
  [{ setCanaryScale: { replicas: 3, matchTrafficWeight: true } }, 'setCanaryScale{matchTrafficWeight: true}'],
  [{ setCanaryScale: {} }, 'setCanaryScale'],
  [{ experiment: { templates: [] } }, 'experiment'],
  [{ analysis: {} }, 'analysis'],
  [{ setHeaderRoute: { name: 'beta' } }, 'setHeaderRoute: beta'],
  [{ setMirrorRoute: { name: 'copy' } }, 'setMirrorRoute: copy'],
  [{ plugin: { name: 'a/b' } }, 'plugin: a/b'],
  [{ setWeight: 20, setCanaryScale: { replicas: 3 } }, 'setCanaryScale{replicas: 3}'],
])('%o is called %s', (step, text) => {
  expect(stepText(step)).toBe(text);
});
