/**
 * One container's life: it starts, becomes ready, ends, starts again. It follows its script on timers and
 * announces every change.
 */
import type { ContainerScript } from './container-script.ts';
import type { ContainerSpec, RestartPolicy } from './pod.ts';
import type { Readiness } from './readiness.ts';
import { timestamp } from './timestamp.ts';

export interface Termination {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  | ({ readonly kind: 'terminated' } & Termination);

/** One reading of a container, for the pod's status. */
export interface ContainerReading {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly lastTermination: Termination | undefined;
  readonly restartCount: number;
  /** The startup probe has succeeded. */
  readonly started: boolean;
  /** The readiness probe has succeeded. */
  readonly ready: boolean;
}

export interface ContainerRules {
  readonly script: ContainerScript;
  readonly readiness: Readiness;
  readonly restartPolicy: RestartPolicy;
  /** Pause before the second restart; it doubles with every further one. The first restart is immediate. */
  readonly crashBackoffMs: number;
}

const LONGEST_BACKOFF_MS = 300_000;
/** How a program ends that heeds SIGTERM: 128 + 15. */
const TERMINATED_BY_SIGTERM = 143;

export class Container {
  readonly #spec: ContainerSpec;
  readonly #rules: ContainerRules;
  readonly #changed: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #state: ContainerState = { kind: 'waiting', reason: 'ContainerCreating' };
  #lastTermination: Termination | undefined;
  #restartCount = 0;
  #started = false;
  #ready = false;

  constructor(spec: ContainerSpec, rules: ContainerRules, changed: () => void) {
    this.#spec = spec;
    this.#rules = rules;
    this.#changed = changed;
  }

  reading(): ContainerReading {
    return {
      name: this.#spec.name,
      image: this.#spec.image,
      state: this.#state,
      lastTermination: this.#lastTermination,
      restartCount: this.#restartCount,
      started: this.#started,
      ready: this.#ready,
    };
  }

  /** Everything that needs no time happens before this returns, so that one status can report all of it. */
  start(): void {
    const { script } = this.#rules;
    switch (script.kind) {
      case 'cannot-pull':
        this.#state = { kind: 'waiting', reason: 'ImagePullBackOff', message: script.message };
        break;
      case 'cannot-start': {
        const now = timestamp();
        this.#end({ exitCode: 128, reason: 'StartError', message: script.message, startedAt: now, finishedAt: now });
        break;
      }
      case 'runs':
        this.#run();
        break;
      case 'exits': {
        const startedAt = this.#run();
        const { code, afterMs } = script;
        const reason = code === 0 ? 'Completed' : 'Error';
        this.#after(afterMs, () => this.#end({ exitCode: code, reason, startedAt, finishedAt: timestamp() }));
        break;
      }
    }
    this.#changed();
  }

  /** It fails by itself, if it runs; the restart policy decides what follows. */
  crash(): void {
    if (this.#state.kind !== 'running') return;
    this.#end({ exitCode: 1, reason: 'Error', startedAt: this.#state.startedAt, finishedAt: timestamp() });
    this.#changed();
  }

  /** The container was asked to stop and has stopped. It does not start again. */
  stop(): void {
    this.dispose();
    if (this.#state.kind === 'terminated') return;
    const now = timestamp();
    const startedAt = this.#state.kind === 'running' ? this.#state.startedAt : now;
    this.#started = false;
    this.#ready = false;
    this.#state = {
      kind: 'terminated',
      exitCode: TERMINATED_BY_SIGTERM,
      reason: 'Error',
      startedAt,
      finishedAt: now,
    };
    this.#changed();
  }

  /** No timer of this container is left, and nothing of it changes by itself any more. */
  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #run(): string {
    const startedAt = timestamp();
    const { startedAfterMs, readyAfterMs } = this.#rules.readiness;
    this.#state = { kind: 'running', startedAt };
    this.#after(startedAfterMs, () => (this.#started = true));
    this.#after(readyAfterMs, () => (this.#ready = true));
    return startedAt;
  }

  #end(termination: Termination): void {
    this.dispose();
    this.#started = false;
    this.#ready = false;
    const restarts =
      this.#rules.restartPolicy === 'Always' ||
      (this.#rules.restartPolicy === 'OnFailure' && termination.exitCode !== 0);
    if (!restarts) {
      this.#state = { kind: 'terminated', ...termination };
      return;
    }
    const backoffMs = this.#restartCount === 0 ? 0 : this.#rules.crashBackoffMs * 2 ** (this.#restartCount - 1);
    this.#lastTermination = termination;
    this.#state = {
      kind: 'waiting',
      reason: 'CrashLoopBackOff',
      message: `restarting failed container=${this.#spec.name}`,
    };
    // A timer even without a pause: a container that always ends at once must not become endless recursion.
    this.#later(Math.min(backoffMs, LONGEST_BACKOFF_MS), () => {
      this.#restartCount += 1;
      this.start();
    });
  }

  /** At once, and unannounced, without a delay; else on a timer with an announcement; for Infinity never. */
  #after(delayMs: number, effect: () => void): void {
    if (delayMs <= 0) effect();
    else if (delayMs !== Infinity) {
      this.#later(delayMs, () => {
        effect();
        this.#changed();
      });
    }
  }

  #later(delayMs: number, effect: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      effect();
    }, delayMs);
    this.#timers.add(timer);
  }
}
