/**
 * Of processes that share the Rollout one at a time decides: the one that holds the leases. It has seen what the others
 * have written.
 */
import { objectKey } from '../../../src/kube/object-key.ts';
import { compareResourceVersions } from '../../../src/kube/resource-version.ts';
import { LEASES } from '../../../src/kube/resources.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { NAMESPACE, type Store } from '../cluster/store.ts';
import type { ControllerProcess, MadeWrite } from '../controller/process.ts';
import { leaseOf, type Sharing } from '../controller/share.ts';
import { ROLLOUT_NAME } from '../scenario/rollout-spec.ts';
import { Violation } from './violation.ts';

interface LastWrite {
  readonly identity: string;
  readonly version: string;
}

export class Holders {
  readonly #store: Store;
  readonly #sharing: Sharing | undefined;
  /** By plural: the last write of each process. */
  readonly #writes = new Map<string, Map<string, LastWrite>>();

  /** Nothing is checked without shards. */
  constructor(store: Store, sharing: Sharing | undefined) {
    this.#store = store;
    this.#sharing = sharing;
  }

  /** The process has decided about the Rollout. */
  decided(processes: readonly ControllerProcess[], identity: string): void {
    if (this.#sharing === undefined) return;
    const writers = processes.filter(({ mayWrite }) => mayWrite);
    if (writers.length > 1)
      throw new Violation('oneProcessDecides', writers.map((one) => one.identity).join(' and ') + ' may write');
    const process = processes.find((one) => one.identity === identity);
    // What is decided without the leases is not written.
    if (process?.mayWrite !== true) return;
    for (const [plural, writes] of this.#writes) {
      const seen = process.seenVersionOf(plural);
      for (const write of writes.values()) {
        if (seen === undefined || write.identity === identity) continue;
        if (compareResourceVersions(seen, write.version) < 0)
          throw new Violation(
            'decidesOnWhatOthersWrote',
            `${identity} has seen ${plural} up to ${seen}, and ${write.identity} has written ${write.version}`,
          );
      }
    }
  }

  wrote({ write, answer, author }: MadeWrite, identity: string): void {
    if (this.#sharing === undefined || author !== 'serin' || write.op === 'require') return;
    const holder = this.#holderOf(leaseOf(objectKey(NAMESPACE, ROLLOUT_NAME), this.#sharing.shards));
    if (holder !== identity)
      throw new Violation(
        'writesNeedTheLease',
        `${identity} has written, and the lease is that of ${holder}: ${write.why}`,
      );
    if (answer.outcome !== 'made' || !answer.changed || answer.object === undefined) return;
    const { plural } = write.resource;
    const writes = this.#writes.get(plural) ?? new Map<string, LastWrite>();
    this.#writes.set(plural, writes.set(identity, { identity, version: answer.object.metadata.resourceVersion }));
  }

  #holderOf(lease: string): string {
    const found = this.#store.get<KubeObject & { readonly spec: { readonly holderIdentity?: string } }>(
      LEASES.plural,
      lease,
    );
    return found?.spec.holderIdentity ?? '';
  }
}
