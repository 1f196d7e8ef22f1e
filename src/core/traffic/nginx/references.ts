/**
 * The Ingresses that a Rollout refers to, and whether they exist and fit it (spec 2.3).
 */
import type { Rollout } from '../../../api/schema/rollout.ts';
import { errorsAmong, internalError, invalidValue, type FieldError } from '../../../api/words/field-error.ts';
import type { NginxTrafficRouting } from '../../../api/schema/traffic-routing.ts';
import { PROBLEMS } from '../../../api/words/problems.ts';
import { INGRESSES } from '../../../kube/resources.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import type { ObjectRef } from '../router.ts';
import { canaryIngressName, canaryRules, nginxOf, stableIngressNames } from './ingress.ts';
import { ingressesIn } from './observed.ts';

const PATH = 'spec.strategy.canary.trafficRouting.nginx';

/** The stable Ingresses and the canary that belongs to each. */
export function ingressReferences(rollout: Rollout): readonly ObjectRef[] {
  const stable = stableIngressNames(nginxOf(rollout));
  const canaries = stable.map((name) => canaryIngressName(rollout.metadata.name, name));
  return [...stable, ...canaries].map((name) => ({ resource: INGRESSES, name }));
}

export function missingIngresses(world: RolloutWorld): Iterable<FieldError> {
  const nginx = nginxOf(world.rollout);
  // A missing Ingress of a list is reported under a name that has always been misspelt.
  const path = namesOne(nginx) ? `${PATH}.stableIngress` : `${PATH}.StableIngresses`;
  return errorsAmong(stableIngressNames(nginx), (name) =>
    ingressesIn(world).has(name) ? null : invalidValue(path, name, `ingress.networking.k8s.io "${name}" not found`),
  );
}

/** A stable Ingress has to lead to the stable Service, otherwise there is nothing to divide. */
export function* unfitIngresses(world: RolloutWorld): Iterable<FieldError> {
  const nginx = nginxOf(world.rollout);
  const isOne = namesOne(nginx);
  if (isOne === (nginx.stableIngresses ?? []).length > 0) {
    yield internalError(PATH, isOne ? PROBLEMS.nginxIngressesBoth : PROBLEMS.nginxIngressesNeither);
  }
  const { stableService = '' } = world.rollout.spec.strategy?.canary ?? {};
  const path = `${PATH}.${isOne ? 'stableIngress' : 'stableIngresses'}`;
  yield* errorsAmong(stableIngressNames(nginx), (name) => {
    const ingress = ingressesIn(world).get(name);
    return ingress === undefined || canaryRules(ingress, stableService, '').length > 0
      ? null
      : invalidValue(path, name, `ingress \`${name}\` has no rules using service ${stableService} backend`);
  });
}

function namesOne({ stableIngress = '' }: NginxTrafficRouting): boolean {
  return stableIngress !== '';
}
