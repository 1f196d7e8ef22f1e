/**
 * The labels and annotations that a Rollout lends to the pods of one role (`canaryMetadata`,
 * `stableMetadata`), and the record of them on the ReplicaSet. It computes values; who writes
 * them, and when, is decided in `ephemeral-metadata.ts`.
 */
import { ANNOTATIONS } from '../../api/labels.ts';
import type { PodTemplateMetadata } from '../../api/fields.ts';
import type { JsonObject } from '../../kube/json.ts';
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

/** What the ReplicaSet's annotation says was injected; a record that cannot be read counts as nothing. */
export function recordedMetadata(replicaSet: ReplicaSet): InjectedMetadata {
  const record = replicaSet.metadata.annotations?.[ANNOTATIONS.ephemeralMetadata];
  if (record === undefined) return NOTHING_INJECTED;
  try {
    const value: unknown = JSON.parse(record);
    if (typeof value !== 'object' || value === null) return NOTHING_INJECTED;
    return {
      labels: stringsOf((value as JsonObject)['labels']),
      annotations: stringsOf((value as JsonObject)['annotations']),
    };
  } catch {
    return NOTHING_INJECTED;
  }
}

/** The text of the record, `null` when there is nothing to record. */
export function recordOf(metadata: InjectedMetadata): string | null {
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

export function withoutInjectedMetadata(template: PodTemplate, metadata: InjectedMetadata): PodTemplate {
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: without(template.metadata?.labels, metadata.labels),
      annotations: without(template.metadata?.annotations, metadata.annotations),
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

function without(
  present: Readonly<Record<string, string>> | undefined,
  removed: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(present ?? {}).filter(([key]) => removed[key] === undefined));
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
