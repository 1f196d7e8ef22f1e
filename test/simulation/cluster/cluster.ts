/**
 * A cluster in memory: the API server, the controllers of Kubernetes that a Rollout depends on, the
 * kubelet and the proxy, all in virtual time and all at the pace that one history has drawn.
 */
import type { AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { ENDPOINT_SLICES, INGRESSES, PODS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import type { Pace } from './delays.ts';
import { DeploymentController } from './deployment-controller.ts';
import { EndpointController } from './endpoint-controller.ts';
import { Kubelet } from './kubelet.ts';
import { hashOf, isAvailable, isLeaving, type Pod } from './pod.ts';
import { Proxy } from './proxy.ts';
import { podsOf, ReplicaSetController } from './replica-set-controller.ts';
import { Store } from './store.ts';
import { TrialController, type TrialFortune } from './trial-controller.ts';
import { PLAYED_EXPERIMENTS, PLAYED_RUNS } from './trial-kinds.ts';

export const EPOCH_MS = Date.parse('2026-01-05T08:00:00Z');
/** After this long the consequences of a crash are known everywhere. */
const AFTERMATH_MS = 20_000;

export interface ClusterPaces {
  readonly act: Pace;
  readonly status: Pace;
  readonly podStart: Pace;
  readonly endpoints: Pace;
  readonly proxyIngress: Pace;
  readonly proxyEndpoints: Pace;
  readonly runs: TrialFortune;
  readonly experiments: TrialFortune;
}

interface Options {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly paces: ClusterPaces;
  /** Something happened that may change where requests end up. */
  readonly onTrafficNews: () => void;
}

export class Cluster {
  readonly store: Store;
  readonly kubelet: Kubelet;
  readonly proxy: Proxy;
  readonly #trials: readonly TrialController[];
  readonly #agenda: Agenda;
  /** Revisions that lost a pod through no act of the controller, by template hash: when they were complete again, `null` while they are not. */
  readonly #shaken = new Map<string, number | null>();

  constructor({ agenda, random, paces, onTrafficNews }: Options) {
    this.#agenda = agenda;
    const store = new Store(() => formatTime(EPOCH_MS + agenda.now));
    this.store = store;
    const part = { store, agenda };
    new ReplicaSetController({
      ...part,
      random: random.split('replica-sets'),
      actPace: paces.act,
      statusPace: paces.status,
    });
    new DeploymentController({ ...part, random: random.split('deployments'), pace: paces.act });
    new EndpointController({ ...part, random: random.split('endpoints'), pace: paces.endpoints });
    this.kubelet = new Kubelet({
      ...part,
      random: random.split('kubelet'),
      startPace: paces.podStart,
      onCrash: (pod) => this.shake(hashOf(pod)),
    });
    this.proxy = new Proxy({
      ...part,
      random: random.split('proxy'),
      ingressPace: paces.proxyIngress,
      endpointPace: paces.proxyEndpoints,
      onNews: onTrafficNews,
    });
    this.#trials = [
      new TrialController({
        ...part,
        kind: PLAYED_RUNS,
        random: random.split('analysis-runs'),
        fortune: paces.runs,
      }),
      new TrialController({
        ...part,
        kind: PLAYED_EXPERIMENTS,
        random: random.split('experiments'),
        fortune: paces.experiments,
      }),
    ];
    store.onChange(({ plural }) => {
      // So that the time since a recovery is counted from its last pod.
      if (plural === PODS.plural) this.isShaken();
      if (plural === PODS.plural || plural === ENDPOINT_SLICES.plural || plural === INGRESSES.plural) onTrafficNews();
    });
  }

  /** What every AnalysisRun and every Experiment comes to that ends by itself from now on. */
  decreeTrials(outcome: AnalysisOutcome): void {
    for (const trials of this.#trials) trials.decree(outcome);
  }

  /** The revision has lost a pod; the controller is not to blame for what follows until it has recovered. */
  shake(hash: string): void {
    this.#shaken.set(hash, null);
  }

  /** Whether some revision is still recovering from a loss that the controller did not cause. */
  isShaken(): boolean {
    const { now } = this.#agenda;
    for (const [hash, recoveredAt] of this.#shaken) {
      if (!this.#isComplete(hash)) this.shake(hash);
      else if (recoveredAt === null) this.#shaken.set(hash, now);
      else if (now - recoveredAt > AFTERMATH_MS) this.#shaken.delete(hash);
    }
    return this.#shaken.size > 0;
  }

  #isComplete(hash: string): boolean {
    return this.store
      .list<ReplicaSet>(REPLICA_SETS.plural)
      .filter((one) => hashOf(one) === hash)
      .every((one) => this.availableOf(one) >= (one.spec.replicas ?? 1));
  }

  /** Pods of the ReplicaSet that are available at this moment, whatever its status says. */
  availableOf(replicaSet: ReplicaSet): number {
    const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
    return podsOf(this.store, replicaSet.metadata.uid).filter((pod) =>
      isAvailable(pod, minReadySeconds, this.#agenda.now),
    ).length;
  }

  /** Whether that wall clock runs ahead of the API server's: ages look greater by it than they are. */
  clockIsAhead(now: number): boolean {
    return now > EPOCH_MS + this.#agenda.now;
  }

  /** Whether that wall clock and the API server's differ by more than times that one of them notes can be compared with (ADR 8). */
  clocksDisagree(now: number): boolean {
    return Math.abs(now - EPOCH_MS - this.#agenda.now) > 1000;
  }

  runningPods(): readonly Pod[] {
    return this.store.list<Pod>(PODS.plural).filter((pod) => !isLeaving(pod));
  }
}
