/**
 * Runs the controller as a process of its own, as the ServiceAccount of deploy/ and against a local control
 * plane, so that a test can kill it and start it again. It ends with the control plane at the latest.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { CONTROLLER } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { IMAGE_ENVIRONMENT, imageFlags } from './image-command.ts';
import { REPOSITORY } from './repository.ts';
import { respondsOk } from './responds-ok.ts';

const READY_TIMEOUT_MS = 120_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /EADDRINUSE/;

export interface ControllerOptions {
  /** Names the log; needed when two controllers run in one control plane. */
  readonly name?: string;
  /** Further flags. They come last, so that they win over the ones given here. */
  readonly flags?: readonly string[];
  /** Short name of the control plane's user to run as. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run; src/main.ts by default. `bundledController` makes the one that the image runs. */
  readonly entry?: string;
}

/** Resolves when the controller says that it is ready. Throws with the end of its log when it ends before. */
export async function startController(
  plane: ControlPlane,
  options: ControllerOptions = {},
): Promise<ControllerProcess> {
  const controller = new ControllerProcess(plane, options);
  await controller.start();
  return controller;
}

/** Use {@link startController} to get one. */
export class ControllerProcess {
  readonly #plane: ControlPlane;
  readonly #options: ControllerOptions;
  #component: Component | undefined;
  #healthzPort = 0;
  #metricsPort = 0;

  constructor(plane: ControlPlane, options: ControllerOptions) {
    this.#plane = plane;
    this.#options = options;
  }

  /** Of the process that runs, or ran last. */
  get pid(): number {
    return this.#running().pid;
  }

  /** One file for all processes that this controller has been. */
  get logPath(): string {
    return this.#running().logPath;
  }

  /** Base URL of /healthz and /readyz. */
  get healthUrl(): string {
    return `http://127.0.0.1:${this.#healthzPort}`;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#metricsPort}/metrics`;
  }

  /** Resolves with the exit code or the signal's name once the present process has ended, asked or not. */
  get exited(): Promise<number | string> {
    return this.#running().exited;
  }

  log(): Promise<string> {
    return readFile(this.logPath, 'utf8');
  }

  /** Sends the signal and resolves, with the exit code or the signal's name, when the process has ended. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | string> {
    return this.#running().end(signal);
  }

  /** A new process is ready when this resolves; the old one was ended by `signal`, if it still ran. */
  async restart(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#running().exit === undefined) await this.kill(signal);
    await this.start();
  }

  /** Starts the process after {@link kill}, and resolves when it is ready. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      [this.#healthzPort = 0, this.#metricsPort = 0] = await freePorts(2);
      this.#component = await this.#spawn();
      if (await this.#becomesReady(this.#component)) return;
      const obituary = this.#component.obituary();
      if (!PORT_TAKEN.test(obituary) || attempt === PORT_ATTEMPTS) throw new Error(obituary);
    }
  }

  async #spawn(): Promise<Component> {
    const { name = 'controller', user = CONTROLLER, entry = join(REPOSITORY, 'src', 'main.ts') } = this.#options;
    return this.#plane.spawn({
      name,
      command: process.execPath,
      args: [
        ...(await imageFlags()),
        entry,
        `--kubeconfig=${this.#plane.kubeconfigPath(user)}`,
        `--healthzPort=${this.#healthzPort}`,
        `--metricsPort=${this.#metricsPort}`,
        '--bind-address=127.0.0.1',
        // A killed leader's lease would hold its successor up for as long as it lasts.
        '--leader-elect=false',
        ...(this.#options.flags ?? []),
      ],
      cwd: REPOSITORY,
      // Nothing of the test runner's environment reaches it.
      env: {
        PATH: process.env.PATH,
        HOME: this.#plane.scratch,
        ...IMAGE_ENVIRONMENT,
        ...this.#options.env,
      },
    });
  }

  /** False when the process has ended before it was ready. */
  async #becomesReady(component: Component): Promise<boolean> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (component.exit === undefined) {
      if (await respondsOk(`${this.healthUrl}/readyz`)) return true;
      if (performance.now() > deadline) {
        throw new Error(`${component.name} is not ready after ${READY_TIMEOUT_MS / 1000} s. ${component.obituary()}`);
      }
      await delay(25);
    }
    return false;
  }

  #running(): Component {
    if (this.#component === undefined) throw new Error('the controller has not been started');
    return this.#component;
  }
}
