/**
 * Which role lends its labels and annotations to the pods of a ReplicaSet (spec 10.1). Writing them is
 * the affair of `ephemeral-metadata.ts`.
 */
import type { PodTemplateMetadata } from '../../api/fields.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { injectedMetadata, NOTHING_INJECTED, type InjectedMetadata } from '../rollout/injected-metadata.ts';
import type { Memory } from '../rollout/memory.ts';
import type { Situation } from '../rollout/situation.ts';

/** What the two roles lend; a strategy has its own names for them. */
export interface RoleMetadata {
  readonly stable: PodTemplateMetadata | undefined;
  readonly canary: PodTemplateMetadata | undefined;
}

/** What the pods of a ReplicaSet should carry; `null` stands for the one about to be created. */
export function podMetadata(
  situation: Situation,
  memory: Memory,
  roles: RoleMetadata,
  replicaSet: ReplicaSet | null,
): InjectedMetadata {
  const isCanary = replicaSet === situation.canary;
  const stableRole = memory.stableRS === '' || memory.stableRS === situation.canaryHash;
  if (isCanary) return injectedMetadata(stableRole ? roles.stable : roles.canary);
  return replicaSet === situation.stable && !stableRole ? injectedMetadata(roles.stable) : NOTHING_INJECTED;
}
