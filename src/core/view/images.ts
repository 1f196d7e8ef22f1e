/** The images that pods run, and what the revisions that run them are to the Rollout. */
import type { ReplicaSetView } from './replica-set.ts';

export interface ImageView {
  readonly image: string;
  readonly roles: readonly string[];
}

/** In alphabetical order; only of ReplicaSets that have pods. */
export function imageViews(replicaSets: readonly ReplicaSetView[]): readonly ImageView[] {
  const roles = new Map<string, Set<string>>();
  for (const one of replicaSets.filter(({ current }) => current > 0)) {
    for (const image of one.images) {
      const known = roles.get(image) ?? new Set<string>();
      for (const role of one.roles) known.add(role);
      roles.set(image, known);
    }
  }
  return [...roles]
    .map(([image, known]) => ({ image, roles: [...known] }))
    .toSorted((a, b) => (a.image < b.image ? -1 : 1));
}
