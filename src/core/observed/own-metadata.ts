/**
 * What a revision's template itself says of the labels and annotations that roles lend to its pods. The pods get these
 * values back when a role ends, and the revision is recognised by them meanwhile.
 *
 * They are recorded on the ReplicaSet beside what is lent. Other controllers of this API record nothing; then labels are
 * derived from those of the ReplicaSet, which come from the template, and annotations from the template of the Rollout,
 * because those of an older template are recorded nowhere.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import {
  hasRecord,
  NOTHING_INJECTED,
  readRecord,
  recordedMetadata,
  type InjectedMetadata,
} from './injected-metadata.ts';

/** What a template says of each key: a value, or `null` when it does not have the key. */
type OwnMap = Readonly<Record<string, string | null>>;

export interface OwnMetadata {
  readonly labels: OwnMap;
  readonly annotations: OwnMap;
}

/** What is recorded on a ReplicaSet. */
export function notedMetadata(replicaSet: ReplicaSet): OwnMetadata {
  const { labels, annotations } = readRecord(replicaSet, ANNOTATIONS.templateMetadata);
  return { labels: valuesOf(labels), annotations: valuesOf(annotations) };
}

/**
 * What the revision's template says of every key that the two records of the ReplicaSet name, and of those in `also`.
 * `template` is that of the Rollout; `isItsOwn` when the ReplicaSet is known to run it, and then it decides.
 */
export function ownMetadata(
  replicaSet: ReplicaSet,
  template: PodTemplate,
  isItsOwn: boolean,
  also: InjectedMetadata = NOTHING_INJECTED,
): OwnMetadata {
  // So it is with most Rollouts, at every look and for each of their ReplicaSets.
  if (!hasRecord(replicaSet) && isNothing(also)) return NOTHING_INJECTED;
  const recorded = recordedMetadata(replicaSet);
  const noted = notedMetadata(replicaSet);
  const made = { labels: replicaSet.metadata.labels, annotations: template.metadata?.annotations };
  const own = (kind: 'labels' | 'annotations'): OwnMap => {
    const keys = [recorded, noted, also].flatMap((one) => Object.keys(one[kind]));
    const valueOf = (key: string): string | null => {
      if (isItsOwn) return valueIn(template.metadata?.[kind], key);
      if (Object.hasOwn(noted[kind], key)) return noted[kind][key] ?? null;
      return valueIn(Object.hasOwn(recorded[kind], key) ? made[kind] : replicaSet.spec.template.metadata?.[kind], key);
    };
    return Object.fromEntries(keys.map((key) => [key, valueOf(key)]));
  };
  return { labels: own('labels'), annotations: own('annotations') };
}

export function isNothing({ labels, annotations }: OwnMetadata): boolean {
  return Object.keys(labels).length === 0 && Object.keys(annotations).length === 0;
}

/** What a template says of the keys of a role. */
export function templateOwn(template: PodTemplate, { labels, annotations }: InjectedMetadata): OwnMetadata {
  const own = (kind: 'labels' | 'annotations', keys: readonly string[]): OwnMap =>
    Object.fromEntries(keys.map((key) => [key, valueIn(template.metadata?.[kind], key)]));
  return { labels: own('labels', Object.keys(labels)), annotations: own('annotations', Object.keys(annotations)) };
}

/** The part of what a role lends that the template does not say itself. */
export function lentMetadata(role: InjectedMetadata, own: OwnMetadata): InjectedMetadata {
  const lent = (kind: 'labels' | 'annotations') =>
    Object.fromEntries(Object.entries(role[kind]).filter(([key, value]) => valueIn(own[kind], key) !== value));
  return { labels: lent('labels'), annotations: lent('annotations') };
}

/** The part of `own` whose keys `isMeant`. */
export function ownKeys(
  own: OwnMetadata,
  isMeant: (kind: 'labels' | 'annotations', key: string, value: string | null) => boolean,
): OwnMetadata {
  const part = (kind: 'labels' | 'annotations') =>
    Object.fromEntries(Object.entries(own[kind]).filter(([key, value]) => isMeant(kind, key, value)));
  return { labels: part('labels'), annotations: part('annotations') };
}

/** A template with everything in it as its author wrote it. */
export function withOwnMetadata(template: PodTemplate, own: OwnMetadata): PodTemplate {
  const restored = (kind: 'labels' | 'annotations') =>
    Object.fromEntries(
      Object.entries({ ...template.metadata?.[kind], ...own[kind] }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      ),
    );
  return {
    ...template,
    metadata: { ...template.metadata, labels: restored('labels'), annotations: restored('annotations') },
  };
}

/** Own properties only: a label may be called `constructor`. */
function valueIn(map: OwnMap | undefined, key: string): string | null {
  return map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

function valuesOf(map: JsonObject): OwnMap {
  return Object.fromEntries(
    Object.entries(map).filter(
      (entry): entry is [string, string | null] => typeof entry[1] === 'string' || entry[1] === null,
    ),
  );
}
