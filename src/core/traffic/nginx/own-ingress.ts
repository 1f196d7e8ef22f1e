/**
 * Which canary Ingresses belong to this Rollout, including those that a deleted Rollout of its name has left without an
 * owner, as `kubectl delete --cascade=orphan` and a restored backup do.
 */
import { namedServices } from '../../../api/schema/named-services.ts';
import type { JsonObject } from '../../../kube/json.ts';
import type { Ingress } from '../../../kube/objects.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../../kube/owners.ts';
import type { Write } from '../../../kube/plan.ts';
import { ROLLOUTS } from '../../../kube/resources.ts';
import type { Situation } from '../../observed/situation.ts';
import { backendServices } from './backends.ts';
import { canaryIngressName, ingressTarget, nginxOf, stableIngressNames, stableNameIn } from './ingress.ts';
import { ingressesIn } from './observed.ts';
import { isWrittenByRolloutController } from './own-fields.ts';

/** Names of the canary Ingresses that the spec leads through. */
function wantedNames({ rollout, name }: Situation): ReadonlySet<string> {
  return new Set(stableIngressNames(nginxOf(rollout)).map((one) => canaryIngressName(name, one)));
}

/** True for an Ingress that a Rollout of this name controls, or has left without a controller. */
export function isOurs(situation: Situation, ingress: Ingress): boolean {
  const owner = controllerOf(ingress);
  if (owner !== undefined) return owner.kind === ROLLOUTS.kind && owner.name === situation.name;
  return (
    isAbandoned(ingress) && (wantedNames(situation).has(ingress.metadata.name) || isFormerCanary(situation, ingress))
  );
}

/** True for an Ingress that this Rollout controls, or has left without a controller, and no longer leads through. */
export function isLeftOver(situation: Situation, ingress: Ingress): boolean {
  const { uid } = situation.rollout.metadata;
  const ours = isControlledBy(ingress, uid) || (controllerOf(ingress) === undefined && isOurs(situation, ingress));
  return ours && !wantedNames(situation).has(ingress.metadata.name);
}

/** True for an Ingress without a controller reference that a controller of Rollouts has written: a Rollout may adopt it. */
export function isAbandoned(ingress: Ingress): boolean {
  return controllerOf(ingress) === undefined && isWrittenByRolloutController(ingress);
}

/**
 * Names are no proof: `web-api-x-canary` is what Rollout `web` would call the canary of `api-x`, and `web-api` that
 * of `x`. So it, or the stable Ingress in its name, has to lead to a Service of this Rollout.
 */
function isFormerCanary({ world, rollout, name }: Situation, ingress: Ingress): boolean {
  const stableName = stableNameIn(name, ingress.metadata.name);
  if (stableName === null) return false;
  const stable = ingressesIn(world).get(stableName);
  const backends = new Set([...backendServices(ingress), ...(stable === undefined ? [] : backendServices(stable))]);
  return namedServices(rollout).some((service) => backends.has(service.name));
}

/** The write that makes this Rollout the controller. A former controller is replaced; other owners stay. */
export function adoption(situation: Situation, { metadata }: Ingress): Write {
  const { name, uid } = situation.rollout.metadata;
  const others = (metadata.ownerReferences ?? []).filter((owner) => owner.controller !== true);
  const ownerReferences = [...others, controllerReference(ROLLOUTS, name, uid)];
  return {
    op: 'patch',
    ...ingressTarget(situation, metadata.name),
    patch: { metadata: { ownerReferences: ownerReferences as unknown as JsonObject[] } },
    resourceVersion: metadata.resourceVersion,
    why: 'adopt a canary Ingress that a former Rollout of this name has left',
  };
}
