/**
 * Real HTTP servers on the pods' addresses. Each container listens on the TCP ports that it declares, and stops like
 * a process that got SIGTERM: it serves for as long as its program would, then accepts nothing new, answers what is
 * under way and is gone; at the end of the grace period it is cut off.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '../cluster/kubelet/pod.ts';
import type { PodRuntime } from '../cluster/kubelet/pod-runtime.ts';
import { behaviourOf, type Behaviour } from './image-behaviour.ts';
import { followProbe } from './readiness-probe.ts';

/** Idle connections stay open: a test should not see one closed just when it is used again. */
const KEEP_ALIVE_TIMEOUT_MS = 600_000;

export class HttpPods implements PodRuntime {
  readonly #pods = new Map<string, HttpPod>();
  readonly #stopping = new Map<string, Promise<void>>();

  async start(pod: Pod, podIP: string, setServing: (serving: boolean) => void): Promise<void> {
    // A container that starts again at once after a crash finds its ports taken by the former one.
    const served = new HttpPod(pod, podIP, this.#stopping.get(pod.metadata.uid));
    this.#pods.set(pod.metadata.uid, served);
    await served.listen();
    await served.followReadiness(setServing);
  }

  async stop(pod: Pod, graceMs: number): Promise<void> {
    const { uid } = pod.metadata;
    const stopped = this.#pods.get(uid)?.stop(graceMs) ?? Promise.resolve();
    this.#pods.delete(uid);
    this.#stopping.set(uid, stopped);
    await stopped;
    if (this.#stopping.get(uid) === stopped) this.#stopping.delete(uid);
  }
}

class HttpPod {
  readonly #pod: Pod;
  readonly #podIP: string;
  readonly #stopping = new AbortController();
  readonly #programs: readonly Program[];
  readonly #portsFree: Promise<void>;
  #started: Promise<void> = Promise.resolve();

  constructor(pod: Pod, podIP: string, portsFree: Promise<void> = Promise.resolve()) {
    this.#pod = pod;
    this.#podIP = podIP;
    this.#portsFree = portsFree;
    this.#programs = pod.spec.containers.map((container) => {
      const ports = (container.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
      return new Program(
        behaviourOf(pod, container),
        ports.map(({ containerPort }) => containerPort),
      );
    });
  }

  listen(): Promise<void> {
    const listening = this.#portsFree.then(() =>
      Promise.all(this.#programs.map((program) => program.listen(this.#podIP))),
    );
    this.#started = listening.then(
      () => undefined,
      () => undefined,
    );
    return listening.then(() => undefined);
  }

  /** Resolves when every probe has succeeded for the first time; later changes are reported. */
  async followReadiness(setServing: (serving: boolean) => void): Promise<void> {
    const unready = new Set<string>();
    const probed = this.#pod.spec.containers.map((container) =>
      followProbe(container, this.#podIP, this.#stopping.signal, (ready) => {
        if (ready) unready.delete(container.name);
        else unready.add(container.name);
        setServing(unready.size === 0);
      }),
    );
    await Promise.all(probed);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    // A server that is just being opened cannot be closed.
    await this.#started;
    await Promise.all(this.#programs.map((program) => program.stop(graceMs)));
  }
}

/** The process of one container: the same answers on all of its ports. */
class Program {
  readonly #behaviour: Behaviour;
  readonly #ports: readonly number[];
  readonly #servers: readonly Server[];
  #terminating = false;

  constructor(behaviour: Behaviour, ports: readonly number[]) {
    this.#behaviour = behaviour;
    this.#ports = ports;
    this.#servers = ports.map(() => {
      const server = createServer((request, response) => void this.#answer(request, response));
      server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
      return server;
    });
  }

  async listen(host: string): Promise<void> {
    await Promise.all(this.#servers.map((server, index) => listening(server, host, this.#ports[index] ?? 0)));
  }

  async stop(graceMs: number): Promise<void> {
    this.#terminating = true;
    const killer = setTimeout(() => this.#kill(), graceMs);
    await delay(Math.min(graceMs, this.#behaviour.servesAfterSigtermMs));
    // Closing ends idle connections at once and busy ones with their answers.
    await Promise.all(this.#servers.map(closed));
    clearTimeout(killer);
  }

  #kill(): void {
    for (const server of this.#servers) server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { method = 'GET', url = '/', headers } = request;
    const { status, contentType, body, afterMs } = this.#behaviour.reply({ method, url, headers });
    if (afterMs > 0) await delay(afterMs);
    response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      ...(this.#terminating ? { connection: 'close' } : {}),
    });
    response.end(body);
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (server.listening) server.close(() => resolve());
    else resolve();
  });
}
