/**
 * When it is in doubt whether a ReplicaSet carries the present template, and which question to the API server settles
 * it: hashes differ between controllers, and our table of defaults may be older than the cluster (spec 4.4, rule 3).
 */
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { CreateWrite, Plan } from '../../kube/plan.ts';
import { REPLICA_SETS } from '../../kube/resources.ts';
import { comparisonWith, withoutHashLabel } from '../../kube/template-equality.ts';
import { templateHash } from '../../kube/template-hash.ts';
import { withoutAntiAffinity } from '../observed/anti-affinity.ts';
import { resolveTemplate } from '../observed/resolve-template.ts';
import { bareTemplate } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';

export interface TemplateDoubt {
  /** The same for the same templates: an answer that holds for one holds for the other. */
  readonly key: string;
  /** That of the Rollout. */
  readonly template: PodTemplate;
  /** The API server is asked what it would store for this one. */
  readonly create: CreateWrite;
}

/** `null` where `plan`, which was decided on this world, creates no ReplicaSet, or where none of ours says all that the template says and more. */
export function templateDoubt(world: RolloutWorld, plan: Plan): TemplateDoubt | null {
  const create = plan.writes.find(
    (write): write is CreateWrite => write.op === 'create' && write.resource === REPLICA_SETS,
  );
  if (create === undefined) return null;
  const resolved = resolveTemplate(world);
  if ('problem' in resolved) return null;
  const { rollout } = resolved.world;
  const template = rollout.spec.template ?? {};
  const { saysMore } = comparisonWith(withoutAntiAffinity(template));
  const doubtful = world.replicaSets.filter(
    (one) => isControlledBy(one, rollout.metadata.uid) && saysMore(bareTemplate(one, template)),
  );
  if (doubtful.length === 0) return null;
  // Depends on each ReplicaSet's template too: a newer API server adds its defaults to existing ones.
  const pairs = doubtful.map(({ metadata, spec }) => `${metadata.uid}=${templateHash(spec.template)}`);
  return { key: [templateHash(template), ...pairs].join(' '), template, create };
}

/** The template in the answer, without what a role lends and without the hash of the revision in the question. */
export function defaultedTemplateOf(answer: ReplicaSet, { template }: Pick<TemplateDoubt, 'template'>): PodTemplate {
  return withoutHashLabel(bareTemplate(answer, template));
}
