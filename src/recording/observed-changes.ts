/** What has changed around a Rollout from one look to the next. */
import { podView } from '../core/view/pod.ts';
import type { Endpoint, KubeObject } from '../kube/objects.ts';
import { fieldChanges, type FieldChange } from '../kube/field-changes.ts';
import {
  ANALYSIS_RUNS,
  EXPERIMENTS,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  type Resource,
} from '../kube/resources.ts';
import { WATCHED } from '../core/traffic/routers.ts';
import type { ReadWorld } from './read-world.ts';

export interface ObservedChange {
  readonly kind: string;
  readonly name: string;
  readonly act: 'appeared' | 'changed' | 'gone';
  /** Of an object that was there before and is there still. */
  readonly changes: readonly FieldChange[];
}

/** The Rollout first, and pods last. */
export function observedChanges(before: ReadWorld, after: ReadWorld): readonly ObservedChange[] {
  const objects = groupsOf(before).flatMap(({ resource, objects: former }, index) =>
    changesAmong(resource, former, groupsOf(after)[index]?.objects ?? []),
  );
  return [...objects, ...endpointChanges(before, after)];
}

interface Group {
  readonly resource: Pick<Resource, 'kind' | 'plural'>;
  readonly objects: readonly KubeObject[];
}

function groupsOf({ world, around }: ReadWorld): readonly Group[] {
  return [
    { resource: ROLLOUTS, objects: [world.rollout] },
    { resource: { kind: 'Workload', plural: 'workloads' }, objects: workloadIn(world) },
    { resource: REPLICA_SETS, objects: [...world.replicaSets, ...around.replicaSets] },
    { resource: SERVICES, objects: [...world.services.values()] },
    ...WATCHED.map((resource) => ({ resource, objects: [...(world.routed.get(resource.plural)?.values() ?? [])] })),
    { resource: ANALYSIS_RUNS, objects: around.runs },
    { resource: EXPERIMENTS, objects: around.experiments },
    { resource: PODS, objects: around.pods },
  ];
}

/** As an object, so that it is compared like one. */
function workloadIn({ workload, rollout }: ReadWorld['world']): readonly KubeObject[] {
  if (workload === null || 'missing' in workload) return [];
  const { uid, resourceVersion, ...fields } = workload;
  const { name = '' } = rollout.spec.workloadRef ?? {};
  return [{ ...fields, metadata: { name, uid, resourceVersion } }];
}

function changesAmong(
  { kind, plural }: Group['resource'],
  former: readonly KubeObject[],
  present: readonly KubeObject[],
): readonly ObservedChange[] {
  const before = new Map(former.map((one) => [one.metadata.uid, one]));
  const after = new Set(present.map(({ metadata }) => metadata.uid));
  const gone = former.filter(({ metadata }) => !after.has(metadata.uid));
  const shown = plural === PODS.plural ? shownPod : (object: KubeObject) => object;
  return [
    ...present.flatMap((object): readonly ObservedChange[] => {
      const { name, uid } = object.metadata;
      const known = before.get(uid);
      if (known === undefined) return [{ kind, name, act: 'appeared', changes: [] }];
      // An object that has not changed is the very same value.
      const changes = known === object ? [] : fieldChanges(shown(known), shown(object));
      return changes.length === 0 ? [] : [{ kind, name, act: 'changed', changes }];
    }),
    ...gone.map(({ metadata }): ObservedChange => ({ kind, name: metadata.name, act: 'gone', changes: [] })),
  ];
}

/** In the words of `kubectl get pods`. */
function shownPod(pod: KubeObject): object {
  const { status, readyContainers, containers, restarts } = podView(pod);
  const { labels, annotations } = pod.metadata;
  return { status, ready: `${readyContainers}/${containers}`, restarts, metadata: { labels, annotations } };
}

function endpointChanges({ world: before }: ReadWorld, { world: after }: ReadWorld): readonly ObservedChange[] {
  return [...after.endpoints].flatMap(([name, endpoints]): readonly ObservedChange[] => {
    const [from, to] = [shownEndpoints(before.endpoints.get(name) ?? []), shownEndpoints(endpoints)];
    if (from === to) return [];
    return [{ kind: 'Service', name, act: 'changed', changes: [{ field: 'endpoints', from, to }] }];
  });
}

function shownEndpoints(endpoints: readonly Endpoint[]): string {
  if (endpoints.length === 0) return 'none';
  const texts = endpoints.map(({ podName = 'no pod', ready, terminating }) =>
    terminating ? `${podName} (terminating)` : ready ? podName : `${podName} (not ready)`,
  );
  return texts.toSorted().join(', ');
}
