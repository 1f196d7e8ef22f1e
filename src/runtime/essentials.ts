/**
 * What decisions read of an object, made anew: deleting what they do not read would leave an object that takes several
 * times the memory, because a deleted field makes a hash table of it.
 */
import type { KubeObject } from '../kube/objects.ts';
import { withKnownParts } from './known-parts.ts';
import { LAST_APPLIED } from './trim.ts';

type Metadata = KubeObject['metadata'];

/** All that the type of metadata names, so that nothing that code can read is missing. */
const KEPT: Readonly<Record<keyof Metadata, true>> = {
  name: true,
  namespace: true,
  uid: true,
  resourceVersion: true,
  generation: true,
  creationTimestamp: true,
  deletionTimestamp: true,
  deletionGracePeriodSeconds: true,
  labels: true,
  annotations: true,
  ownerReferences: true,
};
const KEPT_FIELDS = Object.keys(KEPT);

/**
 * An object of these fields and the metadata that decisions read, without kubectl's copy of the manifest. What `known`,
 * an older version, has in the same form is taken from it.
 */
export function essentials<T extends KubeObject>(
  object: KubeObject,
  fields: readonly Exclude<keyof T & string, 'metadata'>[],
  known: T | undefined,
  managedFields: readonly object[] = [],
): T {
  const metadata = essentialMetadata(object.metadata as unknown as Readonly<Record<string, unknown>>);
  if (managedFields.length > 0) metadata['managedFields'] = managedFields;
  const wire = object as unknown as Readonly<Record<string, unknown>>;
  const before = known as Readonly<Record<string, unknown>> | undefined;
  const kept: Record<string, unknown> = { metadata: withKnownParts(metadata, known?.metadata) };
  for (const field of fields)
    if (Object.hasOwn(wire, field)) kept[field] = withKnownParts(wire[field], before?.[field]);
  return kept as unknown as T;
}

function essentialMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const field of KEPT_FIELDS) if (Object.hasOwn(metadata, field)) kept[field] = metadata[field];
  const annotations = metadata['annotations'] as Readonly<Record<string, string>> | null | undefined;
  if (annotations != null && Object.hasOwn(annotations, LAST_APPLIED))
    kept['annotations'] = withoutManifest(annotations);
  return kept;
}

function withoutManifest(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotations)) if (key !== LAST_APPLIED) kept[key] = value;
  return kept;
}
