/**
 * What the Gateways of a route say about it, each through its controller: whether they have accepted what is written,
 * and the backends that it leads to.
 */
import { needsAttention, waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { objectKey } from '../../../kube/object-key.ts';
import type { ParentReference, Route, RouteParentStatus } from '../../../kube/route.ts';

/** Both must hold before a route is in force. */
const CONDITIONS = ['Accepted', 'ResolvedRefs'] as const;

/** A parent that has looked at the route as it is, and refuses it, as a sentence; `null` when none does. */
export function refusedRoute(route: Route): BlockedOn | null {
  const parents = route.spec?.parentRefs ?? [];
  if (parents.length === 0)
    return needsAttention('RouteNotAccepted', `${nameOf(route)} names no Gateway in parentRefs`);
  for (const parent of parents) {
    if (statusesOf(route, parent).some((status) => isInForce(route, status))) continue;
    const refused = statusesOf(route, parent)
      .flatMap(({ conditions = [] }) => conditions)
      .find(
        ({ type, status, observedGeneration = 0 }) =>
          (CONDITIONS as readonly string[]).includes(type) &&
          status === 'False' &&
          observedGeneration >= generationOf(route),
      );
    if (refused !== undefined) {
      const { type, reason = '', message = '' } = refused;
      const said = message.replace(/[.\s]+$/, '');
      return needsAttention(
        'RouteNotAccepted',
        `${nameOf(route)} is not in force at ${parentText(parent)}, ${type} is False (${reason}): ${said}`,
      );
    }
  }
  return null;
}

/** A parent whose controller has not said yet that it has seen the route as it is; `null` when all have. */
export function unconfirmedRoute(route: Route): BlockedOn | null {
  const silent = (route.spec?.parentRefs ?? []).find(
    (parent) => !statusesOf(route, parent).some((status) => hasSeen(route, status)),
  );
  return silent === undefined
    ? null
    : waitsFor(
        'RouteNotConfirmed',
        `waiting for the controller of ${parentText(silent)} to report that it has seen ${nameOf(route)} as it is`,
      );
}

/** Names of the controllers that report about it. */
export function controllersOf({ status }: Route): readonly string[] {
  return [...new Set((status?.parents ?? []).flatMap(({ controllerName }) => controllerName ?? []))];
}

export function nameOf({ kind = 'route', metadata: { namespace = '', name } }: Route): string {
  return `${kind} ${namespace}/${name}`;
}

export function isGateway({ group = 'gateway.networking.k8s.io', kind = 'Gateway' }: ParentReference): boolean {
  return group === 'gateway.networking.k8s.io' && kind === 'Gateway';
}

/** Namespace and name of the Gateway that the route names. */
export function parentKey(
  { metadata }: Route,
  { namespace = metadata.namespace ?? '', name }: ParentReference,
): string {
  return objectKey(namespace, name);
}

export function parentText({ kind = 'Gateway', namespace, name, sectionName }: ParentReference): string {
  const listener = sectionName === undefined ? '' : ` (listener ${sectionName})`;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${listener}`;
}

function hasSeen(route: Route, { conditions = [] }: RouteParentStatus): boolean {
  return CONDITIONS.every((wanted) =>
    conditions.some(({ type, observedGeneration = 0 }) => type === wanted && observedGeneration >= generationOf(route)),
  );
}

function isInForce(route: Route, status: RouteParentStatus): boolean {
  const { conditions = [] } = status;
  return (
    hasSeen(route, status) &&
    CONDITIONS.every((wanted) => conditions.some((one) => one.type === wanted && one.status === 'True'))
  );
}

function generationOf({ metadata }: Route): number {
  return metadata.generation ?? 0;
}

function statusesOf(route: Route, parent: ParentReference): readonly RouteParentStatus[] {
  const wanted = identityOf(route, parent);
  return (route.status?.parents ?? []).filter(({ parentRef }) => identityOf(route, parentRef) === wanted);
}

/** With the defaults of the API. */
function identityOf({ metadata }: Route, parent: ParentReference): string {
  const { group = 'gateway.networking.k8s.io', kind = 'Gateway', namespace = metadata.namespace ?? '' } = parent;
  return [group, kind, namespace, parent.name, parent.sectionName ?? '', parent.port ?? ''].join(' ');
}
