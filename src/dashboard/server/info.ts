/**
 * A Rollout as the dashboard API of `/api/v1` has it (specification, E.6), made from the view: numbers stay numbers, times
 * are texts, and what is empty, zero or false is left out.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Seen } from '../../clients/observed.ts';
import type { AnalysisRunView } from '../../core/view/analysis-run.ts';
import { containerImages, type ContainerImage } from '../../core/view/container-images.ts';
import type { ExperimentView } from '../../core/view/experiment.ts';
import type { PodView } from '../../core/view/pod.ts';
import type { ReplicaSetView } from '../../core/view/replica-set.ts';
import { runSignOf, signOf } from '../../core/view/signs.ts';
import { STRATEGIES } from '../../core/view/strategies.ts';
import type { RolloutView } from '../../core/view/view.ts';
import type { KubeObject, ReplicaSet } from '../../kube/objects.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, PODS, REPLICA_SETS, type Resource } from '../../kube/resources.ts';
import { formatTime } from '../../kube/time.ts';
import type { Lookup } from '../../core/observed/lookup.ts';
import { timeText, withoutEmpty, type Info } from './go-json.ts';
import { runInfoParts } from './run-info.ts';

/** With `parts: 'list'` there are no Experiments and no AnalysisRuns in it. */
export function rolloutInfo({ rollout, workload, lookup }: Seen, view: RolloutView, parts: 'all' | 'list'): Info {
  const { status = {}, spec } = rollout;
  const { counts, share, steps, stepsDone } = view;
  const template = workload !== null && 'template' in workload ? workload.template : spec.template;
  const containers = containerImages(template ?? {});
  const find = finder(lookup, view.namespace);
  const trees = parts === 'all' ? view.revisions : [];
  return withoutEmpty({
    objectMeta: metaOf(rollout),
    status: view.phase,
    message: view.message,
    icon: signOf(view.phase).icon,
    strategy: STRATEGIES[view.strategy] ?? view.strategy,
    step: stepsDone === null ? '' : `${stepsDone}/${steps.length}`,
    setWeight: share === null ? '' : String(share.asked),
    actualWeight: share === null ? '' : String(share.observed.highest),
    ready: counts.ready,
    current: counts.current,
    desired: view.replicas,
    updated: counts.updated,
    available: counts.available,
    restartedAt: status.restartedAt ?? 'Never',
    generation: status.observedGeneration ?? '',
    replicaSets: view.revisions.flatMap(({ replicaSets }) => replicaSets.map((one) => replicaSetInfo(one, find))),
    experiments: trees.flatMap(({ experiments }) => experiments.map((one) => experimentInfo(one, find))),
    analysisRuns: trees.flatMap(({ analysisRuns }) => analysisRuns.map((one) => runInfo(one, find))),
    containers: containers.filter(({ init }) => !init).map(containerInfo),
    initContainers: containers.filter(({ init }) => init).map(containerInfo),
    steps: spec.strategy?.canary?.steps ?? [],
  });
}

/** Metadata without the bookkeeping of writers. */
export function metaOf(object: KubeObject): Info {
  const { managedFields: _fields, ...meta } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  return withoutEmpty(meta);
}

type Find = <T extends KubeObject>(resource: Resource, name: string) => T | undefined;

function finder(lookup: Lookup, namespace: string): Find {
  return (resource, name) => lookup.get(resource, namespace, name);
}

/** Everything that is shown is in the lookup. */
function metaIn(find: Find, resource: Resource, name: string): Info {
  const object = find(resource, name);
  return object === undefined ? { name } : metaOf(object);
}

function replicaSetInfo(one: ReplicaSetView, find: Find): Info {
  const { name, status, revision, roles, images, current, available, scaleDownAt, pods } = one;
  const template = find<ReplicaSet>(REPLICA_SETS, name)?.spec.template ?? {};
  return withoutEmpty({
    objectMeta: metaIn(find, REPLICA_SETS, name),
    status,
    icon: signOf(status).icon,
    revision,
    stable: roles.includes('stable'),
    canary: roles.includes('canary'),
    active: roles.includes('active'),
    preview: roles.includes('preview'),
    ping: roles.includes('ping'),
    pong: roles.includes('pong'),
    replicas: current,
    available,
    template: roles.find((role) => role.startsWith('Σ:'))?.slice(2) ?? '',
    scaleDownDeadline: scaleDownAt === null ? '' : formatTime(scaleDownAt),
    images,
    initContainerImages: containerImages(template).flatMap(({ init, image }) => (init ? [image] : [])),
    pods: pods.map((pod) => podInfo(pod, find)),
  });
}

function podInfo({ name, status, readyContainers, containers, restarts }: PodView, find: Find): Info {
  return withoutEmpty({
    objectMeta: metaIn(find, PODS, name),
    status,
    icon: signOf(status).icon,
    ready: `${readyContainers}/${containers}`,
    restarts,
  });
}

function experimentInfo(
  { name, phase, message, revision, replicaSets, analysisRuns }: ExperimentView,
  find: Find,
): Info {
  return withoutEmpty({
    objectMeta: metaIn(find, EXPERIMENTS, name),
    icon: runSignOf(phase).icon,
    revision,
    status: phase,
    message,
    replicaSets: replicaSets.map((one) => replicaSetInfo(one, find)),
    analysisRuns: analysisRuns.map((one) => runInfo(one, find)),
  });
}

function runInfo({ name, revision, phase, message, measurements, jobs }: AnalysisRunView, find: Find): Info {
  const run = find<AnalysisRun>(ANALYSIS_RUNS, name);
  return withoutEmpty({
    objectMeta: metaIn(find, ANALYSIS_RUNS, name),
    icon: runSignOf(phase).icon,
    revision,
    status: phase,
    message,
    ...measurements,
    jobs: jobs.map((job) =>
      withoutEmpty({
        objectMeta: withoutEmpty({ name: job.name, creationTimestamp: timeText(job.startedAt) }),
        status: job.phase,
        icon: runSignOf(job.phase).icon,
        metricName: job.metric,
        startedAt: timeText(job.startedAt),
      }),
    ),
    ...(run === undefined ? {} : runInfoParts(run)),
  });
}

function containerInfo({ container, image }: ContainerImage): Info {
  return { name: container, image };
}
