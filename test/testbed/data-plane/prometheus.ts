/**
 * A real Prometheus that reads metrics of the data plane. It belongs to the process that starts it, and ends with it at
 * the latest. It listens on loopback, and can be killed and started again as the store that a release depends on.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Component } from '../cluster/component.ts';
import { freePorts } from '../cluster/free-port.ts';
import { startReaper, type Reaper } from '../cluster/reaper.ts';
import { waitFor } from '../cluster/wait.ts';
import { findOrBuildPrometheus } from './prometheus-binary.ts';
import { respondsOk } from '../cluster/responds-ok.ts';

const READY_TIMEOUT_MS = 120_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use/;
/** So that a test has several samples within seconds. A real one reads every 15 or 30 s. */
export const SCRAPE_INTERVAL_MS = 1_000;

export interface ScrapeTarget {
  /** The label `job`. */
  readonly job: string;
  /** `http://HOST:PORT/PATH`. */
  readonly url: string;
  /** What a ServiceMonitor would add. A label that the series has as well is renamed there: `exported_NAME`. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** It has read every target when this resolves. */
export async function startPrometheus(targets: readonly ScrapeTarget[]): Promise<Prometheus> {
  const command = await findOrBuildPrometheus();
  const reaper = await startReaper();
  try {
    const scratch = await mkdtemp(join(tmpdir(), 'serin-prometheus-'));
    reaper.removeLater(scratch);
    // JSON is YAML as well.
    await writeFile(join(scratch, 'prometheus.yml'), JSON.stringify(configuration(targets)));
    const prometheus = new Prometheus(command, scratch, reaper);
    await prometheus.start();
    await waitFor(() => prometheus.query('sum(up)'), {
      what: `Prometheus to have read ${targets.length} targets`,
      until: ([sum]) => sum?.value === targets.length,
    });
    return prometheus;
  } catch (error) {
    await reaper.close();
    throw error;
  }
}

/** Use {@link startPrometheus} to get one. */
export class Prometheus implements AsyncDisposable {
  readonly #command: string;
  readonly #scratch: string;
  readonly #reaper: Reaper;
  #port = 0;
  #running: Component | undefined;

  constructor(command: string, scratch: string, reaper: Reaper) {
    this.#command = command;
    this.#scratch = scratch;
    this.#reaper = reaper;
  }

  /** The address for a metric; it stays the same over restarts. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** It is gone at once, connections cut. {@link start} brings it back, with what it had stored. */
  async kill(): Promise<void> {
    await this.#running?.end('SIGKILL');
  }

  /** It answers when this resolves. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (attempt > 1 || this.#port === 0) [this.#port = 0] = await freePorts(1);
      const component = await this.#spawn();
      if (await this.#becomesReady(component)) return;
      const obituary = component.obituary();
      if (!PORT_TAKEN.test(obituary) || attempt === PORT_ATTEMPTS) throw new Error(obituary);
    }
  }

  /** Of an instant query that yields a vector, now or at a moment in milliseconds since the epoch. */
  async query(query: string, atMs = Date.now()): Promise<readonly Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query, time: String(atMs / 1_000) }),
    });
    const answer = (await response.json()) as QueryAnswer;
    if (answer.status !== 'success') throw new Error(`${answer.error ?? response.status}, of the query ${query}`);
    return (answer.data?.result ?? []).map(({ metric, value: [at, text] }) => ({
      labels: metric,
      value: Number(text),
      at: at * 1_000,
    }));
  }

  /** Nothing of it is left afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#reaper.close();
  }

  async #spawn(): Promise<Component> {
    const component = await Component.start({
      name: 'prometheus',
      command: this.#command,
      args: [
        `--config.file=${join(this.#scratch, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(this.#scratch, 'data')}`,
        `--web.listen-address=127.0.0.1:${this.#port}`,
        '--log.level=warn',
      ],
      cwd: this.#scratch,
      env: {},
      logPath: join(this.#scratch, 'prometheus.log'),
    });
    this.#reaper.endLater(component.pid);
    void component.exited.then(() => this.#reaper.forget(component.pid));
    this.#running = component;
    return component;
  }

  /** False when the process has ended before it was ready. */
  async #becomesReady(component: Component): Promise<boolean> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (component.exit === undefined) {
      if (await respondsOk(`${this.url}/-/ready`)) return true;
      if (performance.now() > deadline) throw new Error(component.obituary());
      await delay(50);
    }
    return false;
  }
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

function configuration(targets: readonly ScrapeTarget[]): object {
  const every = `${SCRAPE_INTERVAL_MS}ms`;
  return {
    global: { scrape_interval: every, scrape_timeout: every },
    scrape_configs: targets.map(({ job, url, labels = {} }) => {
      const { host, pathname } = new URL(url);
      return { job_name: job, metrics_path: pathname, static_configs: [{ targets: [host], labels }] };
    }),
  };
}
