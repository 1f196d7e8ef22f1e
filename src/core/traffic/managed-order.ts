/** The order of precedence of managed routes. */
import type { Rollout } from '../../api/schema/rollout.ts';

/** As `managedRoutes` names them: of two that match as much the first one counts. */
export function inManagedOrder<Managed extends { readonly name: string }>(
  { spec }: Rollout,
  routes: readonly Managed[],
): readonly Managed[] {
  const names = (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name);
  return routes.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}
