/** The revision of a Rollout that an object belongs to. */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { KubeObject } from '../../kube/objects.ts';

/** 0 when the object does not say. */
export function numberOfRevision({ metadata }: KubeObject): number {
  const revision = Number(metadata.annotations?.[ANNOTATIONS.revision]);
  return Number.isInteger(revision) && revision > 0 ? revision : 0;
}
