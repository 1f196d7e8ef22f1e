/** Plays a GitOps tool that heals what it takes for drift, by client-side apply, as fast as it can without stopping for breath. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../apiserver/session.ts';

const EVERY_MS = 1000;

export class SelfHeal<Version> {
  readonly #session: Session;
  readonly #manifestsOf: (version: Version) => readonly object[];
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #version: Version;
  #syncs = 0;

  /** `manifestsOf`: what Git says at a version. */
  constructor(session: Session, manifestsOf: (version: Version) => readonly object[], version: Version) {
    this.#session = session;
    this.#manifestsOf = manifestsOf;
    this.#version = version;
    this.#running = this.#run();
  }

  /** Git says this version from now on, and the tool has synced it once. */
  async commit(version: Version): Promise<void> {
    this.#version = version;
    await this.#sync();
  }

  /** Resolves with the number of syncs. Rejects when one was refused. */
  async stop(): Promise<number> {
    this.#stopping.abort();
    await this.#running;
    return this.#syncs;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#sync();
      await delay(EVERY_MS);
    }
  }

  async #sync(): Promise<void> {
    await this.#session.apply(...this.#manifestsOf(this.#version));
    this.#syncs += 1;
  }
}
