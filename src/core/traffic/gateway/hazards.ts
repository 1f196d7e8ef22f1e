/**
 * Hazards of routes: setups in which requests may not go where the Rollout says, although every write succeeds.
 */
import type { Hazard } from '../../acts/hazard.ts';
import type { Situation } from '../../observed/situation.ts';
import { rolesApart } from '../roles-apart.ts';
import { sidesOf } from '../sides.ts';
import { isManaged } from './managed-rules.ts';
import { dividedRoutes, recognitionOf } from './observed.ts';
import { nameOf } from './parents.ts';
import { backendsOf, isDivided, rulesOf } from './rules.ts';

export function routeHazards(situation: Situation): readonly Hazard[] {
  const sides = sidesOf(situation.rollout);
  const oneSided = dividedRoutes(situation).flatMap(({ object: route }) => {
    const recognition = recognitionOf(situation, route);
    return rulesOf(route).flatMap((rule, index): Hazard[] => {
      const isOneSided = backendsOf(rule, sides, 'stable').length > 0 && !isDivided(rule, sides);
      return isOneSided && !isManaged(rule, recognition)
        ? [
            {
              reason: 'RuleNotDivided',
              message: `rule ${rule.name ?? index} of ${nameOf(route)} leads to Service ${sides.stable} and not to ${sides.canary}, so none of its requests reach the canary; add ${sides.canary} to its backendRefs`,
            },
          ]
        : [];
    });
  });
  return [...oneSided, ...rolesApart(situation)];
}
