/** The pod template of a ReplicaSet as its author wrote it, with the defaults that the API server has added. */
import { LABELS } from '../../api/words/labels.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { bareTemplate } from '../observed/situation.ts';

/** Without what a role lends, and without the label of the revision. `present` is the template of the Rollout. */
export function authoredTemplate(replicaSet: ReplicaSet, present: PodTemplate): PodTemplate {
  const template = bareTemplate(replicaSet, present);
  const { [LABELS.podTemplateHash]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
