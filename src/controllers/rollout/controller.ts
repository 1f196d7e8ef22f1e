/** The controller of Rollouts: what distinguishes it from others that `runtime/controller.ts` runs. */
import { ALWAYS_WATCHED } from '../../core/traffic/routers.ts';
import { events as told } from '../../api/events.ts';
import { keyOf, splitKey } from '../../kube/object-key.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Controller } from '../../runtime/controller.ts';
import { type EventRecorder, subjectOf } from '../../runtime/event-recorder.ts';
import { informerOf } from '../caches.ts';
import { observeReconciles } from '../observe-reconciles.ts';
import { always, createWriting, type ControllerOptions } from '../writing.ts';
import { TEMPLATES } from './analysis-triggers.ts';
import { AskProxies, type ProxyToAsk } from './ask-proxies.ts';
import { DryRuns } from './dry-runs.ts';
import { addRolloutIndexes } from './indexes.ts';
import { LifeCycle } from './life-cycle.ts';
import { createReconcile } from './reconcile.ts';
import { sampleOf } from './telemetry.ts';
import { connectTriggers } from './triggers.ts';
import { Workloads } from './workloads.ts';

interface RolloutControllerOptions extends ControllerOptions {
  /** All namespaces when absent. */
  readonly namespace: string | undefined;
  /** How long proxies need to act on a change, in milliseconds; `null`: the time of each kind of proxy. */
  readonly propagationMs: number | null;
  /** Proxies that are asked instead of waited for; none when absent. */
  readonly proxiesToAsk?: readonly ProxyToAsk[];
}

/** The caches get the indexes that it needs, and the metrics show its Rollouts. Nothing is asked of the API server yet. */
export function rolloutController(options: RolloutControllerOptions): Controller {
  const { client, clock, metrics, caches, threads, resyncMs, propagationMs, reports = always } = options;
  const { rollouts, replicaSets, pods, services, endpointSlices, analysisRuns, experiments } = caches;
  const writing = createWriting(options, ({ namespace, name }, { type, reason }) =>
    metrics.rolloutEvents.inc({ namespace, name, type, reason }),
  );
  const { events, ownWrites, applier } = writing;
  const lifeCycle = new LifeCycle({ rollouts, events, metrics, clock, reports });
  const workloads = new Workloads(options);
  const dryRuns = new DryRuns({ client, clock });
  const asking = askingOf(options, events);
  addRolloutIndexes(caches);
  metrics.sampleRollouts(() => [...rollouts.cache.values()].filter((one) => reports(keyOf(one))).map(sampleOf));
  return {
    name: 'Rollouts',
    objects: rollouts,
    informers: [
      rollouts,
      replicaSets,
      pods,
      services,
      endpointSlices,
      analysisRuns,
      experiments,
      ...TEMPLATES.flatMap(({ plural }) => informerOf(caches, plural) ?? []),
      ...ALWAYS_WATCHED.flatMap((resource) => informerOf(caches, resource.plural) ?? []),
    ],
    connect: (enqueue) => {
      connectTriggers({ caches, workloads, ownWrites, enqueue });
      lifeCycle.connect();
      asking?.connect(enqueue);
    },
    reconcile: createReconcile({
      caches,
      workloads,
      client,
      applier,
      dryRuns,
      events,
      ownWrites,
      clock,
      propagationMs,
      ...(asking === undefined ? {} : { asking }),
    }),
    observer: observeReconciles(rollouts, { duration: metrics.reconcileDuration, errors: metrics.reconcileErrors }),
    threads,
    resyncMs,
    refresh: () => workloads.refresh(),
    close: async () => {
      lifeCycle.close();
      await asking?.close();
      await writing.close();
      await workloads.stop();
    },
  };
}

/** A Rollout whose proxies could not be asked is told why. */
function askingOf(
  { proxiesToAsk = [], caches, ...options }: RolloutControllerOptions,
  events: Pick<EventRecorder, 'record'>,
): AskProxies | undefined {
  if (proxiesToAsk.length === 0) return undefined;
  const onUnasked = (key: string, why: string): void => {
    const { namespace, name } = splitKey(key);
    const rollout = caches.rollouts.cache.get(namespace, name);
    if (rollout !== undefined) events.record(subjectOf(ROLLOUTS, rollout), told.proxyNotAsked(why));
  };
  return new AskProxies({ ...options, proxies: proxiesToAsk, onUnasked });
}
