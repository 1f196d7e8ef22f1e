/** Writes worlds down: a value that has been written is named by its id from then on. */
import { createHash } from 'node:crypto';
import type { RolloutWorld } from '../core/observed/world.ts';
import type { Surroundings } from '../core/view/surroundings.ts';
import type { Json } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
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
import type { RecordedLook, RecordedWorld } from './format.ts';
import { keptOf } from './kept.ts';
import type { Redactor } from './redactor.ts';

type News = Pick<RecordedLook, 'parts' | 'objects'>;

export class WrittenWorlds {
  readonly #redactor: Redactor;
  /** By the digest of what was written: texts of hours would fill the memory. */
  readonly #ids = new Map<string, number>();
  /** Of objects by themselves: the same object is looked at many times. */
  readonly #known = new WeakMap<KubeObject, number>();
  #news: News = { parts: [], objects: [] };
  #last = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  written(world: RolloutWorld, around: Surroundings): RecordedWorld {
    const ids = (resource: Resource, objects: Iterable<KubeObject>) =>
      [...objects].map((one) => this.#object(resource, one));
    const { analysis, experiments, workload } = world;
    const routed = WATCHED.map((resource) => [resource, world.routed.get(resource.plural)] as const);
    return {
      rollout: this.#object(ROLLOUTS, world.rollout),
      workload: workload === null ? null : this.#part(workload as object as Json),
      replicaSets: ids(REPLICA_SETS, world.replicaSets),
      // With the status that people are shown; decisions look at their metadata.
      pods: ids(PODS, podsOf(world, around)),
      services: ids(SERVICES, world.services.values()),
      claimedServices: [...world.claimedServices],
      endpoints: Object.fromEntries(
        [...world.endpoints].map(([name, one]) => [name, this.#part(one as object as Json)]),
      ),
      routed: Object.fromEntries(
        routed.flatMap(([resource, one]) =>
          one === undefined ? [] : [[resource.plural, ids(resource, one.values())]],
        ),
      ),
      runs: ids(ANALYSIS_RUNS, analysis.runs),
      templates: Object.fromEntries(
        [...analysis.templates].map(([key, one]) => [key, this.#part(one as object as Json)]),
      ),
      experiments: ids(EXPERIMENTS, experiments.own),
      unreadable: {
        analysis: analysis.unreadable,
        experiments: experiments.unreadable,
        ...(world.unreadableRouted.size === 0 ? {} : { routed: Object.fromEntries(world.unreadableRouted) }),
      },
      around: {
        replicaSets: ids(REPLICA_SETS, around.replicaSets),
        pods: ids(
          PODS,
          around.pods.filter((pod) => !world.pods.some(({ metadata }) => metadata.uid === pod.metadata.uid)),
        ),
        runs: ids(
          ANALYSIS_RUNS,
          around.runs.filter((run) => !analysis.runs.includes(run)),
        ),
      },
    };
  }

  /** What has been written since this was asked last. */
  takeNews(): News {
    const news = this.#news;
    this.#news = { parts: [], objects: [] };
    return news;
  }

  #object(resource: Resource, object: KubeObject): number {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const fields = Object.entries(this.#redactor.redacted(keptOf(resource, object)));
    const parts = fields.flatMap(([field, value]) =>
      value === undefined ? [] : [[field, this.#id('part', value)] as const],
    );
    const id = this.#id('object', Object.fromEntries(parts));
    this.#known.set(object, id);
    return id;
  }

  #part(value: Json): number {
    return this.#id('part', this.#redactor.redacted(value));
  }

  #id(kind: 'part' | 'object', value: Json): number {
    const digest = createHash('sha256')
      .update(`${kind} ${JSON.stringify(value)}`)
      .digest('base64');
    const known = this.#ids.get(digest);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#ids.set(digest, this.#last);
    if (kind === 'part') this.#news.parts.push([this.#last, value]);
    else this.#news.objects.push([this.#last, value as Record<string, number>]);
    return this.#last;
  }
}

function podsOf({ pods }: RolloutWorld, around: Surroundings): readonly KubeObject[] {
  const whole = new Map(around.pods.map((pod) => [pod.metadata.uid, pod]));
  return pods.map((pod) => whole.get(pod.metadata.uid) ?? pod);
}
