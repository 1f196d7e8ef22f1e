/**
 * Objects of routers that belong to people and carry the mark of each Rollout that divides their requests (ADR 25): how
 * those of a Rollout are found, also when its spec no longer names them, and what is watched for that.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import { keyOf, keysBeside } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ROLLOUTS, type Resource } from '../../kube/resources.ts';
import type { Index, Lookup } from '../observed/lookup.ts';
import type { Situation } from '../observed/situation.ts';
import { marksOf, markOf } from './mark.ts';
import type { ObjectRef } from './router.ts';
import type { RoutedObject, RouterWatch } from './watch.ts';

/** The objects of one router. */
export interface SharedKinds {
  /** The folder of `deploy/components` that grants the rights to them. */
  readonly component: string;
  readonly resources: readonly Resource[];
  /** Those that the spec leads through. */
  readonly namedBy: (rollout: Rollout) => readonly ObjectRef[];
}

/** An object with its kind. */
export interface Shared<T extends KubeObject = KubeObject> {
  readonly resource: Resource;
  readonly object: T;
}

/** They are watched from the first Rollout on that needs them. */
export function sharedWatch({ resources, namedBy }: SharedKinds): RouterWatch {
  const byNamed: Index<Rollout> = {
    resource: ROLLOUTS,
    name: `through ${resources.map(({ plural }) => plural).join(', ')}`,
    valuesOf: (rollout) =>
      namedBy(rollout).flatMap(({ resource, name }) =>
        keysBeside(rollout, [name]).map((key) => `${resource.plural} ${key}`),
      ),
  };
  return {
    resources,
    indexes: [...resources.map(byMark), byNamed],

    onDemand({ metadata, spec }: Rollout): readonly Resource[] {
      const written = writtenKinds({ metadata });
      const named = namedBy({ metadata, spec });
      return resources.filter(
        (resource) => written.includes(resource.plural) || named.some((one) => one.resource === resource),
      );
    },

    gather(lookup: Lookup, rollout: Rollout): readonly RoutedObject[] {
      const { namespace = '' } = rollout.metadata;
      const named = namedBy(rollout).flatMap(({ resource, name }) => {
        const object = lookup.get<KubeObject>(resource, namespace, name);
        return object === undefined ? [] : [{ resource, object }];
      });
      return [...named, ...markedWith(lookup, resources, keyOf(rollout))];
    },

    concernedBy(lookup: Lookup, { resource, object }: RoutedObject): readonly Rollout[] {
      if (!resources.some(({ plural }) => plural === resource.plural)) return [];
      const { namespace = '' } = object.metadata;
      return [
        ...lookup.find(byNamed, `${resource.plural} ${keyOf(object)}`),
        ...Object.keys(marksOf(object)).flatMap((name) => lookup.get<Rollout>(ROLLOUTS, namespace, name) ?? []),
      ];
    },
  };
}

/** Plurals of the kinds that may hold something of it, as the Rollout has written them down. */
export function writtenKinds({ metadata }: Pick<Rollout, 'metadata'>): readonly string[] {
  return (metadata.annotations?.[ANNOTATIONS.dividedRoutes] ?? '').split(',');
}

/** Keys of the Rollouts that have divided the object, whether or not they exist. */
export function keysOfMarks(object: KubeObject): readonly string[] {
  return keysBeside(object, Object.keys(marksOf(object)));
}

/** The objects that carry a mark of the Rollout with that key, whether or not it exists. */
export function markedWith(lookup: Lookup, resources: readonly Resource[], rolloutKey: string): readonly Shared[] {
  return resources.flatMap((resource) =>
    lookup.find(byMark(resource), rolloutKey).map((object) => ({ resource, object })),
  );
}

/** Those in the world that carry a mark of the Rollout. */
export function markedIn({ world, name }: Situation, resources: readonly Resource[]): readonly Shared[] {
  return resources.flatMap((resource) => {
    const objects = world.routed.get(resource.plural);
    if (objects === undefined) return [];
    return [...objects.values()]
      .filter((object) => markOf(object, name) !== undefined)
      .map((object) => ({ resource, object }));
  });
}

/** Those that the Rollout has divided and that its spec no longer names. */
export function leftBehind(situation: Situation, { resources, namedBy }: SharedKinds): readonly Shared[] {
  const named = namedBy(situation.rollout);
  return markedIn(situation, resources).filter(
    ({ resource, object }) => !named.some((one) => one.resource === resource && one.name === object.metadata.name),
  );
}

/** The kinds of which the Rollout holds something, or is about to. */
export function heldKinds(situation: Situation, { resources, namedBy }: SharedKinds): readonly Resource[] {
  const held = [...namedBy(situation.rollout), ...markedIn(situation, resources)];
  return resources.filter((resource) => held.some((one) => one.resource === resource));
}

/** By the keys of the Rollouts that have divided it. */
function byMark(resource: Resource): Index<KubeObject> {
  return {
    resource,
    name: 'dividedBy',
    valuesOf: keysOfMarks,
  };
}
