/**
 * Whether the objects that a Rollout refers to exist and fit it (spec 2.3). Everything is looked up
 * first and inspected afterwards, so that a missing object is reported before an unfitting one.
 */
import type { Ingress, Service } from '../../kube/objects.ts';
import type { BlueGreenStrategy } from '../blue-green.ts';
import type { CanaryStrategy } from '../canary.ts';
import { firstErrorOf, internalError, invalidValue, type FieldError } from '../field-error.ts';
import { ANNOTATIONS, LABELS } from '../labels.ts';
import type { Rollout } from '../rollout.ts';
import type { NginxTrafficRouting } from '../traffic-routing.ts';
import { PROBLEMS } from './problems.ts';

/** The objects of the Rollout's namespace by name. */
export interface ReferencedObjects {
  service(name: string): Service | undefined;
  ingress(name: string): Ingress | undefined;
}

const CANARY = 'spec.strategy.canary';
const BLUE_GREEN = 'spec.strategy.blueGreen';
const NGINX = `${CANARY}.trafficRouting.nginx`;

interface NamedReference {
  readonly name: string;
  readonly path: string;
}

interface ServiceReference extends NamedReference {
  /** Labels that pods carry while they play the role of this Service. */
  readonly roleLabels: Readonly<Record<string, string>>;
}

interface IngressReference extends NamedReference {
  /** A missing Ingress of a list is reported under a name that has always been misspelt. */
  readonly missingPath: string;
}

/** The first thing that is wrong with the objects that the Rollout refers to, or null. */
export function validateReferences(rollout: Rollout, objects: ReferencedObjects): FieldError | null {
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  const services = [
    ...(canary === undefined ? [] : canaryServices(canary)),
    ...(blueGreen === undefined ? [] : blueGreenServices(blueGreen)),
  ];
  const nginx = canary?.trafficRouting?.nginx;
  const ingresses = nginx === undefined ? [] : ingressReferences(nginx);
  return (
    firstErrorOf(services, ({ name, path }) =>
      objects.service(name) === undefined ? invalidValue(path, name, `service "${name}" not found`) : null,
    ) ??
    (nginx === undefined ? null : ingressCountError(nginx)) ??
    firstErrorOf(ingresses, ({ name, missingPath }) =>
      objects.ingress(name) === undefined
        ? invalidValue(missingPath, name, `ingress.networking.k8s.io "${name}" not found`)
        : null,
    ) ??
    firstErrorOf(services, (reference) => serviceError(reference, rollout, objects)) ??
    firstErrorOf(ingresses, (reference) => ingressError(reference, canary?.stableService ?? '', objects))
  );
}

function canaryServices(canary: CanaryStrategy): readonly ServiceReference[] {
  const { stableService, canaryService, pingPong, stableMetadata, canaryMetadata } = canary;
  const references = [
    { name: stableService, path: `${CANARY}.stableService`, roleLabels: stableMetadata?.labels ?? {} },
    { name: canaryService, path: `${CANARY}.canaryService`, roleLabels: canaryMetadata?.labels ?? {} },
    { name: pingPong?.pingService, path: `${CANARY}.pingPong.pingService`, roleLabels: {} },
    { name: pingPong?.pongService, path: `${CANARY}.pingPong.pongService`, roleLabels: {} },
  ];
  return references.flatMap(({ name = '', ...rest }) => (name === '' ? [] : [{ name, ...rest }]));
}

/**
 * A label that pods carry for a role only is not there in the moment in which the active Service moves to
 * them, so none of these Services may select by one.
 */
function blueGreenServices({ activeService, previewService = '' }: BlueGreenStrategy): readonly ServiceReference[] {
  const active = { name: activeService, path: `${BLUE_GREEN}.activeService`, roleLabels: {} };
  const preview = { name: previewService, path: `${BLUE_GREEN}.previewService`, roleLabels: {} };
  return previewService === '' ? [active] : [active, preview];
}

function ingressReferences({
  stableIngress = '',
  stableIngresses = [],
}: NginxTrafficRouting): readonly IngressReference[] {
  if (stableIngress !== '') {
    return [{ name: stableIngress, path: `${NGINX}.stableIngress`, missingPath: `${NGINX}.stableIngress` }];
  }
  return stableIngresses.map((name) => ({
    name,
    path: `${NGINX}.stableIngresses`,
    missingPath: `${NGINX}.StableIngresses`,
  }));
}

function ingressCountError({ stableIngress = '', stableIngresses = [] }: NginxTrafficRouting): FieldError | null {
  const single = stableIngress !== '';
  const several = stableIngresses.length > 0;
  if (single !== several) return null;
  return internalError(NGINX, single ? PROBLEMS.nginxIngressesBoth : PROBLEMS.nginxIngressesNeither);
}

/** A Service without the managed-by annotation is free to be adopted. */
function serviceError(
  { name, path, roleLabels }: ServiceReference,
  rollout: Rollout,
  objects: ReferencedObjects,
): FieldError | null {
  const service = objects.service(name);
  const podLabels = rollout.spec.template?.metadata?.labels ?? {};
  const unmatched = Object.entries(service?.spec.selector ?? {}).find(
    ([key, value]) => key !== LABELS.podTemplateHash && podLabels[key] !== value && roleLabels[key] !== value,
  );
  if (unmatched !== undefined) {
    return invalidValue(path, name, `Service "${name}" has unmatch label "${unmatched[0]}" in rollout`);
  }
  const manager = service?.metadata.annotations?.[ANNOTATIONS.managedByRollouts];
  return manager !== undefined && manager !== rollout.metadata.name
    ? invalidValue(path, name, `Service "${name}" is managed by another Rollout`)
    : null;
}

function ingressError(
  { name, path }: IngressReference,
  stableService: string,
  objects: ReferencedObjects,
): FieldError | null {
  const rules = objects.ingress(name)?.spec?.rules ?? [];
  const routesToStable = rules.some((rule) =>
    (rule.http?.paths ?? []).some(({ backend }) => backend.service?.name === stableService),
  );
  return routesToStable
    ? null
    : invalidValue(path, name, `ingress \`${name}\` has no rules using service ${stableService} backend`);
}
