/** The Services that a rollout names, and which revision each of them selects. */
import { namedServices, type ServiceRole } from '../../api/schema/named-services.ts';
import { selectedHash } from '../observed/endpoints.ts';
import type { Situation } from '../observed/situation.ts';

export interface ServiceSelection {
  readonly name: string;
  readonly role: ServiceRole;
  /** The revision that its selector names; '' when it names none. */
  readonly hash: string;
  readonly selects: 'stable' | 'canary' | 'another revision' | 'every pod' | 'missing';
}

export function serviceSelections(situation: Situation): readonly ServiceSelection[] {
  return namedServices(situation.rollout).map(({ name, role }) => {
    const hash = selectedHash(situation, name);
    return { name, role, hash, selects: selectionOf(situation, name, hash) };
  });
}

function selectionOf(situation: Situation, service: string, hash: string): ServiceSelection['selects'] {
  if (!situation.world.services.has(service)) return 'missing';
  if (hash === '') return 'every pod';
  if (hash === situation.status.stableRS) return 'stable';
  return hash === situation.canaryHash ? 'canary' : 'another revision';
}
