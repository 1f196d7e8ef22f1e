/** Whether servers are well. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from './component.ts';

const POLL_MS = 50;

/** Whether a server says that it is well; false also while nothing listens there. */
export async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Throws, with the end of its log, when the component has ended or is not well in time. */
export async function untilRespondsOk(component: Component, url: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await respondsOk(url))) {
    if (component.exit !== undefined || performance.now() > deadline) throw new Error(component.obituary());
    await delay(POLL_MS);
  }
}
