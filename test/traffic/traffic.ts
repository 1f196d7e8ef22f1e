/**
 * What every test of this suite works with beside its session: load on a host, and an account of it that fails the
 * test when a request was lost and shows where. Hosts are made of the namespace, because all tests share one proxy.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from '../apiserver/scene.ts';
import type { Session } from '../apiserver/session.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { Answers, describeAnswer, type Answer } from '../testbed/data-plane/answers.ts';
import { untilServed, type Wish } from '../testbed/data-plane/ask.ts';
import { toleranceOf, type ProxyAddress } from '../testbed/data-plane/proxy.ts';
import { Load, type LoadOptions } from '../testbed/data-plane/load.ts';
import { lateSpells, readBeats, type Beat, type LateSpell } from '../testbed/data-plane/pulse.ts';
import type { ProxyAccess } from './global-setup.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { servicesOf, wayInOf } from './way-in.ts';

/** The hosts of the Ingresses in examples/. */
const EXAMPLE_HOSTS = /canary\.auto|echoserver\.example\.com/g;
/** Pauses of the examples that end by themselves, maybe before a busy machine has measured what it is to measure. */
const EXAMPLE_PAUSES = /duration: 30s/g;
const SHOWN = 20;
/** A look is four requests to the API server, and several cases look at the same time. */
const LOOK_EVERY_MS = 200;
/** How long a machine with too much to do may take for what takes seconds. */
const PATIENCE_MS = 300_000;
interface Account {
  readonly scenario: string;
  /** Answers that came from a version that should not have answered. */
  readonly wrong?: readonly Answer[];
  /** Failures whose cause is known and is no matter of a release. */
  readonly excused?: readonly Answer[];
  readonly note?: string;
}

export class Traffic {
  readonly session: Session;
  readonly #proxy: ProxyAccess;
  readonly #ledger: Ledger;

  constructor(session: Session, proxy: ProxyAccess, ledger: Ledger) {
    this.session = session;
    this.#proxy = proxy;
    this.#ledger = ledger;
  }

  /** What Rollouts of this test are called, and all that leads to them. */
  get name(): string {
    return this.session.namespace;
  }

  get host(): string {
    return `${this.name}.example.com`;
  }

  get wayIn() {
    return wayInOf(this.#proxy);
  }

  /** The two Services of {@link name}, and what leads to them from {@link host}. */
  get routing(): readonly object[] {
    return [...servicesOf(this.name), this.wayIn.way(this.name, this.host)];
  }

  /** Waits until the Rollout of {@link name} looks so; `what` reads after "waiting for". */
  seen(what: string, until: (scene: Scene) => boolean): Promise<Scene> {
    return waitFor(() => this.session.look(this.name), {
      what,
      until,
      intervalMs: LOOK_EVERY_MS,
      timeoutMs: PATIENCE_MS,
    });
  }

  /** `kubectl apply` of files in examples/, with the host of this test, and with pauses that wait for a person. */
  async applyExamples(...files: readonly string[]): Promise<void> {
    for (const file of files) {
      const text = await readFile(join(REPOSITORY, 'examples', file), 'utf8');
      const { code, stderr } = await this.session.tryKubectl(
        ['apply', '-f', '-'],
        text.replaceAll(EXAMPLE_HOSTS, this.host).replaceAll(EXAMPLE_PAUSES, 'duration: 1h'),
      );
      if (code !== 0) throw new Error(`kubectl apply of ${file}: ${stderr}`);
    }
  }

  /** Load begins when the host is served. */
  async load(options: Partial<LoadOptions> = {}): Promise<Load> {
    const wish = { host: this.host, sendAgain: this.#proxy.closesKept, ...options };
    await untilServed(this.#proxy.address, wish);
    return new Load(this.#proxy.address, wish);
  }

  /** So many answers to one and the same wish. */
  async sample(count: number, wish: Partial<Wish> = {}): Promise<Answers> {
    await using load = await this.load(wish);
    await load.next(count);
    return await load.stop();
  }

  /** After this the proxy acts on everything that was written before: it has had its time, however long it took. */
  async propagated(): Promise<void> {
    const writtenAt = Date.now();
    await delay(this.#proxy.propagationMs);
    await this.#beatsSince(writtenAt);
  }

  /** Where clients connect. */
  get address(): ProxyAddress {
    return this.#proxy.address;
  }

  /** The longest time that the proxy may take to act on a write. */
  get propagationMs(): number {
    return this.#proxy.propagationMs;
  }

  /** Whether the share of a Service without ready pods is answered 503, and not by others. */
  get emptyShareFails(): boolean {
    return this.#proxy.emptyShare === 'fails';
  }

  /** See {@link toleranceOf}. */
  tolerance(percent: number, requests: number): number {
    return toleranceOf(this.#proxy.shares, percent, requests);
  }

  /** Of the proxy. */
  get metricsUrl(): string {
    return this.#proxy.metricsUrl;
  }

  /** Which of deploy/analysis-templates measure a Rollout behind the proxy. Throws where none does. */
  get templates(): 'traefik' | 'ingress-nginx' {
    const { templates, name } = this.#proxy;
    if (templates === null) throw new Error(`no template reads the metrics of ${name}`);
    return templates;
  }

  /** All beats of the proxy so far: it has acted on everything that was written before. */
  beats(): Promise<readonly Beat[]> {
    return this.#beatsSince(Date.now());
  }

  /** Enters a line into the table. */
  tell(entry: LedgerEntry): Promise<void> {
    return this.#ledger.add(entry);
  }

  /** Enters what was measured into the table, and fails when a request was lost or answered by a wrong version. */
  async account(all: readonly Answer[], { scenario, wrong, excused = [], note }: Account): Promise<void> {
    const answers = new Answers(all);
    const failures = answers.failures.filter((one) => !excused.includes(one));
    const tooLate = await this.#whileProxyWasLate(failures);
    await this.tell({
      scenario,
      requests: all.length,
      failed: failures.length,
      ...(wrong === undefined ? {} : { wrong: wrong.length }),
      // A proxy, pods or a load without enough of the processor are seen here first.
      note: [
        ...(note === undefined ? [] : [note]),
        `99 % within ${answers.withinMs(99)} ms`,
        ...(answers.sentAgain > 0 ? [`${answers.sentAgain} sent again`] : []),
        ...(tooLate.length > 0
          ? [`${tooLate.length} of the failures while the machine kept the proxy from its work`]
          : []),
      ].join(', '),
    });
    const complaints = [
      ...(failures.length > 0 ? [`${failures.length} of ${all.length} requests failed:`, shown(failures)] : []),
      ...(wrong !== undefined && wrong.length > 0
        ? [`${wrong.length} answers from a wrong version:`, shown(wrong)]
        : []),
    ];
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }

  /** Those of the answers that came while the proxy was later than a release may allow for. */
  async #whileProxyWasLate(answers: readonly Answer[]): Promise<readonly Answer[]> {
    if (answers.length === 0) return [];
    const spells = lateSpells(await this.#beatsSince(Date.now()), this.#proxy.propagationMs);
    return answers.filter((one) => spells.some((spell) => overlaps(one, spell)));
  }

  /** All beats of the proxy, once it has acted on one that was written after this moment. */
  #beatsSince(writtenAt: number): Promise<readonly Beat[]> {
    return waitFor(() => readBeats(this.#proxy.pulseLog), {
      what: `${this.#proxy.name} to act on a write`,
      until: (beats) => (beats.at(-1)?.writtenAt ?? 0) >= writtenAt,
      intervalMs: LOOK_EVERY_MS,
      timeoutMs: PATIENCE_MS,
    });
  }
}

function overlaps({ sentAt, doneAt }: Answer, { fromMs, toMs }: LateSpell): boolean {
  return sentAt <= toMs && doneAt >= fromMs;
}

function shown(answers: readonly Answer[]): string {
  const lines = answers.slice(0, SHOWN).map(describeAnswer);
  return [...lines, ...(answers.length > SHOWN ? [`... and ${answers.length - SHOWN} more`] : [])].join('\n');
}
