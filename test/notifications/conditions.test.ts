/** Conditions of triggers: nothing is known of a name before it is evaluated. */
import { expect, test } from 'vitest';
import { conditionResult } from '../../src/notifications/conditions.ts';
import { variablesOf } from '../../src/notifications/variables.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const variables = variablesOf({
  rollout: { metadata: { name: 'web' }, spec: { replicas: 3 }, status: { conditions: [{ type: 'Paused' }] } },
  analysisRuns: null,
  secrets: { key: 'ab' },
  now: NOW,
});

test.each([
  ['rollout.spec.replicas == 3', true],
  ['rollout.spec.replicas == 3.0', true],
  ['analysisRuns == nil', true],
  ['analysisRuns != nil && analysisRuns[0].status.phase == "Failed"', false],
  ['nothing == nil', true],
  ['nothing?.deep == nil', true],
  ['any(rollout.status.conditions, {.type == "Paused"})', true],
  ['(rollout.status.message ?? "") contains "x"', false],
  ['time.Now().Sub(time.Parse("2026-11-29T11:00:00Z")).Minutes() == 60', true],
  ['len(secrets.key) == 2', true],
  ['', false],
  ['rollout.metadata.name', 'expected bool, but got string'],
  ['nothing', 'expected bool, but got <nil>'],
  ['nothing.deep', 'cannot fetch deep from <nil>'],
  ['len(analysisRuns) > 0', 'invalid argument for len (type <nil>)'],
  ['rollout.spec.replicas ==', 'unexpected token EOF'],
  ['time.Parse("x") == nil', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
])('%s', (when, expected) => {
  const outcome = conditionResult({ when }, variables, NOW);
  expect('problem' in outcome ? outcome.problem : outcome.value).toEqual(expected);
});
