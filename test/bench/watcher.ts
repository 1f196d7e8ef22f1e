/**
 * What the bench sees of the cluster: the last status of every Rollout and the weight of every canary
 * Ingress, by watches of its own, with the moment at which each was seen.
 */
import type { ApiClient } from '../testbed/cluster/api-client.ts';
import { canaryIngressOf } from './fleet.ts';
import { follow } from './follow.ts';

const WEIGHT = 'nginx.ingress.kubernetes.io/canary-weight';

interface SeenRollout {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: {
    readonly replicas?: number | undefined;
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } | undefined;
  };
  readonly status?: {
    readonly phase?: string | undefined;
    readonly observedGeneration?: string | undefined;
    readonly currentStepIndex?: number | undefined;
    readonly replicas?: number | undefined;
  };
}

interface SeenIngress {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** Of thousands of Rollouts nothing more than what is read is kept. */
function seenOf({ metadata: { name, generation }, spec, status }: SeenRollout): SeenRollout {
  const kept = { metadata: { name, generation }, spec: { replicas: spec.replicas, template: spec.template } };
  if (status === undefined) return kept;
  const { phase, observedGeneration, currentStepIndex, replicas } = status;
  return { ...kept, status: { phase, observedGeneration, currentStepIndex, replicas } };
}

/** Ends by itself on a machine that does not get there; a loaded one is slow. */
const LIMIT_MS = 600_000;

/** How long something may take for that many Rollouts. */
export function limitMsFor(size: number): number {
  return LIMIT_MS + size * 600;
}

export class Watcher {
  readonly rollouts = new Map<string, SeenRollout>();
  readonly weights = new Map<string, number>();
  /** Looks to take at an event: those that concern one object by its name, the others under ''. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stopping = new AbortController();
  readonly #watches: readonly Promise<void>[];
  readonly #limitMs: number;

  constructor(client: ApiClient, limitMs = LIMIT_MS) {
    this.#limitMs = limitMs;
    const { signal } = this.#stopping;
    const followed = <T>(path: string, seen: (object: T, isGone: boolean) => void) =>
      follow<T>(client, path, (type, object) => seen(object, type === 'DELETED'), signal);
    this.#watches = [
      followed<SeenRollout>('/apis/argoproj.io/v1alpha1/rollouts', (rollout, isGone) =>
        this.#seeRollout(rollout, isGone),
      ),
      followed<SeenIngress>('/apis/networking.k8s.io/v1/ingresses', (ingress) => this.#seeIngress(ingress)),
    ];
  }

  /** Milliseconds (monotonic) at which `holds` was first seen to be true. `object`: look only when the object of that name changes. */
  until(what: string, holds: () => boolean, object = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      const looks = this.#waiting.get(object) ?? new Set();
      this.#waiting.set(object, looks);
      const limit = setTimeout(() => {
        looks.delete(look);
        reject(new Error(`timed out waiting for ${what}`));
      }, this.#limitMs);
      const look = () => {
        if (!holds()) return;
        clearTimeout(limit);
        looks.delete(look);
        resolve(performance.now());
      };
      looks.add(look);
      look();
    });
  }

  /** When the last of the Rollouts was seen to be so. Each is looked at only when it changes: thousands would be too many. */
  async untilAll(what: string, names: readonly string[], holds: (name: string) => boolean): Promise<number> {
    const times = await Promise.all(names.map((name) => this.until(`${what} (${name})`, () => holds(name), name)));
    return times.reduce((latest, time) => Math.max(latest, time), 0);
  }

  /** When the canary of a Rollout was first seen to get that share of the traffic. */
  weightIs(rollout: string, weight: number): Promise<number> {
    const ingress = canaryIngressOf(rollout);
    return this.until(`weight ${weight} of ${rollout}`, () => this.weights.get(ingress) === weight, ingress);
  }

  phaseOf(name: string): string {
    const rollout = this.rollouts.get(name);
    if (rollout?.status === undefined) return '';
    return rollout.status.observedGeneration === String(rollout.metadata.generation)
      ? (rollout.status.phase ?? '')
      : '';
  }

  imageOf(name: string): string {
    return this.rollouts.get(name)?.spec.template?.spec.containers[0]?.image ?? '';
  }

  specReplicasOf(name: string): number {
    return this.rollouts.get(name)?.spec.replicas ?? 1;
  }

  indexOf(name: string): number {
    return this.rollouts.get(name)?.status?.currentStepIndex ?? -1;
  }

  readonly isHealthy = (name: string): boolean => this.phaseOf(name) === 'Healthy';

  isPausedAt(name: string, step: number): boolean {
    return this.phaseOf(name) === 'Paused' && this.indexOf(name) === step;
  }

  /** The pods of other revisions are gone. */
  readonly hasOnlyItsPods = (name: string): boolean =>
    this.rollouts.get(name)?.status?.replicas === this.specReplicasOf(name);

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#watches);
  }

  #seeRollout(rollout: SeenRollout, isGone: boolean): void {
    const { name } = rollout.metadata;
    if (isGone) this.rollouts.delete(name);
    else this.rollouts.set(name, seenOf(rollout));
    this.#look(name);
  }

  #seeIngress({ metadata: { name, annotations } }: SeenIngress): void {
    const weight = annotations?.[WEIGHT];
    if (weight !== undefined) this.weights.set(name, Number(weight));
    this.#look(name);
  }

  #look(object: string): void {
    for (const name of [object, '']) for (const look of this.#waiting.get(name) ?? []) look();
  }
}
