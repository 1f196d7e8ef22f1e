/**
 * A real etcd, kube-apiserver and kube-controller-manager on loopback, private to the process that starts it.
 * Any number of them run side by side. However the starting process ends, the reaper ends the processes
 * and removes the scratch folder.
 *
 * There is no node here: pods stay Pending unless a kubelet (kubelet/) plays one.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import { findOrBuildBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './component-flags.ts';
import { Component } from './component.ts';
import type { ComponentStart } from './component.ts';
import { ADMIN, CONTROLLER_MANAGER, STANDARD_USERS, writeCredentials, writeKubeconfig } from './credentials.ts';
import type { Credentials, User } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { runKubectl } from './kubectl.ts';
import type { KubectlResult } from './kubectl.ts';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';

/** Generous: a loaded machine is slow, and a component that fails ends the wait by its exit. */
const READY_TIMEOUT_MS = 180_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use/;
/** Go collects garbage four times less often than by itself, until a server has a quarter of the machine's memory. */
const GO_MEMORY = { GOGC: '400', GOMEMLIMIT: `${Math.floor(totalmem() / 4 / 2 ** 20)}MiB` };

export interface ControlPlaneOptions {
  /** Users beside those of STANDARD_USERS. */
  readonly users?: readonly User[];
  /** Whether HorizontalPodAutoscalers are acted on. */
  readonly horizontalPodAutoscaler?: boolean;
  /** Whether every request is written to `auditLogPath` as a line of JSON, without bodies. */
  readonly audit?: boolean;
  /** Progress of a build of the binaries, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

export interface KubectlOptions {
  readonly stdin?: string;
  /** Short name of the user to act as; the admin by default. */
  readonly user?: string;
  readonly cwd?: string;
}

/** Resolves when the API server is ready and the controllers work. Whatever was started is gone when this throws. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await findOrBuildBinaries(options.log === undefined ? {} : { log: options.log });
  const reaper = await startReaper();
  try {
    const scratch = await mkdtemp(join(tmpdir(), 'serin-cluster-'));
    reaper.removeLater(scratch);
    await Promise.all(['etcd', 'certs', 'logs', 'home'].map((dir) => mkdir(join(scratch, dir))));
    const logsDir = await logsDirOf(scratch);
    const credentials = await writeCredentials(scratch, [...STANDARD_USERS, ...(options.users ?? [])]);
    const plane = new ControlPlane({ binaries, reaper, scratch, logsDir, credentials, options });
    await plane.start();
    return plane;
  } catch (error) {
    await reaper.close();
    throw error;
  }
}

/** Logs go away with the rest of the scratch, unless SERIN_TEST_LOGS names a folder to keep them in. */
async function logsDirOf(scratch: string): Promise<string> {
  const kept = process.env.SERIN_TEST_LOGS;
  if (kept === undefined || kept === '') return join(scratch, 'logs');
  await mkdir(kept, { recursive: true });
  return mkdtemp(join(kept, 'cluster-'));
}

interface Parts {
  readonly binaries: Binaries;
  readonly reaper: Reaper;
  readonly scratch: string;
  readonly logsDir: string;
  readonly credentials: Credentials;
  readonly options: ControlPlaneOptions;
}

/** Use {@link startControlPlane} to get one. */
export class ControlPlane implements AsyncDisposable {
  /** Folder of everything that this control plane writes; it goes away with it. */
  readonly scratch: string;
  /** The API server's certificate, which clients have to trust. */
  readonly caFile: string;
  /** Where requests are recorded when `audit` was asked for. */
  readonly auditLogPath: string;
  readonly #parts: Parts;
  readonly #clients = new Map<string, ApiClient>();
  readonly #failures: string[] = [];
  #components: readonly Component[] = [];
  #etcdPort = 0;
  #port = 0;
  #apiServer: Component | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.scratch = parts.scratch;
    this.caFile = join(parts.scratch, 'certs', 'apiserver.crt');
    this.auditLogPath = join(parts.logsDir, 'audit.log');
  }

  /** URL of the API server; it stays the same over restarts. */
  get server(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** Where the components log, by name: etcd, kube-apiserver, kube-controller-manager and what was spawned. */
  get logPaths(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#components.map(({ name, logPath }) => [name, logPath]));
  }

  /** Pids of the components that run, by name. */
  get pids(): Readonly<Record<string, number>> {
    const running = this.#components.filter(({ exit }) => exit === undefined);
    return { ...Object.fromEntries(running.map(({ name, pid }) => [name, pid])), reaper: this.#parts.reaper.pid };
  }

  kubeconfigPath(user: string = ADMIN): string {
    return join(this.scratch, `${user}.kubeconfig`);
  }

  token(user: string = ADMIN): string {
    const token = this.#parts.credentials.tokens.get(user);
    if (token === undefined) throw new Error(`the control plane has no user ${user}; pass it in the option \`users\``);
    return token;
  }

  /** A client that acts as the user; one for each user, closed by {@link stop}. */
  client(user: string = ADMIN): ApiClient {
    const known = this.#clients.get(user);
    if (known !== undefined) return known;
    const client = new ApiClient({ server: this.server, ca: readFileSync(this.caFile), token: this.token(user) });
    this.#clients.set(user, client);
    return client;
  }

  /** Runs kubectl as a person would. A failing command is a result, not an exception. */
  kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    return runKubectl(this.#parts.binaries.kubectl, [`--kubeconfig=${this.kubeconfigPath(options.user)}`, ...args], {
      home: join(this.scratch, 'home'),
      ...options,
    });
  }

  /** Like {@link kubectl}, but a failing command throws with what it printed. Returns its standard output. */
  async mustKubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const result = await this.kubectl(args, options);
    if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${result.code}: ${result.stderr}`);
    return result.stdout;
  }

  /** Starts a further program that ends together with this control plane. Its exit is not checked. */
  async spawn(start: Omit<ComponentStart, 'logPath'>): Promise<Component> {
    if (this.#stopped !== undefined) throw new Error(`the control plane has stopped; ${start.name} is not started`);
    const component = await Component.start({ ...start, logPath: this.#logPath(start.name) });
    this.#parts.reaper.endLater(component.pid);
    void component.exited.then(() => this.#parts.reaper.forget(component.pid));
    this.#components = [...this.#components, component];
    return component;
  }

  /** The API server is gone, connections cut, when this resolves. {@link restartApiServer} brings it back. */
  async killApiServer(): Promise<void> {
    await this.#apiServer?.end('SIGKILL');
  }

  /** A new API server process is ready on the same port, with the same certificate and data. */
  async restartApiServer(): Promise<void> {
    await this.killApiServer();
    await this.#startApiServer();
  }

  /**
   * No process and no file of this control plane is left afterwards. Rejects, after the clean-up, when a
   * component had ended by itself before: whatever was tested then was not tested against a cluster.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Called once, by {@link startControlPlane}. */
  async start(): Promise<void> {
    try {
      await this.#startComponents();
    } catch (error) {
      this.#stopped = this.#cleanUp();
      await this.#stopped;
      throw error;
    }
  }

  async #startComponents(): Promise<void> {
    await this.#startEtcd();
    [this.#port = 0] = await freePorts(1);
    await this.#startApiServer({ mayMove: true });
    for (const [user, token] of this.#parts.credentials.tokens) {
      await writeKubeconfig(this.kubeconfigPath(user), this.server, this.caFile, token);
    }
    await this.#startControllerManager();
  }

  async #startEtcd(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const [clientPort = 0, peerPort = 0] = await freePorts(2);
      const etcd = await this.#startServer(
        'etcd',
        etcdFlags({ dataDir: join(this.scratch, 'etcd'), clientPort, peerPort }),
      );
      if (await this.#becomesReady(etcd, () => isHealthy(clientPort), attempt)) {
        this.#etcdPort = clientPort;
        return;
      }
    }
  }

  async #startApiServer({ mayMove = false } = {}): Promise<void> {
    const { tokenFile, serviceAccountKeyFile } = this.#parts.credentials;
    for (let attempt = 1; ; attempt += 1) {
      const flags = apiServerFlags({
        etcdPort: this.#etcdPort,
        port: this.#port,
        certDir: join(this.scratch, 'certs'),
        tokenFile,
        serviceAccountKeyFile,
        ...(this.#parts.options.audit === true ? { audit: await this.#writeAuditPolicy() } : {}),
      });
      this.#apiServer = await this.#startServer('kube-apiserver', flags);
      if (await this.#becomesReady(this.#apiServer, () => this.#apiIsReady(), attempt)) return;
      // Clients know the port of a server that has been ready once, so a restart has to wait for that port.
      if (mayMove) [this.#port = 0] = await freePorts(1);
      else await delay(500);
    }
  }

  async #startControllerManager(): Promise<void> {
    const flags = controllerManagerFlags({
      kubeconfig: this.kubeconfigPath(CONTROLLER_MANAGER),
      horizontalPodAutoscaler: this.#parts.options.horizontalPodAutoscaler ?? false,
    });
    const controllerManager = await this.#startServer('kube-controller-manager', flags);
    const works = async (): Promise<boolean> => {
      await this.client().get('/api/v1/namespaces/default/serviceaccounts/default');
      return true;
    };
    await this.#becomesReady(controllerManager, works, PORT_ATTEMPTS);
  }

  async #startServer(name: keyof Binaries, args: readonly string[]): Promise<Component> {
    const command = this.#parts.binaries[name];
    const server = await this.spawn({ name, command, args, cwd: this.scratch, env: GO_MEMORY });
    void this.#noteUnexpectedEnd(server);
    return server;
  }

  async #noteUnexpectedEnd(server: Component): Promise<void> {
    await server.exited;
    if (!server.endExpected) this.#failures.push(server.obituary());
  }

  /**
   * True when `isReady` says so; false when the component has ended because another process took its port:
   * another attempt may succeed. Throws with the end of the log on every other exit and on time-out.
   */
  async #becomesReady(component: Component, isReady: () => Promise<boolean>, attempt: number): Promise<boolean> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    let lastError: unknown;
    while (component.exit === undefined) {
      try {
        if (await isReady()) return true;
      } catch (error) {
        lastError = error;
      }
      if (performance.now() > deadline) {
        throw new Error(`${component.name} is not ready after ${READY_TIMEOUT_MS / 1000} s. ${component.obituary()}`, {
          cause: lastError,
        });
      }
      await delay(50);
    }
    const obituary = component.obituary();
    if (!PORT_TAKEN.test(obituary) || attempt >= PORT_ATTEMPTS) throw new Error(obituary);
    this.#failures.pop();
    return false;
  }

  async #apiIsReady(): Promise<boolean> {
    // Not a cached client: until the server has written its certificate there is nothing to trust.
    const client = await ApiClient.connect(this.server, this.caFile, this.token());
    try {
      return (await client.get<string>('/readyz')) === 'ok';
    } finally {
      client.close();
    }
  }

  async #writeAuditPolicy(): Promise<{ readonly policyFile: string; readonly logFile: string }> {
    const policyFile = join(this.scratch, 'audit-policy.json');
    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived', 'ResponseStarted'],
      rules: [{ level: 'Metadata' }],
    };
    await writeFile(policyFile, JSON.stringify(policy));
    return { policyFile, logFile: this.auditLogPath };
  }

  async #stop(): Promise<void> {
    await this.#cleanUp();
    if (this.#failures.length > 0) throw new Error(`the control plane failed: ${this.#failures.join('\n\n')}`);
  }

  async #cleanUp(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    // Graceful ends take seconds, and nothing of this is kept.
    await Promise.all(this.#components.filter(({ exit }) => exit === undefined).map((it) => it.end('SIGKILL')));
    await rm(this.scratch, { recursive: true, force: true });
    await this.#parts.reaper.close();
  }

  #logPath(name: string): string {
    return join(this.#parts.logsDir, `${name}.log`);
  }
}

function isHealthy(etcdPort: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: etcdPort, path: '/health' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('error', reject);
    call.end();
  });
}
