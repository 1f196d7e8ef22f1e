/**
 * Rules of traffic through VirtualServices of Istio, beyond those that this API has always had for it.
 */
import { namedVirtualServices, type NamedVirtualService } from '../schema/istio.ts';
import type { CanaryStrategy } from '../schema/canary.ts';
import type { Rollout } from '../schema/rollout.ts';
import type { CanaryStep } from '../schema/steps.ts';
import type { TrafficRouting } from '../schema/traffic-routing.ts';
import {
  duplicateValue,
  errorsAmong,
  firstErrorOf,
  forbidden,
  invalidValue,
  requiredValue,
  type FieldError,
} from '../words/field-error.ts';
import { PROBLEMS } from '../words/problems.ts';

const CANARY = 'spec.strategy.canary';
const ISTIO = `${CANARY}.trafficRouting.istio`;
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

export function* istioErrors({ metadata, spec }: Rollout): Iterable<FieldError> {
  const canary = spec.strategy?.canary;
  const istio = canary?.trafficRouting?.istio;
  if (canary === undefined || istio === undefined) return;
  const named = namedVirtualServices(istio);
  if (named.length === 0) yield requiredValue(`${ISTIO}.virtualService`, PROBLEMS.istioVirtualServicesMissing);
  if (istio.virtualService !== undefined && (istio.virtualServices ?? []).length > 0) {
    yield forbidden(`${ISTIO}.virtualServices`, PROBLEMS.istioVirtualServicesBoth);
  }
  yield* errorsAmong(named, (one, index) => virtualServiceError(one, named.slice(0, index), metadata.namespace));
  if (istio.destinationRule !== undefined) yield* subsetErrors(istio.destinationRule, canary);
  yield* errorsAmong(canary.steps, (step, index) => stepError(step, `${CANARY}.steps[${index}]`));
}

function virtualServiceError(
  { name, namespace, asksForOthers, field }: NamedVirtualService,
  before: readonly NamedVirtualService[],
  ownNamespace: string | undefined,
): FieldError | null {
  const path = `${ISTIO}.${field}`;
  if (!NAME.test(name) || (namespace !== null && !NAME.test(namespace))) {
    return invalidValue(`${path}.name`, name, PROBLEMS.istioName);
  }
  if (namespace !== null && namespace !== ownNamespace) {
    return invalidValue(`${path}.name`, namespace, PROBLEMS.istioNamespace);
  }
  if (before.some((one) => one.name === name)) return duplicateValue(`${path}.name`, name);
  return asksForOthers ? forbidden(path, PROBLEMS.istioOtherRoutes) : null;
}

function* subsetErrors(
  rule: NonNullable<NonNullable<TrafficRouting['istio']>['destinationRule']>,
  { stableService, canaryService }: CanaryStrategy,
): Iterable<FieldError> {
  const path = `${ISTIO}.destinationRule`;
  const { name, stableSubsetName, canarySubsetName } = rule;
  if (name === '') yield requiredValue(`${path}.name`, '');
  if (stableSubsetName === '') yield requiredValue(`${path}.stableSubsetName`, PROBLEMS.istioSubsetName);
  if (canarySubsetName === '') yield requiredValue(`${path}.canarySubsetName`, PROBLEMS.istioSubsetName);
  if (canarySubsetName === stableSubsetName) {
    yield invalidValue(`${path}.canarySubsetName`, canarySubsetName, PROBLEMS.istioSameSubsets);
  }
  if (!isSet(stableService)) yield requiredValue(`${CANARY}.stableService`, PROBLEMS.istioSubsetServices);
  if (!isSet(canaryService)) yield requiredValue(`${CANARY}.canaryService`, PROBLEMS.istioSubsetServices);
}

function stepError({ setHeaderRoute, experiment }: CanaryStep, path: string): FieldError | null {
  const weighted = (experiment?.templates ?? []).findIndex(({ weight }) => weight !== undefined);
  if (weighted !== -1) {
    return forbidden(`${path}.experiment.templates[${weighted}].weight`, PROBLEMS.istioExperimentWeight);
  }
  const { match = [] } = setHeaderRoute ?? {};
  return firstErrorOf([...match.entries()], ([index, { headerName }]) =>
    headerName === '' ? requiredValue(`${path}.setHeaderRoute.match[${index}].headerName`, '') : null,
  );
}

function isSet(name: string | undefined): boolean {
  return name !== undefined && name !== '';
}
