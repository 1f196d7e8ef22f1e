/**
 * The Deployment controller and its ReplicaSets in one: as many pods as the Deployment asks for, of its present image;
 * pods of another image leave one by one as others become ready.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject, PodTemplate } from '../../../src/kube/objects.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../../src/kube/owners.ts';
import { DEPLOYMENTS, PODS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import { isLeaving, type Pod } from './pod.ts';
import type { Change, Store } from './store.ts';

export interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: PodTemplate };
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly pace: Pace;
}

export class DeploymentController {
  readonly #options: Options;
  readonly #acting = new Set<string>();
  #podsMade = 0;

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  #onChange({ plural, name, before, after }: Change): void {
    if (plural === DEPLOYMENTS.plural) {
      if (after === undefined && before !== undefined) for (const pod of this.#podsOf(before)) this.#tellToLeave(pod);
      this.#act(name);
    }
    const owner = plural === PODS.plural ? controllerOf((after ?? before) as Pod) : undefined;
    if (owner?.kind === DEPLOYMENTS.kind) this.#act(owner.name);
  }

  #act(name: string): void {
    if (this.#acting.has(name)) return;
    this.#acting.add(name);
    const { agenda, random, pace } = this.#options;
    agenda.after(drawDelay(random, pace), () => {
      this.#acting.delete(name);
      this.#step(name);
    });
  }

  #step(name: string): void {
    const deployment = this.#options.store.get<Deployment>(DEPLOYMENTS.plural, name);
    if (deployment === undefined) return;
    const { replicas, template } = deployment.spec;
    const pods = this.#podsOf(deployment).filter((pod) => !isLeaving(pod));
    const old = pods.filter((pod) => pod.spec.image !== imageIn(template));
    const missing = replicas - (pods.length - old.length);
    const surge = old.length > 0 ? 1 : 0;
    if (missing > 0 && pods.length < replicas + surge) {
      this.#makePod(deployment);
      this.#act(name);
      return;
    }
    const leaving = this.#oneToLeave(pods, old, replicas);
    if (leaving === undefined) return;
    this.#tellToLeave(leaving);
    this.#act(name);
  }

  /** Pods that are not ready are removed first; a ready one only when there are enough without it. */
  #oneToLeave(pods: readonly Pod[], old: readonly Pod[], replicas: number): Pod | undefined {
    if (pods.length <= replicas) return undefined;
    const candidates = old.length > 0 ? old : pods;
    const unready = candidates.find((pod) => !pod.status.ready);
    const ready = pods.filter((pod) => pod.status.ready).length;
    return unready ?? (ready > replicas ? candidates[0] : undefined);
  }

  #makePod(deployment: Deployment): void {
    const { name, uid } = deployment.metadata;
    const { template } = deployment.spec;
    this.#podsMade += 1;
    const body = {
      metadata: { ...template.metadata, ownerReferences: [controllerReference(DEPLOYMENTS, name, uid)] },
      spec: { image: imageIn(template) },
      status: { ready: false, readySince: 0 },
    };
    const { store } = this.#options;
    store.create(PODS.plural, `${name}-deployment-${this.#podsMade}`, body as unknown as JsonObject, 'kubernetes');
  }

  #tellToLeave(pod: Pod): void {
    if (isLeaving(pod)) return;
    const { store, agenda } = this.#options;
    const patch = { metadata: { deletionTimestamp: formatTime(agenda.now) } };
    store.patch(PODS.plural, pod.metadata.name, patch, 'kubernetes');
  }

  #podsOf(deployment: KubeObject): readonly Pod[] {
    return this.#options.store.list<Pod>(PODS.plural).filter((pod) => isControlledBy(pod, deployment.metadata.uid));
  }
}

function imageIn(template: PodTemplate): string {
  const containers = template.spec?.['containers'] as readonly { readonly image: string }[];
  return containers[0]?.image ?? '';
}
