/**
 * Rules of `spec.strategy.blueGreen`.
 */
import { DEFAULTS } from '../words/defaults.ts';
import { errorsOf, invalidValue, type Check, type FieldError } from '../words/field-error.ts';
import type { BlueGreenStrategy } from '../schema/blue-green.ts';
import type { RolloutSpec } from '../schema/rollout.ts';
import { antiAffinityError } from './anti-affinity.ts';
import { negativeFieldError, partError } from './numbers.ts';
import { PROBLEMS } from '../words/problems.ts';

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
  return limit !== undefined && limit > (spec.revisionHistoryLimit ?? DEFAULTS.revisionHistoryLimit)
    ? invalidValue('spec.strategy.scaleDownDelayRevisionLimit', limit, PROBLEMS.scaleDownLimitAboveHistory)
    : null;
};

const antiAffinityInvalid: Check<BlueGreenSubject> = ({ blueGreen }) =>
  antiAffinityError(blueGreen.antiAffinity, 'spec.strategy.antiAffinity');

const COUNTS = [
  'previewReplicaCount',
  'autoPromotionSeconds',
  'scaleDownDelaySeconds',
  'scaleDownDelayRevisionLimit',
  'abortScaleDownDelaySeconds',
] as const;

const numberInvalid: Check<BlueGreenSubject> = ({ blueGreen }) =>
  partError('spec.strategy.maxUnavailable', blueGreen.maxUnavailable) ??
  negativeFieldError('spec.strategy', blueGreen, COUNTS);

export function blueGreenErrors(subject: BlueGreenSubject): Iterable<FieldError> {
  return errorsOf([servicesEqual, scaleDownLimitAboveHistory, antiAffinityInvalid, numberInvalid], subject);
}
