/**
 * How long the proxy takes at this moment to act on a write: a canary Ingress, or a rule of an HTTPRoute, accepts a header
 * with one number more every second, and each number is sent until the canary answers, as it does from then on. A machine
 * with too much to do can make a proxy later than any release may allow for; with this a test can tell that from a fault.
 * It is a change like those of a release: a new path would make ingress-nginx start its workers anew each time.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../cluster/api-client.ts';
import { ask } from './ask.ts';
import type { Proxy, ProxyAddress } from './proxy.ts';
import { PULSE_PORT, pulseByIngresses, pulseByRoute, type PulseRouting } from './pulse-routing.ts';

const BEAT_MS = 1_000;
const LOOK_MS = 100;
/** Workers of a proxy act one after another, so several requests have to say that it has. */
const ASKED = 6;
/** Enough for the beats of eleven days. */
const DIGITS = 6;
const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
/** Answers for both Services, from a pod's address that no pod gets. */
const POD_IP = '10.244.255.253';
const FROM_STABLE = 200;
const FROM_CANARY = 204;

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
export async function startPulse(
  client: ApiClient,
  { reads, address }: Pick<Proxy, 'reads' | 'address'>,
  log: string,
): Promise<Pulse> {
  const stable = await listen(FROM_STABLE);
  const canary = await listen(FROM_CANARY);
  const routing = (reads === 'routes' ? pulseByRoute : pulseByIngresses)(client);
  await createService(client, routing.stable, stable);
  await createService(client, routing.canary, canary);
  await routing.create(upTo(0));
  const pulse = new RunningPulse(routing, address, log, [stable, canary]);
  pulse.begin();
  return pulse;
}

function listen(status: number): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(status).end());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: POD_IP, port: 0 }, () => resolve(server));
  });
}

async function createService(client: ApiClient, name: string, server: Server): Promise<void> {
  await client.create(SERVICES, { metadata: { name }, spec: { ports: [PULSE_PORT] } });
  await client.create(SLICES, {
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [POD_IP], conditions: { ready: true } }],
    ports: [{ name: PULSE_PORT.name, port: (server.address() as AddressInfo).port }],
  });
}

class RunningPulse implements Pulse {
  readonly #routing: PulseRouting;
  readonly #address: ProxyAddress;
  readonly #log: string;
  readonly #servers: readonly Server[];
  readonly #stopping = new AbortController();
  /** When each write was made that the proxy has not been seen to act on. */
  readonly #unseen = new Map<number, number>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(routing: PulseRouting, address: ProxyAddress, log: string, servers: readonly Server[]) {
    this.#routing = routing;
    this.#address = address;
    this.#log = log;
    this.#servers = servers;
  }

  begin(): void {
    this.#running = Promise.all([this.#beat(), this.#look()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #beat(): Promise<void> {
    for (let number = 1; !this.#stopping.signal.aborted; number += 1) {
      this.#unseen.set(number, Date.now());
      await this.#routing.accept(upTo(number));
      await this.#pause(BEAT_MS);
    }
  }

  async #look(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const seen = await lastWhere([...this.#unseen.keys()], (number) => this.#knows(number));
      if (seen !== undefined && (await this.#allKnow(seen))) await this.#noteSeen(seen, Date.now());
      await this.#pause(LOOK_MS);
    }
  }

  async #allKnow(number: number): Promise<boolean> {
    const answers = await Promise.all(Array.from({ length: ASKED }, () => this.#knows(number)));
    return answers.every(Boolean);
  }

  async #knows(number: number): Promise<boolean> {
    const { host, header } = this.#routing;
    try {
      const { status } = await ask(this.#address, { host, path: '/', headers: { [header]: digitsOf(number) } });
      return status === FROM_CANARY;
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

/** The last of the numbers for which it holds, as it does for all before that one: found with few questions. */
export async function lastWhere(
  numbers: readonly number[],
  holds: (number: number) => Promise<boolean>,
): Promise<number | undefined> {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (await holds(numbers[middle] ?? NaN)) from = middle + 1;
    else to = middle;
  }
  return numbers[from - 1];
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

/** A pattern for the digits of all numbers from 0 to this one. */
export function upTo(number: number): string {
  const digits = digitsOf(number);
  const smaller = digits
    .split('')
    .flatMap((digit, index) =>
      digit === '0' ? [] : [`${digits.slice(0, index)}[0-${Number(digit) - 1}][0-9]{${DIGITS - index - 1}}`],
    );
  return `^(${[...smaller, digits].join('|')})$`;
}

export function digitsOf(number: number): string {
  return String(number).padStart(DIGITS, '0');
}
