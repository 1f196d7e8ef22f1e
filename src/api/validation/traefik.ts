/**
 * Rules of traffic through a TraefikService, beyond those that this API has always had for it.
 */
import type { Rollout } from '../schema/rollout.ts';
import { errorsAmong, invalidValue, requiredValue, type FieldError } from '../words/field-error.ts';
import { PROBLEMS } from '../words/problems.ts';

const CANARY = 'spec.strategy.canary';

export function* traefikErrors({ spec }: Rollout): Iterable<FieldError> {
  const { steps, trafficRouting } = spec.strategy?.canary ?? {};
  if (trafficRouting?.traefik === undefined) return;
  if (trafficRouting.traefik.weightedTraefikServiceName === '') {
    yield requiredValue(`${CANARY}.trafficRouting.traefik.weightedTraefikServiceName`, PROBLEMS.traefikServiceMissing);
  }
  // Another router beside it may match headers, but both have to show the same split.
  yield* errorsAmong(steps, ({ setHeaderRoute }, index) =>
    (setHeaderRoute?.match ?? []).length === 0
      ? null
      : invalidValue(`${CANARY}.steps[${index}].setHeaderRoute`, setHeaderRoute, PROBLEMS.traefikHeaderRoutes),
  );
}
