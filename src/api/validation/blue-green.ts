/**
 * Rules of `spec.strategy.blueGreen` by itself.
 */
import { firstError, invalidValue, type Check } from '../field-error.ts';
import type { BlueGreenStrategy } from '../blue-green.ts';
import type { RolloutSpec } from '../rollout.ts';
import { antiAffinityError } from './anti-affinity.ts';
import { PROBLEMS } from './problems.ts';

const DEFAULT_REVISION_HISTORY_LIMIT = 10;

interface BlueGreenSubject {
  readonly spec: RolloutSpec;
  readonly blueGreen: BlueGreenStrategy;
}

const servicesEqual: Check<BlueGreenSubject> = ({ blueGreen }) =>
  blueGreen.activeService === (blueGreen.previewService ?? '')
    ? invalidValue('spec.strategy.activeService', blueGreen.activeService, PROBLEMS.sameActiveAndPreviewService)
    : null;

const scaleDownLimitAboveHistory: Check<BlueGreenSubject> = ({ spec, blueGreen }) => {
  const limit = blueGreen.scaleDownDelayRevisionLimit;
  return limit !== undefined && limit > (spec.revisionHistoryLimit ?? DEFAULT_REVISION_HISTORY_LIMIT)
    ? invalidValue('spec.strategy.scaleDownDelayRevisionLimit', limit, PROBLEMS.scaleDownLimitAboveHistory)
    : null;
};

const antiAffinityInvalid: Check<BlueGreenSubject> = ({ blueGreen }) =>
  antiAffinityError(blueGreen.antiAffinity, 'spec.strategy.antiAffinity');

export const blueGreenError: Check<BlueGreenSubject> = (subject) =>
  firstError([servicesEqual, scaleDownLimitAboveHistory, antiAffinityInvalid], subject);
