/** Worlds of a recording: puts together what its lines have written down. */
import type { AnalysisRun } from '../api/schema/analysis-run.ts';
import { parseAnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import { parseRollout } from '../api/schema/rollout.ts';
import { withKeptFields } from '../api/words/field-manager.ts';
import type { FoundTemplate, ReferencedWorkload, RolloutWorld } from '../core/observed/world.ts';
import { keyInWorld } from '../core/traffic/routers.ts';
import type { Surroundings } from '../core/view/surroundings.ts';
import type { Json } from '../kube/json.ts';
import type { Endpoint, KubeObject, Pod, ReplicaSet, Service } from '../kube/objects.ts';
import { INGRESSES } from '../kube/resources.ts';
import { isKubeObject } from '../runtime/wire.ts';
import type { RecordedLook } from './format.ts';
import { knowHashes } from './known-hashes.ts';

export interface ReadWorld {
  readonly world: RolloutWorld;
  readonly around: Surroundings;
}

export class ReadWorlds {
  readonly #parts = new Map<number, Json>();
  readonly #objects = new Map<number, KubeObject>();

  /** The world of the next look. Throws an Error that says what does not fit. */
  next({ parts, objects, world, hashes, at }: RecordedLook): ReadWorld {
    for (const [id, value] of parts) this.#parts.set(id, value);
    for (const [id, fields] of objects) this.#objects.set(id, this.#assembled(fields));
    const services = this.#all<Service>(world.services);
    const pods = this.#all<Pod>(world.pods);
    const runs = this.#all(world.runs).map(runOf);
    const own = this.#all(world.experiments).map(experimentOf);
    const read: RolloutWorld = {
      now: at,
      rollout: rolloutOf(this.#object(world.rollout)),
      workload: world.workload === null ? null : (this.#part(world.workload) as object as ReferencedWorkload),
      defaultedTemplate: null,
      replicaSets: this.#all<ReplicaSet>(world.replicaSets),
      pods,
      services: named(services),
      claimedServices: new Set(world.claimedServices),
      endpoints: this.#byName<readonly Endpoint[]>(world.endpoints),
      analysis: {
        runs,
        templates: this.#byName<FoundTemplate>(world.templates),
        inTheWay: [],
        takenNames: new Set(),
        unreadable: world.unreadable.analysis,
      },
      experiments: { own, inTheWay: [], unreadable: world.unreadable.experiments },
      routed: new Map(
        Object.entries(world.routed).map(([plural, ids]) => [plural, routedObjects(plural, this.#all(ids))]),
      ),
      unreadableRouted: new Map(Object.entries(world.unreadable.routed ?? {})),
      propagationMs: null,
      refused: [],
    };
    knowHashes(read, hashes);
    const around: Surroundings = {
      pods: [...pods, ...this.#all<Pod>(world.around.pods)],
      experiments: own,
      replicaSets: this.#all<ReplicaSet>(world.around.replicaSets),
      runs: [...runs, ...this.#all(world.around.runs).map(runOf)],
    };
    return { world: read, around };
  }

  #assembled(fields: Readonly<Record<string, number>>): KubeObject {
    const object: unknown = Object.fromEntries(Object.entries(fields).map(([field, id]) => [field, this.#part(id)]));
    if (!isKubeObject(object)) throw new Error('an object has no name or no resource version');
    return object;
  }

  #part(id: number): Json {
    const part = this.#parts.get(id);
    if (part === undefined) throw new Error(`part ${id} is missing`);
    return part;
  }

  #object(id: number): KubeObject {
    const object = this.#objects.get(id);
    if (object === undefined) throw new Error(`object ${id} is missing`);
    return object;
  }

  #all<T extends KubeObject>(ids: readonly number[]): readonly T[] {
    return ids.map((id) => this.#object(id) as T);
  }

  #byName<T>(ids: Readonly<Record<string, number>>): ReadonlyMap<string, T> {
    return new Map(Object.entries(ids).map(([name, id]) => [name, this.#part(id) as T]));
  }
}

/** As the caches of a controller have it: who else has written an Ingress is not for decisions; of a route the times are. */
export function asControllersSee(world: RolloutWorld): RolloutWorld {
  const routed = new Map(
    [...world.routed].map(([plural, objects]) => [
      plural,
      plural === INGRESSES.plural ? new Map([...objects].map(([name, one]) => [name, withKeptFields(one)])) : objects,
    ]),
  );
  return { ...world, routed };
}

function named<T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((one) => [one.metadata.name, one]));
}

function routedObjects(plural: string, objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  return new Map(objects.map((one) => [keyInWorld({ plural }, one), one]));
}

function rolloutOf(object: KubeObject) {
  const parsed = parseRollout(object);
  if ('problem' in parsed) throw new Error(`the Rollout cannot be read: ${parsed.problem}`);
  return parsed.rollout;
}

function runOf(object: KubeObject): AnalysisRun {
  const parsed = parseAnalysisRun(object);
  if ('problem' in parsed) throw new Error(`an AnalysisRun cannot be read: ${parsed.problem}`);
  return parsed.run;
}

function experimentOf(object: KubeObject): Experiment {
  const parsed = parseExperiment(object);
  if ('problem' in parsed) throw new Error(`an Experiment cannot be read: ${parsed.problem}`);
  return parsed.experiment;
}
