/**
 * Plays the demo where it is: sets the stage, runs it with or without a person, and ends everything in any case.
 */
import { aborted } from './aborted.ts';
import { actOnKey, openForPerson, promptFor, type AttendedParts } from './attended.ts';
import { ChangeLog } from './change-log.ts';
import { isWish, Quit, Signalled } from './ending.ts';
import type { Doors } from './inside.ts';
import { CTRL_C, readKeys } from './keyboard.ts';
import { LiveScreen } from './live-screen.ts';
import { readManifests, type Manifests } from './manifests.ts';
import { NUMBERS_PORT, serveNumbers } from './numbers.ts';
import type { DemoOptions } from './options.ts';
import { openPage } from './page/page.ts';
import { Progress } from './progress.ts';
import type { Display } from './scene.ts';
import { Show } from './show.ts';
import { Sight } from './sight.ts';
import { setUpStage, type Stage } from './stage.ts';
import { Traffic } from './traffic.ts';
import { playUnattended } from './unattended.ts';

/** `doors` lead into the network namespace that this process is in; `null` when it is in none. */
export async function play(options: DemoOptions, doors: Doors | null): Promise<void> {
  const manifests = await readManifests(options.examplesDir);
  const progress = new Progress(process.stdout);
  const troubles: string[] = [];
  const stage = await setUpStage(progress, options.proxy, doors?.api ?? null, (line) => troubles.push(line));
  const stopping = new AbortController();
  const stop = (reason: unknown): void => stopping.abort(reason);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(new Signalled(signal)));
  stage.controllerFailed.catch(stop);
  try {
    await perform({ options, manifests, progress, stage, doors, stopping });
  } catch (error) {
    if (!isWish(error)) troubles.push('The last lines of the controller:', await stage.lastWords());
    throw error;
  } finally {
    await stage.stop();
    for (const line of troubles) process.stderr.write(`${line}\n`);
  }
}

interface Performance {
  readonly options: DemoOptions;
  readonly manifests: Manifests;
  readonly progress: Progress;
  readonly stage: Stage;
  readonly doors: Doors | null;
  readonly stopping: AbortController;
}

async function perform(performance: Performance): Promise<void> {
  const { proxy } = performance.stage;
  if (proxy === null) return performWith(performance, null);
  const traffic = new Traffic(proxy, performance.manifests.host);
  const numbers = await serveNumbers((now) => traffic.recent(now), NUMBERS_PORT);
  try {
    await performWith(performance, traffic);
  } finally {
    await numbers.close();
  }
}

async function performWith(
  { options, manifests, progress, stage, doors, stopping }: Performance,
  traffic: Traffic | null,
): Promise<void> {
  const { auto, limitMs } = options;
  const { signal } = stopping;
  const { plane, kubectl } = stage;
  const onTerminal = process.stdout.isTTY;
  const hasKeyboard = !auto && onTerminal && process.stdin.isTTY;
  const sight = new Sight(plane.client(), manifests.namespace, manifests.rolloutName);
  const parts: AttendedParts = { plane, sight, traffic, manifests, kubectl };
  const pageDoor = auto ? null : (doors?.page ?? null);
  const page = pageDoor === null ? null : await openPage(pageDoor, parts);
  if (page !== null) progress.tell('page', page.url);
  const following = sight.follow(signal);
  const displays: readonly Display[] = [
    onTerminal ? new LiveScreen(process.stdout) : new ChangeLog(process.stdout),
    ...(page === null ? [] : [page]),
  ];
  const nobody = { advice: [], keys: [{ key: 'Ctrl-C', does: 'ends', useful: true }] };
  const show = new Show({
    displays,
    sight,
    traffic,
    pageUrl: page?.url ?? null,
    prompt: (view) => (auto ? nobody : promptFor(parts, view, hasKeyboard)),
  });
  const releaseKeys = hasKeyboard
    ? readKeys(process.stdin, (key) => {
        if (key === 'q' || key === CTRL_C) stopping.abort(new Quit());
        else actOnKey(parts, key).catch((error: unknown) => stopping.abort(error));
      })
    : () => undefined;
  const patience = { limitMs, signal };
  try {
    if (auto) {
      await playUnattended({ plane, sight, traffic, show, manifests, patience });
    } else {
      await openForPerson(parts, patience);
      await aborted(signal);
    }
  } finally {
    releaseKeys();
    show.close();
    stopping.abort(new Quit());
    await Promise.all([following, traffic?.stop(), page?.closed()]);
  }
}
