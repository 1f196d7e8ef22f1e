/**
 * What Serin writes down on an object that is shared with people, such as a route: which Rollouts divide its requests,
 * between which Services, and by which rules of their own. The object outlives what a spec says about it, so this is how
 * it is found again.
 */
import { z } from 'zod';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Sides } from './sides.ts';

export interface Mark extends Omit<Sides, 'namespace'> {
  /** By the names of the rules that were added, what they say; see managed-rules.ts of the Gateway API. */
  readonly rules: Readonly<Record<string, string>>;
}

const marks = z.record(
  z.string(),
  z.object({ stable: z.string(), canary: z.string(), rules: z.record(z.string(), z.string()) }),
);

/** By the names of the Rollouts. What cannot be read counts as not there, and is written anew. */
export function marksOf({ metadata }: KubeObject): Readonly<Record<string, Mark>> {
  const text = metadata.annotations?.[ANNOTATIONS.dividedBy];
  if (text === undefined) return {};
  const parsed = marks.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : {};
}

export function markOf(object: KubeObject, rollout: string): Mark | undefined {
  const all = marksOf(object);
  return Object.hasOwn(all, rollout) ? all[rollout] : undefined;
}

/** Of an object of that namespace. */
export function sidesOfMark({ stable, canary }: Mark, namespace: string): Sides {
  return { namespace, stable, canary };
}

/** The annotation with this mark in the place of the Rollout's own; `null` when no mark is left. */
export function annotationWith(object: KubeObject, rollout: string, mark: Mark | null): string | null {
  const { [rollout]: _former, ...others } = marksOf(object);
  const all = mark === null ? others : { ...others, [rollout]: mark };
  const sorted = Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.length === 0 ? null : JSON.stringify(Object.fromEntries(sorted));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
