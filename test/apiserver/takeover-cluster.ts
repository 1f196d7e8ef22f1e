/**
 * A cluster without a controller, until a test starts one that finds what another controller of this API left.
 * What it finds is laid out in `inherited-rollout.ts`.
 */
import { onTestFailed, onTestFinished } from 'vitest';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import { ControllerProcess } from '../cluster/controller-process.ts';
import { installSerin } from '../cluster/install.ts';
import { waitFor } from '../cluster/wait.ts';
import { accessTo } from './global-setup.ts';
import { inherit, type Inheritance } from './inherited-rollout.ts';
import { Recording } from './recording.ts';
import { Session, type Plural } from './session.ts';

/** Objects that the controller may change, the Rollout itself excepted. */
const OTHERS: readonly Plural[] = ['replicasets', 'services', 'ingresses', 'pods'];

export class TakeoverCluster {
  readonly #cluster: Cluster;
  readonly #controller: ControllerProcess;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#controller = new ControllerProcess(cluster.plane, {});
  }

  static async start(): Promise<TakeoverCluster> {
    const cluster = await startCluster();
    await installSerin(cluster.plane);
    return new TakeoverCluster(cluster);
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  /** Ends what {@link takeOver} started. */
  async killController(): Promise<void> {
    await this.#controller.kill('SIGKILL');
  }

  /** A session whose namespace holds the inherited objects; both end with the test. */
  async inherit(inheritance: Inheritance): Promise<Session> {
    const session = await Session.open(await accessTo(this.#cluster.plane, this.#controller));
    onTestFailed(async () => console.error(await session.report()));
    onTestFinished(() => session.close());
    await inherit(session, inheritance);
    return session;
  }

  /** Everything that the controller does from its start until nothing is left to do. */
  async takeOver(session: Session): Promise<Recording> {
    const recording = await Recording.start(session, 'rollouts', 'events', 'endpointslices', ...OTHERS);
    await this.#controller.start();
    await waitFor(async () => (await fetch(this.#controller.metricsUrl)).text(), {
      what: 'the controller to have looked at the Rollout',
      until: (metrics) => metrics.includes(`rollout_reconcile_count{namespace="${session.namespace}",name="web"}`),
    });
    await session.settled();
    return recording;
  }
}

/** What was written to objects other than the Rollout itself. */
export function touched(recording: Recording): readonly string[] {
  return recording.changes
    .filter(({ plural }) => OTHERS.includes(plural))
    .map(({ plural, type, object }) => `${type} ${plural} ${object.metadata.name}`);
}
