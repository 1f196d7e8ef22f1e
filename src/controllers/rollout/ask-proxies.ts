/**
 * Asks proxies what they act on (ADR 29), while Rollouts wait for them: each pod of each proxy that the operator has
 * named, its whole view at once, a few times a second, however many Rollouts wait. What all pods show ends a wait; what
 * cannot be asked or read leaves it as it is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import type { ProxiesShow } from '../../core/observed/proxies-show.ts';
import type { Lacks, ProxyKind, ProxyWait } from '../../core/traffic/proxy-kind.ts';
import type { ReadyAddresses, WantedOfProxies } from '../../core/traffic/wanted-of-proxies.ts';
import { PODS } from '../../kube/resources.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Enqueue } from '../../runtime/controller.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { readyAddresses } from './ready-addresses.ts';

/** Pods of one proxy that serve one class. */
export interface ProxyToAsk {
  readonly kind: ProxyKind;
  readonly namespace: string;
  /** Label selector of its pods. */
  readonly selector: string;
  readonly port: number;
  readonly className: string;
}

/** From the end of a round to the beginning of the next. */
const BETWEEN_ROUNDS_MS = 300;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_MS = 2_000;
/** More than a proxy has; all of them are asked. */
const MOST_PODS = 50;
/** More waits than these at a time last for the known time. */
const MOST_WAITS = 200;

const NOTHING_SEEN = 'the API server shows other endpoints than the caches';

interface Wait extends WantedOfProxies {
  readonly key: string;
  /** No round begins later, milliseconds since the epoch. */
  readonly until: number;
  addresses: ReadyAddresses | null;
  /** What a proxy did not show when it was asked last, with the name of its kind. */
  lack: string;
  told: boolean;
}

interface AskProxiesOptions {
  readonly client: Pick<Client, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'proxyAsks'>;
  readonly proxies: readonly ProxyToAsk[];
  /** Told once for each wait why it lasts for the known time. */
  readonly onUnasked: (key: string, why: string) => void;
}

export class AskProxies {
  readonly #options: AskProxiesOptions;
  readonly #waits = new Map<string, Wait>();
  readonly #shown = new Map<string, ProxiesShow>();
  readonly #agent = new Agent({ connections: 1, keepAliveTimeout: 4_000, connect: { timeout: MOST_MS } });
  readonly #ended = new AbortController();
  /** Why a proxy could not be asked, as it was logged last; by the proxy. */
  readonly #troubles = new Map<ProxyToAsk, string>();
  #enqueue: Enqueue = () => {};
  #rounds: Promise<void> | null = null;

  constructor(options: AskProxiesOptions) {
    this.#options = options;
  }

  /** Rollouts for which proxies have shown what they should are enqueued from now on. */
  connect(enqueue: Enqueue): void {
    this.#enqueue = enqueue;
  }

  /** What the proxies of a Rollout have shown last. */
  shownFor(key: string): ProxiesShow | undefined {
    return this.#shown.get(key);
  }

  /** The Rollout waits for this until then, milliseconds since the epoch; `null`: it waits for no proxy. */
  follow(key: string, wait: ProxyWait | null): void {
    if (wait === null) {
      this.#waits.delete(key);
      this.#shown.delete(key);
      return;
    }
    const { wanted, until } = wait;
    if (this.#shown.get(key)?.state === wanted.state || this.#waits.get(key)?.state === wanted.state) return;
    this.#shown.delete(key);
    this.#waits.delete(key);
    const { proxies } = this.#options;
    if (!wanted.routes.every(({ className }) => proxies.some((one) => one.className === className))) return;
    if (this.#waits.size >= MOST_WAITS) return;
    this.#waits.set(key, { ...wanted, key, until, addresses: null, lack: NOTHING_SEEN, told: false });
    this.#rounds ??= this.#ask();
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#waits.clear();
    await this.#rounds;
    await this.#agent.destroy();
  }

  /** Round after round, until no Rollout waits. It never rejects. */
  async #ask(): Promise<void> {
    while (this.#waits.size > 0 && !this.#ended.signal.aborted) {
      await this.#round([...this.#waits.values()]);
      for (const wait of this.#waits.values()) {
        if (wait.until > this.#options.clock.now()) continue;
        this.#waits.delete(wait.key);
        this.#tell(wait, wait.lack);
      }
      await delay(BETWEEN_ROUNDS_MS, undefined, { signal: this.#ended.signal }).catch(() => {});
    }
    this.#rounds = null;
  }

  async #round(waits: readonly Wait[]): Promise<void> {
    const { client, clock, proxies } = this.#options;
    for (const wait of waits)
      wait.addresses ??= await readyAddresses(client, wait, this.#ended.signal).catch(() => null);
    const ready = waits.filter(({ addresses }) => addresses !== null);
    const asked = proxies.filter(({ className }) => ready.some((wait) => leadsThrough(wait, className)));
    const answers = await Promise.all(asked.map(async (proxy) => ({ proxy, ...(await this.#lacksOf(proxy)) })));
    const answeredAt = clock.now();
    for (const { proxy, lacks, trouble } of answers) this.#note(proxy, lacks, trouble, ready);
    for (const wait of ready) {
      // It may have ended, or wait for something else by now.
      if (this.#waits.get(wait.key) !== wait) continue;
      const concerned = answers.filter(({ proxy }) => leadsThrough(wait, proxy.className));
      if (!concerned.every(({ proxy, lacks }) => lacks !== null && lackOf(wait, proxy, lacks) === null)) continue;
      const marginMs = Math.max(...concerned.map(({ proxy }) => proxy.kind.marginMs));
      this.#waits.delete(wait.key);
      this.#shown.set(wait.key, { state: wait.state, settledAt: answeredAt + marginMs });
      this.#enqueue(wait.key);
    }
  }

  /** One question to each pod of the proxy; `lacks` is `null` when one of them gave no answer that can be read. */
  async #lacksOf(proxy: ProxyToAsk): Promise<{ readonly lacks: readonly Lacks[] | null; readonly trouble: string }> {
    const { path, read } = proxy.kind;
    try {
      const addresses = await this.#podAddresses(proxy);
      const lacks = await Promise.all(
        addresses.map(async (address) => {
          const answer = await this.#get(address, proxy.port, path);
          const found = read(answer);
          if (found === null) throw new Error(`${address}:${proxy.port} answered with something else than its view`);
          return found;
        }),
      );
      return { lacks, trouble: '' };
    } catch (error) {
      return { lacks: null, trouble: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Of all pods that may still serve, also of those that are being deleted: they serve until they end. */
  async #podAddresses({ namespace, selector }: ProxyToAsk): Promise<readonly string[]> {
    const { items, continueToken } = await this.#options.client.list(PODS, {
      namespace,
      labelSelector: selector,
      limit: MOST_PODS,
      signal: this.#ended.signal,
    });
    if (continueToken !== '') throw new Error(`more than ${MOST_PODS} pods in ${namespace} match ${selector}`);
    const pods = (items as readonly { status?: { phase?: string; podIP?: string } }[]).filter(
      ({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed' && status?.podIP !== undefined,
    );
    if (pods.length === 0) throw new Error(`no pod with an address in ${namespace} matches ${selector}`);
    return pods.flatMap(({ status }) => status?.podIP ?? []);
  }

  async #get(address: string, port: number, path: string): Promise<unknown> {
    const host = address.includes(':') ? `[${address}]` : address;
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(MOST_MS)]);
    const { statusCode, body } = await this.#agent.request({
      origin: `http://${host}:${port}`,
      path,
      method: 'GET',
      headers: { accept: 'application/json' },
      signal,
    });
    const text = await bounded(body);
    if (statusCode !== 200) throw new Error(`${host}:${port} answered with status ${statusCode}`);
    return JSON.parse(text) as unknown;
  }

  /** Counts the questions, and says why there was no answer: in the log once for each reason, to each Rollout once. */
  #note(proxy: ProxyToAsk, lacks: readonly Lacks[] | null, trouble: string, waits: readonly Wait[]): void {
    const { metrics, logger } = this.#options;
    const { namespace, selector } = proxy;
    const kind = proxy.kind.name;
    const concerned = waits.filter((wait) => leadsThrough(wait, proxy.className));
    if (lacks === null) {
      metrics.proxyAsks.inc({ kind, outcome: 'unknown' });
      for (const wait of concerned) this.#tell(wait, trouble);
      if (this.#troubles.get(proxy) === trouble) return;
      this.#troubles.set(proxy, trouble);
      logger.warn({ kind, namespace, selector, reason: trouble }, 'A proxy cannot be asked; its known time counts');
      return;
    }
    this.#troubles.delete(proxy);
    let pending = false;
    for (const wait of concerned) {
      const lack = lackOf(wait, proxy, lacks);
      if (lack === null) continue;
      pending = true;
      wait.lack = `a pod of ${kind} ${lack}`;
      logger.debug({ rollout: wait.key, kind, lack }, 'The proxy does not show what it should yet');
    }
    metrics.proxyAsks.inc({ kind, outcome: pending ? 'pending' : 'shown' });
  }

  #tell(wait: Wait, why: string): void {
    if (wait.told) return;
    wait.told = true;
    this.#options.onUnasked(wait.key, why);
  }
}

function leadsThrough({ routes }: Wait, className: string): boolean {
  return routes.some((route) => route.className === className);
}

/** What a pod of the proxy does not show yet; `null` when all show all. */
function lackOf({ routes, addresses }: Wait, { className }: ProxyToAsk, lacks: readonly Lacks[]): string | null {
  const own = routes.filter((route) => route.className === className);
  for (const lack of lacks) {
    for (const route of own) {
      const lacking = lack(route, addresses ?? new Map());
      if (lacking !== null) return lacking;
    }
  }
  return null;
}

async function bounded(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
