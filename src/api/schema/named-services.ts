/**
 * The Services that a Rollout names, and the role of each.
 */
import { onceFor } from '../../kube/once-for.ts';
import type { Rollout, RolloutSpec } from './rollout.ts';

export type ServiceRole = 'stable' | 'canary' | 'active' | 'preview';

export interface NamedService {
  readonly name: string;
  readonly role: ServiceRole;
}

/** In display order: the Service with production traffic comes first. */
export function namedServices({ spec }: Rollout): readonly NamedService[] {
  return servicesIn(spec);
}

const servicesIn = onceFor(({ strategy }: RolloutSpec): readonly NamedService[] => {
  const { canary, blueGreen } = strategy ?? {};
  const roles: readonly (readonly [ServiceRole, string | undefined])[] = [
    ['stable', canary?.stableService],
    ['canary', canary?.canaryService],
    ['active', blueGreen?.activeService],
    ['preview', blueGreen?.previewService],
  ];
  return roles.flatMap(([role, name = '']) => (name === '' ? [] : [{ name, role }]));
});

/** The Service with production traffic; '' when the Rollout names none. */
export function productionService(rollout: Rollout): string {
  return namedServices(rollout).find(({ role }) => role === 'stable' || role === 'active')?.name ?? '';
}
