/** Objects that routers share with people, as a world holds them. */
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { patched } from '../../src/kube/patched.ts';
import type { PatchWrite, Write } from '../../src/kube/plan.ts';
import { SHARED_WITH_PEOPLE } from '../../src/kube/resources.ts';
import { formatTime } from '../../src/kube/time.ts';

/** The object after the patch was made at `at`, milliseconds since the epoch; its status says nothing of that yet. */
export function patchedObject<T extends KubeObject>(object: T, { patch }: Pick<PatchWrite, 'patch'>, at = 0): T {
  const { metadata, ...rest } = patched(object as unknown as JsonObject, patch) as unknown as T;
  const isRespecified = 'spec' in patch;
  const recorded = { time: formatTime(at), fieldsV1: { 'f:spec': {} } };
  return {
    ...rest,
    metadata: {
      ...metadata,
      resourceVersion: String(Number(metadata.resourceVersion) + 1),
      generation: (metadata.generation ?? 0) + (isRespecified ? 1 : 0),
      ...(isRespecified ? { managedFields: [recorded] } : {}),
    },
  } as unknown as T;
}

/** The world with these in the place of all objects of their kinds. */
export function withShared(world: RolloutWorld, objects: readonly KubeObject[]): RolloutWorld {
  const ofKinds = SHARED_WITH_PEOPLE.map(({ plural, kind }): [string, Map<string, KubeObject>] => [
    plural,
    new Map(objects.filter((one) => one.kind === kind).map((one) => [one.metadata.name, one])),
  ]);
  return { ...world, routed: new Map([...world.routed, ...ofKinds]) };
}

export function sharedIn({ routed }: Pick<RolloutWorld, 'routed'>): readonly KubeObject[] {
  return SHARED_WITH_PEOPLE.flatMap(({ plural }) => [...(routed.get(plural)?.values() ?? [])]);
}

/** Those objects after the writes were made. */
export function afterPatches<T extends KubeObject>(
  objects: readonly T[],
  writes: readonly Write[],
  at = 0,
): readonly T[] {
  return objects.map((object) => {
    const write = writes.find((one) => one.name === object.metadata.name && one.resource.kind === object.kind);
    if (write === undefined) return object;
    if (write.op !== 'patch') throw new Error(`unexpected ${write.op}`);
    return patchedObject(object, write, at);
  });
}
