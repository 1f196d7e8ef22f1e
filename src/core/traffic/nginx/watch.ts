/**
 * Which Ingresses and IngressClasses a decision looks at, and which Rollouts a change of them concerns.
 */
import { namedServices } from '../../../api/schema/named-services.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import { NGINX_CANARY_ANNOTATIONS as KEY } from '../../../api/words/labels.ts';
import { keyOf, keysBeside } from '../../../kube/object-key.ts';
import type { Ingress, IngressClass, KubeObject } from '../../../kube/objects.ts';
import { INGRESS_CLASSES, INGRESSES, ROLLOUTS } from '../../../kube/resources.ts';
import { byController, ROLLOUTS_BY_NAMESPACE, ROLLOUTS_BY_SERVICE } from '../../observed/indexes.ts';
import type { Index, Lookup } from '../../observed/lookup.ts';
import type { RoutedObject, RouterWatch } from '../watch.ts';
import { backendServices } from './backends.ts';
import { classNameOf } from './dialect.ts';
import { stableNameIn } from './ingress.ts';
import { isAbandoned } from './own-ingress.ts';
import { ingressReferences } from './references.ts';

const BY_CONTROLLER: Index<Ingress> = { resource: INGRESSES, name: 'controller', valuesOf: byController };

/** By namespace: those that look like canaries of ours, and that no controller owns. */
const ABANDONED: Index<Ingress> = {
  resource: INGRESSES,
  name: 'abandonedIn',
  valuesOf: (ingress) => (isAbandoned(ingress) ? [ingress.metadata.namespace ?? ''] : []),
};

/** By namespace and host. */
const BY_HOST: Index<Ingress> = {
  resource: INGRESSES,
  name: 'host',
  valuesOf: (ingress) =>
    keysBeside(
      ingress,
      (ingress.spec?.rules ?? []).map((rule) => rule.host ?? '*'),
    ),
};

/** By the key of a Service that requests are sent to. */
const BY_SERVICE: Index<Ingress> = {
  resource: INGRESSES,
  name: 'service',
  valuesOf: (ingress) => keysBeside(ingress, [...backendServices(ingress)]),
};

/** By the key of an Ingress that the Rollout leads through. */
const ROLLOUTS_BY_INGRESS: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'ingress',
  valuesOf: (rollout) =>
    keysBeside(
      rollout,
      ingressReferences(rollout).map(({ name }) => name),
    ),
};

/** All that lead through any, under ''. */
const ROLLOUTS_THROUGH_NGINX: Index<Rollout> = {
  resource: ROLLOUTS,
  name: 'nginx',
  valuesOf: (rollout) => (ingressReferences(rollout).length > 0 ? [''] : []),
};

export const nginxWatch: RouterWatch = {
  resources: [INGRESSES, INGRESS_CLASSES],
  indexes: [BY_CONTROLLER, ABANDONED, BY_HOST, BY_SERVICE, ROLLOUTS_BY_INGRESS, ROLLOUTS_THROUGH_NGINX],

  gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
    const ingresses = ingressesOf(lookup, rollout);
    const classNames = [...new Set(ingresses.map(classNameOf))];
    const classes = classNames.flatMap((name) => lookup.get<IngressClass>(INGRESS_CLASSES, '', name) ?? []);
    return [
      ...ingresses.map((object) => ({ resource: INGRESSES, object })),
      ...classes.map((object) => ({ resource: INGRESS_CLASSES, object })),
    ];
  },

  concernedBy(lookup: Lookup, { resource, object }: RoutedObject): readonly Rollout[] {
    if (resource.plural === INGRESS_CLASSES.plural) return lookup.find(ROLLOUTS_THROUGH_NGINX, '');
    return resource.plural === INGRESSES.plural ? concernedByIngress(lookup, object) : [];
  },
};

/**
 * Those that the spec names, those that we own, and those on the same hosts or with the same Services: a second canary
 * would be ignored by the proxy, and another Ingress to the stable Service is split with it. An Ingress without a
 * controller that is named like a canary of ours may be ours again; the stable Ingress in its name helps to decide.
 */
function ingressesOf(lookup: Lookup, rollout: Rollout): readonly Ingress[] {
  const { namespace = '', name, uid } = rollout.metadata;
  const named = (one: string): readonly Ingress[] => [lookup.get<Ingress>(INGRESSES, namespace, one) ?? []].flat();
  const references = ingressReferences(rollout);
  const referred = references.flatMap((one) => named(one.name));
  const services = references.length === 0 ? [] : namedServices(rollout).map((service) => service.name);
  const abandoned = lookup.find(ABANDONED, namespace).flatMap((one) => {
    const stableName = stableNameIn(name, one.metadata.name);
    return stableName === null ? [] : [one, ...named(stableName)];
  });
  const all = [
    ...referred.flatMap((one) => [one, ...onSameHosts(lookup, one)]),
    ...keysBeside(rollout, services).flatMap((service) => lookup.find(BY_SERVICE, service)),
    ...lookup.find(BY_CONTROLLER, uid),
    ...abandoned,
  ];
  return [...new Set(all)];
}

function onSameHosts(lookup: Lookup, ingress: Ingress): readonly Ingress[] {
  return BY_HOST.valuesOf(ingress).flatMap((host) => lookup.find(BY_HOST, host));
}

function concernedByIngress(lookup: Lookup, ingress: Ingress): readonly Rollout[] {
  // The canary of another owner concerns every Rollout that routes through its host, also when it is gone.
  const neighbours = isCanary(ingress) ? onSameHosts(lookup, ingress) : [];
  return [
    // Whatever its class: a Rollout that names it waits for it.
    ...lookup.find(ROLLOUTS_BY_INGRESS, keyOf(ingress)),
    // An Ingress without a controller may have been a canary of any of them.
    ...ABANDONED.valuesOf(ingress).flatMap((namespace) => lookup.find(ROLLOUTS_BY_NAMESPACE, namespace)),
    ...neighbours.flatMap((one) => lookup.find(ROLLOUTS_BY_INGRESS, keyOf(one))),
    ...BY_SERVICE.valuesOf(ingress).flatMap((service) => lookup.find(ROLLOUTS_BY_SERVICE, service)),
  ];
}

/** Under whichever prefix. */
function isCanary({ metadata }: KubeObject): boolean {
  return Object.entries(metadata.annotations ?? {}).some(
    ([key, value]) => key.endsWith(`/${KEY.canary}`) && value === 'true',
  );
}
