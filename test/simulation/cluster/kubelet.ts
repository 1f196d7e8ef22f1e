/**
 * The kubelet: pods become ready after a while, crash and come back, or never get there, as their image
 * says; a deleted pod keeps answering for its grace period and is gone then.
 */
import { PODS } from '../../../src/kube/resources.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import { isLeaving, type Pod } from './pod.ts';
import type { Change, Store } from './store.ts';

/** Longer than any proxy takes to hear of it, as a preStop hook is made to be. */
const GRACE_MS = 8000;
const SLOW_START_MS = 20_000;

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly startPace: Pace;
  /** Called when a pod stops answering and no controller caused it. */
  readonly onCrash: (pod: Pod) => void;
}

export class Kubelet {
  readonly #options: Options;
  #crashesAllowed = true;

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  /** Pods of flaky images stop crashing. */
  calmDown(): void {
    this.#crashesAllowed = false;
  }

  /** A pod that is ready is not, for a while. */
  crash(name: string, downMs: number): void {
    const pod = this.#running(name);
    if (pod === undefined || !pod.status.ready) return;
    this.#options.onCrash(pod);
    this.#setReady(name, false);
    this.#options.agenda.after(downMs, () => this.#becomeReady(name));
  }

  #onChange({ plural, name, before, after }: Change): void {
    if (plural !== PODS.plural || after === undefined) return;
    const pod = after as Pod;
    if (before === undefined) this.#start(pod);
    else if (isLeaving(pod) && !isLeaving(before as Pod)) {
      this.#options.agenda.after(GRACE_MS, () => this.#options.store.delete(PODS.plural, name, 'kubernetes'));
    }
  }

  #start(pod: Pod): void {
    const { agenda, random, startPace } = this.#options;
    const { image } = pod.spec;
    if (image.endsWith('-bad')) return;
    const extra = image.endsWith('-slow') ? SLOW_START_MS : 0;
    agenda.after(drawDelay(random, startPace) + extra, () => this.#becomeReady(pod.metadata.name));
  }

  #becomeReady(name: string): void {
    const { agenda, random } = this.#options;
    const pod = this.#running(name);
    if (pod === undefined || pod.status.ready) return;
    this.#setReady(name, true);
    if (pod.spec.image.endsWith('-flaky')) {
      agenda.after(random.between(2000, 60_000), () => {
        if (this.#crashesAllowed) this.crash(name, random.between(500, 15_000));
      });
    }
  }

  #setReady(name: string, ready: boolean): void {
    const { store, agenda } = this.#options;
    store.patch(PODS.plural, name, { status: { ready, readySince: agenda.now } }, 'kubernetes');
  }

  #running(name: string): Pod | undefined {
    const pod = this.#options.store.get<Pod>(PODS.plural, name);
    return pod === undefined || isLeaving(pod) ? undefined : pod;
  }
}
