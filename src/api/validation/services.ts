/**
 * Checks that the Services that a Rollout names exist and fit (spec 2.3). These are two checks, because a missing
 * object of any kind is reported before one that does not fit.
 */
import type { Service } from '../../kube/objects.ts';
import type { BlueGreenStrategy } from '../schema/blue-green.ts';
import type { CanaryStrategy } from '../schema/canary.ts';
import { errorsAmong, invalidValue, type FieldError } from '../words/field-error.ts';
import { LABELS } from '../words/labels.ts';
import type { Rollout } from '../schema/rollout.ts';
import { managerOf } from '../words/service-manager.ts';

/** Those of the Rollout's namespace by name. */
type Services = ReadonlyMap<string, Service>;

const CANARY = 'spec.strategy.canary';
const BLUE_GREEN = 'spec.strategy.blueGreen';

interface ServiceReference {
  readonly name: string;
  readonly path: string;
  /** The labels of the role of this Service, which override those of the template. */
  readonly roleLabels: Readonly<Record<string, string>>;
  /** Whether the Service may select a label that only the role sets. */
  readonly waitsForRole: boolean;
}

/** The Services that the Rollout names and that do not exist. */
export function missingServices(rollout: Rollout, services: Services): Iterable<FieldError> {
  return errorsAmong(servicesOf(rollout), ({ name, path }) =>
    services.has(name) ? null : invalidValue(path, name, `service "${name}" not found`),
  );
}

/** The Services that the Rollout names and that exist and do not fit. */
export function unfitServices(rollout: Rollout, services: Services): Iterable<FieldError> {
  return errorsAmong(servicesOf(rollout), (reference) => serviceError(reference, rollout, services));
}

function servicesOf({ spec }: Rollout): readonly ServiceReference[] {
  const { canary, blueGreen } = spec.strategy ?? {};
  return [
    ...(canary === undefined ? [] : canaryServices(canary)),
    ...(blueGreen === undefined ? [] : blueGreenServices(blueGreen)),
  ];
}

function canaryServices(canary: CanaryStrategy): readonly ServiceReference[] {
  const { stableService, canaryService, pingPong, stableMetadata, canaryMetadata } = canary;
  const references = [
    { name: stableService, path: `${CANARY}.stableService`, roleLabels: stableMetadata?.labels ?? {} },
    { name: canaryService, path: `${CANARY}.canaryService`, roleLabels: canaryMetadata?.labels ?? {} },
    { name: pingPong?.pingService, path: `${CANARY}.pingPong.pingService`, roleLabels: {} },
    { name: pingPong?.pongService, path: `${CANARY}.pingPong.pongService`, roleLabels: {} },
  ];
  return references.flatMap(({ name = '', ...rest }) => (name === '' ? [] : [{ name, ...rest, waitsForRole: true }]));
}

/**
 * Pods may not have the labels of their role yet when a Service moves to them, so these Services may not select
 * such a label.
 */
function blueGreenServices(blueGreen: BlueGreenStrategy): readonly ServiceReference[] {
  const { activeService, previewService = '', activeMetadata, previewMetadata } = blueGreen;
  const active = {
    name: activeService,
    path: `${BLUE_GREEN}.activeService`,
    roleLabels: activeMetadata?.labels ?? {},
    waitsForRole: false,
  };
  const preview = {
    name: previewService,
    path: `${BLUE_GREEN}.previewService`,
    roleLabels: previewMetadata?.labels ?? {},
    waitsForRole: false,
  };
  return previewService === '' ? [active] : [active, preview];
}

/** A Service without the managed-by annotation may be taken over. */
function serviceError(
  { name, path, roleLabels, waitsForRole }: ServiceReference,
  rollout: Rollout,
  services: Services,
): FieldError | null {
  const service = services.get(name);
  const podLabels = rollout.spec.template?.metadata?.labels ?? {};
  const worn = new Map(Object.entries({ ...podLabels, ...roleLabels }));
  const own = waitsForRole ? worn : new Map(Object.entries(podLabels));
  const unmatched = Object.entries(service?.spec.selector ?? {}).find(
    ([key, value]) => key !== LABELS.podTemplateHash && (worn.get(key) !== value || own.get(key) !== value),
  );
  if (unmatched !== undefined) {
    return invalidValue(path, name, `Service "${name}" has unmatch label "${unmatched[0]}" in rollout`);
  }
  const manager = managerOf(service);
  return manager !== undefined && manager !== rollout.metadata.name
    ? invalidValue(path, name, `Service "${name}" is managed by another Rollout`)
    : null;
}
