/**
 * A cluster without a controller, until a test starts one that finds what another controller of this API left.
 * What it finds is laid out in `inherited-rollout.ts`.
 */
import type { TestContext } from 'vitest';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { accessTo } from './global-setup.ts';
import { inherit, type Inheritance } from './inherited-rollout.ts';
import { Recording } from './recording.ts';
import { Session, type Plural } from './session.ts';

/** Objects that the controller may change, the Rollout itself excepted. */
const OTHERS: readonly Plural[] = ['replicasets', 'services', 'ingresses', 'pods'];

export class TakeoverCluster {
  readonly #cluster: Cluster;
  readonly #controller: ControllerProcess;
  readonly #together: number;
  #start = Promise.withResolvers<void>();
  #laidOut = 0;

  private constructor(cluster: Cluster, together: number) {
    this.#cluster = cluster;
    this.#together = together;
    this.#controller = new ControllerProcess(cluster.plane, {});
  }

  /** For so many tests that run `together`: the controller starts when each of them has laid out what it finds. */
  static async start({ together = 1 } = {}): Promise<TakeoverCluster> {
    const cluster = await startCluster();
    await installSerin(cluster.plane);
    return new TakeoverCluster(cluster, together);
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  /** Ends what {@link takeOver} started. */
  async killController(): Promise<void> {
    await this.#controller.kill('SIGKILL');
  }

  /** A session whose namespace holds the inherited objects. */
  async inherit({ onTestFailed }: TestContext, inheritance: Inheritance): Promise<Session> {
    const session = await Session.open(await accessTo(this.#cluster.plane, this.#controller));
    onTestFailed(async () => console.error(await session.report()));
    try {
      await inherit(session, inheritance);
    } catch (error) {
      // The others would wait for this one.
      this.#start.reject(error);
      throw error;
    }
    return session;
  }

  /** Everything that the controller does from its start until nothing is left to do. */
  async takeOver(session: Session): Promise<Recording> {
    const recording = await Recording.start(session, 'rollouts', 'events', 'endpointslices', ...OTHERS);
    await this.#startTogether();
    await waitFor(async () => (await fetch(this.#controller.metricsUrl)).text(), {
      what: 'the controller to have looked at the Rollout',
      until: (metrics) => metrics.includes(`rollout_reconcile_count{namespace="${session.namespace}",name="web"}`),
    });
    await session.settled();
    return recording;
  }

  #startTogether(): Promise<void> {
    const start = this.#start;
    this.#laidOut += 1;
    if (this.#laidOut === this.#together) {
      this.#laidOut = 0;
      this.#start = Promise.withResolvers();
      this.#controller.start().then(start.resolve, start.reject);
    }
    return start.promise;
  }
}

/** What was written to objects other than the Rollout itself. */
export function touched(recording: Recording): readonly string[] {
  return recording.changes
    .filter(({ plural }) => OTHERS.includes(plural))
    .map(({ plural, type, object }) => `${type} ${plural} ${object.metadata.name}`);
}
