/**
 * Which role lends its labels and annotations to the pods of a ReplicaSet (spec 10.1).
 */
import type { PodTemplateMetadata } from '../../api/schema/fields.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { injectedMetadata, NOTHING_INJECTED, type InjectedMetadata } from '../observed/injected-metadata.ts';
import type { Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';

/** What the two roles lend; a strategy has its own names for them. */
export interface RoleMetadata {
  readonly stable: PodTemplateMetadata | undefined;
  readonly canary: PodTemplateMetadata | undefined;
}

/**
 * What the pods of a ReplicaSet should carry; `null` stands for the one about to be created. `takesOver`: the Service of
 * the stable revision moves to the canary before it is promoted.
 */
export function podMetadata(
  situation: Situation,
  memory: Memory,
  roles: RoleMetadata,
  replicaSet: ReplicaSet | null,
  takesOver: boolean,
): InjectedMetadata {
  const isCanary = replicaSet === situation.canary;
  const isPromoted = memory.stableRS === '' || memory.stableRS === situation.canaryHash;
  const stableRole = isPromoted || takesOver;
  if (isCanary) return injectedMetadata(stableRole ? roles.stable : roles.canary);
  return replicaSet === situation.stable && !isPromoted ? injectedMetadata(roles.stable) : NOTHING_INJECTED;
}
