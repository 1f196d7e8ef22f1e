/**
 * The one write with which Serin changes an object that is shared with people: a part of its spec and its mark, at the
 * version that was seen. Lists are atomic in those kinds, so no smaller part of one can be owned; the version makes sure
 * that what is written is what was seen, apart from what is ours.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { RefusalReason } from '../../api/words/reasons.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { EventNote, PatchWrite } from '../../kube/plan.ts';
import { annotationWith, type Mark } from './mark.ts';
import type { Shared } from './shared-objects.ts';

/** Of a Rollout that may be gone. */
export interface RolloutName {
  readonly namespace: string;
  readonly name: string;
}

export interface SharedEdit {
  /** What of the spec changes, as a merge patch; `null`: nothing. */
  readonly spec: JsonObject | null;
  /** `null`: the Rollout has nothing to do with the object any more. */
  readonly mark: Mark | null;
  readonly why: string;
  /** Told when the spec changes. */
  readonly events?: readonly EventNote[];
}

/** `null` when the object is like that already. */
export function sharedEdit(
  { namespace, name }: RolloutName,
  { resource, object }: Shared,
  { spec, mark, why, events = [] }: SharedEdit,
): PatchWrite | null {
  const wanted = annotationWith(object, name, mark);
  const isMarked = (object.metadata.annotations?.[ANNOTATIONS.dividedBy] ?? null) === wanted;
  if (isMarked && spec === null) return null;
  const patch: JsonObject = {
    ...(isMarked ? {} : { metadata: { annotations: { [ANNOTATIONS.dividedBy]: wanted } } }),
    ...(spec === null ? {} : { spec }),
  };
  return {
    op: 'patch',
    resource,
    namespace,
    name: object.metadata.name,
    patch,
    resourceVersion: object.metadata.resourceVersion,
    refusedAs: 'TrafficRoutingError' satisfies RefusalReason,
    why,
    ...(spec === null || events.length === 0 ? {} : { events }),
  };
}
