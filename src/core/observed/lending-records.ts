/**
 * The two annotations by which a ReplicaSet remembers what its pods wear for a role: what is lent, in the form that all
 * controllers of this API read, and beside it what the template says of the same keys itself.
 *
 * A role that repeats the template lends nothing: other controllers remove what a record names, and would remove the
 * template's own value. A label that the ReplicaSet itself has from the template need not be recorded.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { recordedMetadata, recordOf, type InjectedMetadata } from './injected-metadata.ts';
import { lentMetadata, notedMetadata, ownKeys, templateOwn, type OwnMetadata } from './own-metadata.ts';

type Records = Readonly<Record<string, string | null>>;

/** For a ReplicaSet that is created with what its role lends. */
export function bornRecords(template: PodTemplate, role: InjectedMetadata): Record<string, string> {
  const lent = lentMetadata(role, templateOwn(template, role));
  const records = {
    [ANNOTATIONS.ephemeralMetadata]: recordOf(lent),
    [ANNOTATIONS.templateMetadata]: noteOf(templateOwn(template, lent), template.metadata?.labels),
  };
  return Object.fromEntries(Object.entries(records).filter((entry): entry is [string, string] => entry[1] !== null));
}

/**
 * For one that exists. While a pod may still carry what a role no longer lends, `isFollowed` is false and both
 * annotations keep every key. A replaced value of the template stays recorded: it is known nowhere else.
 */
export function presentRecords(
  replicaSet: ReplicaSet,
  role: InjectedMetadata,
  own: OwnMetadata,
  isFollowed: boolean,
): Records {
  const lent = lentMetadata(role, own);
  const recorded = recordedMetadata(replicaSet);
  const noted = notedMetadata(replicaSet);
  const record = isFollowed
    ? lent
    : {
        labels: { ...recorded.labels, ...disowned(noted.labels, own.labels), ...lent.labels },
        annotations: {
          ...recorded.annotations,
          ...disowned(noted.annotations, own.annotations),
          ...lent.annotations,
        },
      };
  const kept = ownKeys(own, (kind, key, value) => {
    const isTouched = Object.hasOwn(recorded[kind], key) || Object.hasOwn(noted[kind], key);
    return Object.hasOwn(lent[kind], key) || (isTouched && (value !== null || !isFollowed));
  });
  return {
    [ANNOTATIONS.ephemeralMetadata]: recordOf(record),
    [ANNOTATIONS.templateMetadata]: noteOf(kept, replicaSet.metadata.labels),
  };
}

/** What the template said when it was recorded, and no longer says: pods of that time carry it like something lent. */
function disowned(
  noted: Readonly<Record<string, string | null>>,
  own: Readonly<Record<string, string | null>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(noted).filter(
      (entry): entry is [string, string] => entry[1] !== null && (own[entry[0]] ?? null) !== entry[1],
    ),
  );
}

/** `labels`: those of the ReplicaSet. */
function noteOf(own: OwnMetadata, labels: Readonly<Record<string, string>> = {}): string | null {
  const made = new Map(Object.entries(labels));
  return recordOf(ownKeys(own, (kind, key, value) => kind === 'annotations' || value !== (made.get(key) ?? null)));
}
