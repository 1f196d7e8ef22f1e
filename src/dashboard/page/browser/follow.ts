/**
 * Follows a stream of the server for as long as a screen is there, and mends it by itself. Not by an EventSource: that
 * hides why a server refuses. A page that is not looked at lets go of its stream, because a browser has six connections
 * for all pages of a server.
 */
import { computed, signal } from '@preact/signals';
import { now } from './clock.ts';
import { EventStreamParser } from './event-stream.ts';
import { apiUrl, Refused, refusalIn } from './requests.ts';

const RETRY_MS = [250, 1000, 2000, 5000];
/** The server sends something every 15 seconds, if only a comment. */
const SILENCE_MS = 40_000;
const UNSEEN_MS = 15_000;

/** A stream that is back so soon has not been missed. */
const PATIENCE_MS = 1500;

/** Of the stream of the present screen: when it broke, or was asked for; `null` while it is there. */
const brokenAt = signal<number | null>(Date.now());
/** When something was heard last, milliseconds since the epoch. */
export const heardAt = signal(Date.now());

export const isLost = computed(() => brokenAt.value !== null && now.value - brokenAt.value > PATIENCE_MS);

interface Follower {
  readonly on: Readonly<Record<string, (data: never) => void>>;
  /** The server does not give this stream to this person; it is not asked again. */
  readonly refused: (refusal: Refused) => void;
}

/** Returns how to stop it. */
export function follow(path: string, follower: Follower): () => void {
  const stopping = new AbortController();
  brokenAt.value = Date.now();
  void keepFollowing(path, follower, stopping.signal);
  return () => stopping.abort();
}

async function keepFollowing(path: string, follower: Follower, stopped: AbortSignal): Promise<void> {
  for (let failures = 0; !stopped.aborted;) {
    await untilSeen(stopped);
    try {
      const heard = await readOnce(path, follower, stopped);
      failures = heard ? 0 : failures + 1;
    } catch (error) {
      if (stopped.aborted) return;
      if (error instanceof Refused && error.status < 500 && error.status !== 429) return follower.refused(error);
      failures += 1;
    }
    if (stopped.aborted) return;
    brokenAt.value ??= Date.now();
    await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0, stopped);
  }
}

/** Resolves when the stream has ended, with whether anything came. */
async function readOnce(path: string, { on }: Follower, stopped: AbortSignal): Promise<boolean> {
  const giveUp = new AbortController();
  const stopWatching = giveUpUnseen(giveUp);
  let silence = 0;
  const listen = (): void => {
    clearTimeout(silence);
    silence = window.setTimeout(() => giveUp.abort(), SILENCE_MS);
  };
  let heard = false;
  try {
    listen();
    const response = await fetch(apiUrl(path), {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([stopped, giveUp.signal]),
    });
    if (!response.ok || response.body === null) throw await refusalIn(response);
    const parser = new EventStreamParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return heard;
      heard = true;
      listen();
      for (const { event, data } of parser.push(value)) on[event]?.(JSON.parse(data) as never);
      if (stopped.aborted) return heard;
      brokenAt.value = null;
      heardAt.value = Date.now();
    }
  } catch (error) {
    if (giveUp.signal.aborted) return heard;
    throw error;
  } finally {
    clearTimeout(silence);
    stopWatching();
  }
}

function giveUpUnseen(giveUp: AbortController): () => void {
  let timer = 0;
  const look = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(() => giveUp.abort(), UNSEEN_MS);
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

function untilSeen(stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!document.hidden || stopped.aborted) return resolve();
    const done = (): void => {
      if (document.hidden && !stopped.aborted) return;
      document.removeEventListener('visibilitychange', done);
      // It was let go on purpose.
      brokenAt.value = Date.now();
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    stopped.addEventListener('abort', done);
  });
}

/** Over at once when the network is back. */
function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      removeEventListener('online', done);
      stopped.removeEventListener('abort', done);
      resolve();
    }
    addEventListener('online', done);
    stopped.addEventListener('abort', done);
  });
}
