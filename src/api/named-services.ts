/**
 * Which Services a Rollout names, and what each of them is for. Whether they exist and fit is the affair
 * of validation.
 */
import type { Rollout } from './rollout.ts';

export type ServiceRole = 'stable' | 'canary' | 'active' | 'preview';

export interface NamedService {
  readonly name: string;
  readonly role: ServiceRole;
}

/** In the order in which people are shown them: what carries the traffic of everybody comes first. */
export function namedServices({ spec }: Rollout): readonly NamedService[] {
  const { canary, blueGreen } = spec.strategy ?? {};
  const roles: readonly (readonly [ServiceRole, string | undefined])[] = [
    ['stable', canary?.stableService],
    ['canary', canary?.canaryService],
    ['active', blueGreen?.activeService],
    ['preview', blueGreen?.previewService],
  ];
  return roles.flatMap(([role, name = '']) => (name === '' ? [] : [{ name, role }]));
}

/** The Service that the requests of everybody go to; '' when the Rollout names none. */
export function productionService(rollout: Rollout): string {
  return namedServices(rollout).find(({ role }) => role === 'stable' || role === 'active')?.name ?? '';
}
