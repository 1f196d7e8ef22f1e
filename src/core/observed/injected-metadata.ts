/**
 * The labels and annotations that a Rollout lends to the pods of one role (`canaryMetadata`,
 * `stableMetadata`), and the record of them on the ReplicaSet. What the template says of the same keys is in
 * `own-metadata.ts`.
 */
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { PodTemplateMetadata } from '../../api/schema/fields.ts';
import type { Json, JsonObject } from '../../kube/json.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';

export interface InjectedMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const NOTHING_INJECTED: InjectedMetadata = { labels: {}, annotations: {} };

export function injectedMetadata(metadata: PodTemplateMetadata | undefined): InjectedMetadata {
  return metadata === undefined
    ? NOTHING_INJECTED
    : { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
}

/**
 * What the ReplicaSet's annotation says was injected; a record that cannot be read counts as nothing. The hash label
 * can never be lent, so it is never removed either, whatever a record says.
 */
export function recordedMetadata(replicaSet: ReplicaSet): InjectedMetadata {
  const { labels, annotations } = readRecord(replicaSet, ANNOTATIONS.ephemeralMetadata);
  const { [LABELS.podTemplateHash]: _hash, ...others } = stringsOf(labels);
  return { labels: others, annotations: stringsOf(annotations) };
}

/** Whether it has one of the two records. True for an unreadable record as well: it has to be removed. */
export function hasRecord({ metadata: { annotations = {} } }: ReplicaSet): boolean {
  return (
    annotations[ANNOTATIONS.ephemeralMetadata] !== undefined || annotations[ANNOTATIONS.templateMetadata] !== undefined
  );
}

/** The two maps of a record in an annotation; empty when it cannot be read. */
export function readRecord(replicaSet: ReplicaSet, annotation: string): Record<'labels' | 'annotations', JsonObject> {
  try {
    const record = objectOf(JSON.parse(replicaSet.metadata.annotations?.[annotation] ?? '{}') as Json);
    return { labels: objectOf(record['labels']), annotations: objectOf(record['annotations']) };
  } catch {
    return { labels: {}, annotations: {} };
  }
}

/** The text of a record, `null` when there is nothing to record. */
export function recordOf(metadata: Readonly<Record<'labels' | 'annotations', JsonObject>>): string | null {
  const labels = Object.keys(metadata.labels).length > 0 ? { labels: sorted(metadata.labels) } : {};
  const annotations = Object.keys(metadata.annotations).length > 0 ? { annotations: sorted(metadata.annotations) } : {};
  const record = { ...labels, ...annotations };
  return Object.keys(record).length === 0 ? null : JSON.stringify(record);
}

export function withInjectedMetadata(template: PodTemplate, metadata: InjectedMetadata): PodTemplate {
  return {
    ...template,
    metadata: {
      ...template.metadata,
      ...withKeys('labels', template.metadata?.labels, metadata.labels),
      ...withKeys('annotations', template.metadata?.annotations, metadata.annotations),
    },
  };
}

function withKeys(
  key: 'labels' | 'annotations',
  present: Readonly<Record<string, string>> | undefined,
  added: Readonly<Record<string, string>>,
): Record<string, Readonly<Record<string, string>>> {
  return Object.keys(added).length === 0 ? {} : { [key]: { ...present, ...added } };
}

function sorted(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function stringsOf(map: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
