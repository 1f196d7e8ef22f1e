/** How long a proxy takes from a write until it acts on it, and until nothing of it acts as before. */
import { setTimeout as delay } from 'node:timers/promises';
import { versionOf } from '../../testbed/data-plane/answers.ts';
import { ask, type Wish } from '../../testbed/data-plane/ask.ts';
import type { ProxyAddress } from '../../testbed/data-plane/proxy.ts';

const LOOK_MS = 20;
/** So many answers in a row that are all new say that no former one is left. */
const SURE = 60;

export interface Change {
  /** Milliseconds from the write to the first answer of the new side, and to the last of the former one. */
  readonly firstNew: number;
  readonly lastOld: number;
}

/** Follows one change: `write` makes it, and the answers come from `version` then. All connections are fresh. */
export async function follow(
  address: ProxyAddress,
  wish: Wish,
  version: string,
  write: () => Promise<unknown>,
): Promise<Change> {
  const writing = write();
  const writtenAt = performance.now();
  let firstNew: number | undefined;
  let lastOld = 0;
  for (let inARow = 0; inARow < SURE;) {
    const askedAt = performance.now();
    const isNew = versionOf((await ask(address, wish)).body) === version;
    if (isNew) firstNew ??= performance.now() - writtenAt;
    else lastOld = askedAt - writtenAt;
    inARow = isNew ? inARow + 1 : 0;
    await delay(LOOK_MS);
  }
  await writing;
  return { firstNew: firstNew ?? NaN, lastOld };
}

/** The median and the 99th hundredth, which is the worst of fewer than a hundred. */
export function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (percent: number): string =>
    ((sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN) / 1_000).toFixed(2);
  return `${at(50)}, ${at(99)}`;
}
