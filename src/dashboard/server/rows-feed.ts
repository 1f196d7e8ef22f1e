/** The list of Rollouts of one person, in a namespace or in all, for every tab that shows it. */
import { LiveObjects } from '../../clients/live-objects.ts';
import { ROLLOUT, type Watched } from '../../clients/observed.ts';
import type { Cluster } from '../../clients/cluster.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { keyOf, splitKey } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { summaryOf } from '../../core/view/summary.ts';
import type { RolloutRow, TroubleEvent } from '../wire.ts';
import type { Outlet } from './outlet.ts';
import { Pace } from './pace.ts';
import type { SameObjects } from './same-objects.ts';

/** All that is kept of a Rollout: its row as it is sent. */
interface KeptRow extends KubeObject {
  readonly text: string;
}

export class RowsFeed {
  readonly #live: LiveObjects;
  readonly #outlets = new Set<Outlet>();
  /** Those that have no rows yet. */
  readonly #waiting = new Set<Outlet>();
  readonly #pace: Pace;
  /** What every reader has been sent, by key. */
  readonly #sent = new Map<string, KeptRow>();
  /** Keys of rows that may differ from what was sent; `null`: any of them. */
  #changed: Set<string> | null = null;
  #trouble: string | null = null;
  readonly #started: Promise<void>;

  /** `namespace`: all of them when `null`. `same`: the rows that others watch. */
  constructor(cluster: Pick<Cluster, 'client' | 'clock'>, namespace: string | null, same: SameObjects) {
    const rows: Watched = { ...ROLLOUT, trim: (object) => keptRow(object as Rollout, cluster.clock) };
    this.#live = new LiveObjects({ cluster, watched: [same.of(rows)], ...(namespace === null ? {} : { namespace }) });
    this.#pace = new Pace(cluster.clock, () => this.#flush());
    this.#live.onChange((changed) => {
      if (changed === null) this.#changed = null;
      else this.#changed?.add(keyOf(changed.object));
      this.#pace.request();
    });
    this.#started = this.#live.start();
  }

  /** Why the rows may not be all there are; `null` when they are. */
  get trouble(): string | null {
    return this.#live.trouble;
  }

  /** Those that hold Rollouts, in order; `null` when they may not be listed. */
  async namespaces(): Promise<readonly string[] | null> {
    await this.#started;
    if (this.#live.refusal(ROLLOUTS) !== null) return null;
    return [...new Set(this.#rows().map(({ metadata }) => metadata.namespace ?? ''))].toSorted();
  }

  /** Sends all rows once they are known, and then whatever changes. */
  async open(outlet: Outlet): Promise<void> {
    this.#waiting.add(outlet);
    outlet.onEnd(() => this.#waiting.delete(outlet));
    if (this.#trouble !== null) outlet.send(troubleEvent(this.#trouble), 'trouble');
    await this.#started;
    if (outlet.ended) return;
    // The others are sent what this one gets with all the rest.
    this.#flush();
    outlet.send(rowsEvent(true, [...this.#sent.values()], []), 'rows');
    this.#waiting.delete(outlet);
    this.#outlets.add(outlet);
    outlet.onEnd(() => this.#outlets.delete(outlet));
  }

  async stop(): Promise<void> {
    this.#pace.stop();
    await this.#live.stop();
  }

  #rows(): readonly KeptRow[] {
    return this.#live.all(ROLLOUTS) as readonly KeptRow[];
  }

  #flush(): void {
    const present = this.#changed === null ? new Map(this.#rows().map((row) => [keyOf(row), row])) : null;
    const keys = this.#changed ?? new Set([...this.#sent.keys(), ...(present?.keys() ?? [])]);
    this.#changed = new Set();
    const [rows, gone]: [KeptRow[], KeptRow[]] = [[], []];
    for (const key of keys) {
      const before = this.#sent.get(key);
      const row = present === null ? this.#row(key) : present.get(key);
      if (row === undefined) {
        if (before !== undefined) gone.push(before);
        this.#sent.delete(key);
      } else {
        if (row.text !== before?.text) rows.push(row);
        this.#sent.set(key, row);
      }
    }
    if (rows.length + gone.length > 0) this.#send(rowsEvent(false, rows, gone), 'rows');
    if (this.trouble === this.#trouble) return;
    this.#trouble = this.trouble;
    this.#send(troubleEvent(this.trouble), 'trouble');
    for (const outlet of this.#waiting) outlet.send(troubleEvent(this.trouble), 'trouble');
  }

  #row(key: string): KeptRow | undefined {
    const { namespace, name } = splitKey(key);
    return this.#live.lookup.get(ROLLOUTS, namespace, name);
  }

  #send(json: string, name: string): void {
    for (const outlet of this.#outlets) outlet.send(json, name);
  }
}

function keptRow(rollout: Rollout, clock: Clock): KeptRow {
  const { namespace = '', name, uid, resourceVersion } = rollout.metadata;
  return { metadata: { namespace, name, uid, resourceVersion }, text: JSON.stringify(rowOf(rollout, clock.now())) };
}

function rowOf(rollout: Rollout, now: number): RolloutRow {
  const summary = summaryOf(rollout, now);
  const { namespace, name, labels, strategy, phase, cause, state, needsAttention, steps, counts, images } = summary;
  return {
    namespace,
    name,
    labels,
    strategy,
    phase,
    cause,
    state,
    needsAttention,
    stepsDone: steps?.done ?? null,
    stepCount: steps?.count ?? 0,
    weight: summary.askedWeight,
    ready: counts.ready,
    desired: summary.replicas,
    updated: counts.updated,
    available: counts.available,
    images,
    createdAt: summary.createdAt,
  };
}

/** A `RowsEvent`; the rows are JSON already. */
function rowsEvent(reset: boolean, rows: readonly KeptRow[], gone: readonly KeptRow[]): string {
  const names = gone.map(({ metadata: { namespace, name } }) => ({ namespace, name }));
  return `{"reset":${reset},"rows":[${rows.map(({ text }) => text).join(',')}],"gone":${JSON.stringify(names)}}`;
}

function troubleEvent(message: string | null): string {
  return JSON.stringify({ message } satisfies TroubleEvent);
}
