/**
 * What every test of this suite works with beside its session: load on a host, and an account of it that fails the
 * test when a request was lost and shows where. Hosts are made of the namespace, because all tests share one proxy.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { test as base, type Session } from '../apiserver/session.ts';
import { REPOSITORY } from '../cluster/repository.ts';
import { Answers, describeAnswer, type Answer } from '../data-plane/answers.ts';
import { untilServed, type Wish } from '../data-plane/ask.ts';
import { Load, type LoadOptions } from '../data-plane/load.ts';
import type { ProxyAccess } from './global-setup.ts';
import { Ledger, type LedgerEntry } from './ledger.ts';

/** The hosts of the Ingresses in examples/. */
const EXAMPLE_HOSTS = /canary\.auto|echoserver\.example\.com/g;
const SHOWN = 20;

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

  /** What Rollouts of this test are called, which makes {@link host} the host of their `routing(name)`. */
  get name(): string {
    return this.session.namespace;
  }

  get host(): string {
    return `${this.name}.example.com`;
  }

  /** `kubectl apply` of files in examples/, with the host of this test. */
  async applyExamples(...files: readonly string[]): Promise<void> {
    for (const file of files) {
      const text = await readFile(join(REPOSITORY, 'examples', file), 'utf8');
      const { code, stderr } = await this.session.tryKubectl(
        ['apply', '-f', '-'],
        text.replaceAll(EXAMPLE_HOSTS, this.host),
      );
      if (code !== 0) throw new Error(`kubectl apply of ${file}: ${stderr}`);
    }
  }

  /** Load begins when the host is served. */
  async load(options: Partial<LoadOptions> = {}): Promise<Load> {
    const wish = { host: this.host, ...options };
    await untilServed(this.#proxy.address, wish);
    return new Load(this.#proxy.address, wish);
  }

  /** So many answers to one and the same wish. */
  async sample(count: number, wish: Partial<Wish> = {}): Promise<Answers> {
    await using load = await this.load(wish);
    await load.next(count);
    return await load.stop();
  }

  /** After this the proxy acts on everything that was written before. */
  async propagated(): Promise<void> {
    await delay(this.#proxy.propagationMs);
  }

  /** Enters a line into the table. */
  tell(entry: LedgerEntry): Promise<void> {
    return this.#ledger.add(entry);
  }

  /** Enters what was measured into the table, and fails when a request was lost or answered by a wrong version. */
  async account(all: readonly Answer[], { scenario, wrong, excused = [], note }: Account): Promise<void> {
    const failures = new Answers(all).failures.filter((one) => !excused.includes(one));
    await this.tell({
      scenario,
      requests: all.length,
      failed: failures.length,
      ...(wrong === undefined ? {} : { wrong: wrong.length }),
      ...(note === undefined ? {} : { note }),
    });
    const complaints = [
      ...(failures.length > 0 ? [`${failures.length} of ${all.length} requests failed:`, shown(failures)] : []),
      ...(wrong !== undefined && wrong.length > 0
        ? [`${wrong.length} answers from a wrong version:`, shown(wrong)]
        : []),
    ];
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }
}

function shown(answers: readonly Answer[]): string {
  const lines = answers.slice(0, SHOWN).map(describeAnswer);
  return [...lines, ...(answers.length > SHOWN ? [`... and ${answers.length - SHOWN} more`] : [])].join('\n');
}

export const test = base.extend<{ traffic: Traffic }>({
  traffic: async ({ session, onTestFailed }, use) => {
    const proxy = inject('sharedProxy');
    onTestFailed(async () => {
      console.error(`${proxy.name}:\n${await endOf(proxy.logPath, session.namespace)}`);
      console.error(`controller:\n${await endOf(inject('controllerLog'), session.namespace)}`);
    });
    await use(new Traffic(session, proxy, new Ledger(inject('ledger'))));
  },
});

/** The last lines of a log that speak of this test. */
async function endOf(path: string, namespace: string): Promise<string> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes(namespace));
  return lines.slice(-60).join('\n');
}
