/**
 * Hazards of routes: setups in which requests may not go where the Rollout says, although every write succeeds.
 */
import type { Hazard } from '../../acts/hazard.ts';
import type { Situation } from '../../observed/situation.ts';
import { rolesApart } from '../roles-apart.ts';
import { sidesOf } from '../sides.ts';
import { CONTOUR, TRAEFIK } from './implementations.ts';
import { isManaged } from './managed-rules.ts';
import { dividedRoutes, recognitionOf } from './observed.ts';
import { controllersOf, nameOf } from './parents.ts';
import { backendsOf, isDivided, rulesOf } from './rules.ts';

/**
 * Names of controllers with which patterns have been seen to work. The Gateway API leaves them to each implementation, and
 * has no feature by which one could say that it has them.
 */
const WITH_PATTERNS: ReadonlySet<string> = new Set([CONTOUR, TRAEFIK]);

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
  return [...oneSided, ...rolesApart(situation), ...unprovenPatterns(situation)];
}

function unprovenPatterns(situation: Situation): readonly Hazard[] {
  const what = patterned(situation);
  if (what === null) return [];
  return dividedRoutes(situation)
    .filter(({ named }) => named.takesHeaderRoutes)
    .flatMap(({ object: route }) => {
      const unproven = controllersOf(route).find((name) => !WITH_PATTERNS.has(name));
      return unproven === undefined
        ? []
        : [
            {
              reason: 'PatternUnproven' as const,
              message: `${nameOf(route)} is to match ${what} by a pattern, which the Gateway API leaves to each implementation, and Serin has not seen ${unproven} do it; use an exact value, or try it before you rely on it`,
            },
          ];
    });
}

/** What a step matches by a pattern, or a header by its prefix; `null` when all is matched in ways that every implementation has. */
function patterned({ rollout }: Situation): string | null {
  for (const { setHeaderRoute, setMirrorRoute } of rollout.spec.strategy?.canary?.steps ?? []) {
    const mirrored = setMirrorRoute?.match ?? [];
    if (mirrored.some(({ path }) => (path?.regex ?? '') !== '')) return 'a path';
    const headers = [
      ...(setHeaderRoute?.match ?? []).map(({ headerName, headerValue }) => [headerName, headerValue] as const),
      ...mirrored.flatMap(({ headers: ofMirror = {} }) => Object.entries(ofMirror)),
    ];
    const header = headers.find(([, value]) => (value?.exact ?? '') === '');
    if (header !== undefined) return `header ${header[0]}`;
  }
  return null;
}
