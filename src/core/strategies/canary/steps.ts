/**
 * What is in force at a position of the list of steps.
 */
import type { CanaryStep, SetCanaryScale } from '../../../api/schema/steps.ts';
import type { HeaderRoute, MirrorRoute } from '../../traffic/router.ts';

/** The weight of the last `setWeight` at or before the index; `null` when there is none. */
export function weightAt(steps: readonly CanaryStep[], index: number): number | null {
  for (let i = Math.min(index, steps.length - 1); i >= 0; i--) {
    const weight = steps[i]?.setWeight;
    if (weight !== undefined) return weight;
  }
  return null;
}

/** The `setCanaryScale` in force at the index: the nearest one looking backwards; `null` when there is none, or when it hands back to the weight (spec 5.1). */
export function scaleAt(steps: readonly CanaryStep[], index: number): SetCanaryScale | null {
  for (let i = Math.min(index, steps.length - 1); i >= 0; i--) {
    const scale = steps[i]?.setCanaryScale;
    if (scale !== undefined) return scale.matchTrafficWeight === true ? null : scale;
  }
  return null;
}

/**
 * The managed header routes that are on at the index, in the order in which they were switched on.
 * They are derived from the position alone, so that they cannot be lost or left over: a step with
 * matches switches its route on, one without switches it off, and the end switches all off.
 */
export function headerRoutesAt(steps: readonly CanaryStep[], index: number): readonly HeaderRoute[] {
  if (index >= steps.length) return [];
  const routes = new Map<string, HeaderRoute>();
  for (const step of steps.slice(0, index + 1)) {
    const route = step.setHeaderRoute;
    if (route === undefined) continue;
    const name = route.name ?? '';
    routes.delete(name);
    if (route.match !== undefined && route.match.length > 0) routes.set(name, { name, matches: route.match });
  }
  return [...routes.values()];
}

/** The same for mirror routes. */
export function mirrorRoutesAt(steps: readonly CanaryStep[], index: number): readonly MirrorRoute[] {
  if (index >= steps.length) return [];
  const routes = new Map<string, MirrorRoute>();
  for (const { setMirrorRoute } of steps.slice(0, index + 1)) {
    if (setMirrorRoute === undefined) continue;
    const { name, match = [], percentage = 100 } = setMirrorRoute;
    routes.delete(name);
    if (match.length > 0) routes.set(name, { name, matches: match, percentage });
  }
  return [...routes.values()];
}
