/**
 * How long the proxy takes at this moment to act on a write: an Ingress gets another path every second, and each path
 * is asked for until the proxy knows it. A machine with too much to do can make a proxy later than any release may
 * allow for; with this a test can tell that from a fault.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../cluster/api-client.ts';
import { ask } from './ask.ts';
import type { ProxyAddress } from './proxy.ts';

const BEAT_MS = 1_000;
const LOOK_MS = 100;
const HOST = 'pulse.serin.test';
const NAME = 'pulse';
const PORT = { name: 'http', port: 80 };
const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
/** What a proxy answers for a path that it does not know. For one that it knows it answers that nothing is there. */
const UNKNOWN = 404;
/** Nothing listens here. Without any address a proxy might not take the path in. */
const NOWHERE = '10.244.255.254';

/** One write and the moment at which the proxy acted on it, in milliseconds since the epoch. */
export interface Beat {
  readonly writtenAt: number;
  readonly seenAt: number;
}

/** A span of time in which the proxy had not yet acted on a write that it should have known. */
export interface LateSpell {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Pulse extends AsyncDisposable {
  stop(): Promise<void>;
}

/** From now on every beat is a line of JSON in the file `log`. */
export async function startPulse(client: ApiClient, address: ProxyAddress, log: string): Promise<Pulse> {
  const metadata = { name: NAME };
  await client.create(SERVICES, { metadata, spec: { ports: [PORT] } });
  await client.create(SLICES, {
    metadata: { name: NAME, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [NOWHERE], conditions: { ready: true } }],
    ports: [PORT],
  });
  await client.create(INGRESSES, { metadata, spec: specOf(0) });
  const pulse = new RunningPulse(client, address, log);
  pulse.begin();
  return pulse;
}

class RunningPulse implements Pulse {
  readonly #client: ApiClient;
  readonly #address: ProxyAddress;
  readonly #log: string;
  readonly #stopping = new AbortController();
  /** When each write was made that the proxy has not been seen to act on. */
  readonly #unseen = new Map<number, number>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(client: ApiClient, address: ProxyAddress, log: string) {
    this.#client = client;
    this.#address = address;
    this.#log = log;
  }

  begin(): void {
    this.#running = Promise.all([this.#beat(), this.#look()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #beat(): Promise<void> {
    for (let number = 1; !this.#stopping.signal.aborted; number += 1) {
      this.#unseen.set(number, Date.now());
      await this.#client.patch(`${INGRESSES}/${NAME}`, 'merge', { spec: specOf(number) });
      await this.#pause(BEAT_MS);
    }
  }

  async #look(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const number of [...this.#unseen.keys()].toReversed()) {
        if (await this.#knows(number)) {
          await this.#noteSeen(number, Date.now());
          break;
        }
      }
      await this.#pause(LOOK_MS);
    }
  }

  async #knows(number: number): Promise<boolean> {
    try {
      return (await ask(this.#address, { host: HOST, path: pathOf(number) })).status !== UNKNOWN;
    } catch {
      return false;
    }
  }

  /** A proxy that acts on a write has acted on all before it. */
  async #noteSeen(last: number, seenAt: number): Promise<void> {
    for (const [number, writtenAt] of this.#unseen) {
      if (number > last) break;
      this.#unseen.delete(number);
      await appendFile(this.#log, `${JSON.stringify({ writtenAt, seenAt } satisfies Beat)}\n`);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

export async function readBeats(log: string): Promise<readonly Beat[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Beat);
}

/** Where the proxy was later than `allowedMs`. A write just before a beat may have been late a beat earlier. */
export function lateSpells(beats: readonly Beat[], allowedMs: number): readonly LateSpell[] {
  return beats
    .filter(({ writtenAt, seenAt }) => seenAt - writtenAt > allowedMs - BEAT_MS)
    .map(({ writtenAt, seenAt }) => ({ fromMs: writtenAt + allowedMs - BEAT_MS, toMs: seenAt }));
}

/**
 * How many beats were written after the first moment and acted on before the second one. That is a clock of seconds which
 * is slow when the machine is, and does not count for how long the proxy is late: all that was written before such a beat
 * was in force as well.
 */
export function beatsBetween(beats: readonly Beat[], fromMs: number, toMs: number): number {
  return beats.filter(({ writtenAt, seenAt }) => writtenAt > fromMs && seenAt < toMs).length;
}

function pathOf(number: number): string {
  return `/${number}`;
}

function specOf(number: number): object {
  const backend = { service: { name: NAME, port: { name: PORT.name } } };
  const paths = [{ path: pathOf(number), pathType: 'Exact', backend }];
  return { ingressClassName: 'nginx', rules: [{ host: HOST, http: { paths } }] };
}
