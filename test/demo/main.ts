/**
 * The demo: `npm run demo`. Puts the parts together, and ends everything however it ends.
 */
import { FlagError } from '../../src/flags.ts';
import { actOnKey, openForPerson, promptFor, type AttendedParts } from './attended.ts';
import { ChangeLog } from './change-log.ts';
import { CTRL_C, readKeys } from './keyboard.ts';
import { LiveScreen } from './live-screen.ts';
import { readManifests, type Manifests } from './manifests.ts';
import { readOptions, type DemoOptions } from './options.ts';
import { Progress } from './progress.ts';
import { Show } from './show.ts';
import { Sight } from './sight.ts';
import { setUpStage, type Stage } from './stage.ts';
import { playUnattended } from './unattended.ts';

/** The person wants it to end; nothing is wrong. */
class Quit extends Error {}

class Signalled extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`ended by ${signal}`);
    this.exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
  }
}

/** Ended because somebody wanted it to end. */
function isWish(error: unknown): boolean {
  return error instanceof Quit || error instanceof Signalled;
}

async function run(options: DemoOptions): Promise<void> {
  const manifests = await readManifests(options.examplesDir);
  // Until here a signal just ends the process, and the reaper whatever was started.
  const troubles: string[] = [];
  const stage = await setUpStage(new Progress(process.stdout), (line) => troubles.push(line));
  const stopping = new AbortController();
  const stop = (reason: unknown): void => stopping.abort(reason);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(new Signalled(signal)));
  stage.controllerFailed.catch(stop);
  try {
    await play(options, manifests, stage, stopping);
  } catch (error) {
    if (!isWish(error)) troubles.push('The last lines of the controller:', await stage.lastWords());
    throw error;
  } finally {
    await stage.stop();
    for (const line of troubles) process.stderr.write(`${line}\n`);
  }
}

async function play(
  { auto, limitMs }: DemoOptions,
  manifests: Manifests,
  stage: Stage,
  stopping: AbortController,
): Promise<void> {
  const { signal } = stopping;
  const { cluster, kubectl } = stage;
  const onTerminal = process.stdout.isTTY;
  const hasKeyboard = !auto && onTerminal && process.stdin.isTTY;
  const sight = new Sight(cluster.plane.client(), manifests.namespace, manifests.rolloutName);
  const following = sight.follow(signal);
  const parts: AttendedParts = { cluster, sight, manifests, kubectl };
  const display = onTerminal ? new LiveScreen(process.stdout) : new ChangeLog(process.stdout);
  const nobody = { advice: [], keys: [{ key: 'Ctrl-C', does: 'ends', useful: true }] };
  const show = new Show(display, sight, (view) => (auto ? nobody : promptFor(parts, view, hasKeyboard)));
  const releaseKeys = hasKeyboard
    ? readKeys(process.stdin, (key) => {
        if (key === 'q' || key === CTRL_C) stopping.abort(new Quit());
        else actOnKey(parts, key).catch((error: unknown) => stopping.abort(error));
      })
    : () => undefined;
  const patience = { limitMs, signal };
  try {
    if (auto) {
      await playUnattended({ cluster, sight, show, manifests, patience });
    } else {
      await openForPerson(parts, patience);
      await ended(signal);
    }
  } finally {
    releaseKeys();
    show.close();
    stopping.abort(new Quit());
    await following;
  }
}

/** Rejects with the signal's reason. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Quit) return 0;
  if (error instanceof Signalled) return error.exitCode;
  process.stderr.write(`${explain(error)}\n`);
  if (error instanceof FlagError) process.stderr.write('See --help.\n');
  return error instanceof FlagError ? 2 : 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${explain(error.cause)}`;
}

try {
  const options = readOptions(process.argv.slice(2));
  if ('print' in options) process.stdout.write(options.print);
  else await run(options);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
