/** Metadata that a new object has from an old one. */
import type { DraftObject } from './draft.ts';
import type { InputObject } from './input.ts';

/** Written by kubectl, the Deployment controller and the tools that are left behind. */
const FOREIGN_ANNOTATIONS =
  /^(?:kubectl\.kubernetes\.io|deployment\.kubernetes\.io|rollouts\.kruise\.io|(?:[^/]+\.)?flagger\.app)\//;

/** Name, namespace, labels and annotations, and nothing that the API server has added. */
export function metadataLike({ metadata }: InputObject, name = metadata.name): DraftObject {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !FOREIGN_ANNOTATIONS.test(key));
  return {
    name,
    namespace: metadata.namespace,
    labels: metadata.labels,
    annotations: annotations.length === 0 ? undefined : Object.fromEntries(annotations),
  };
}
