import { setTimeout as delay } from 'node:timers/promises';
import { added, requestCounts, type RequestCounts } from '../api-requests.ts';
import type { Contender } from './contender.ts';

/** A controller that never rests is measured as it is. */
const LIMIT_SECONDS = 90;
const QUIET_SECONDS = 3;

/** Resolves when the controller makes no request any more: events lag behind in a burst, on purpose. */
export async function settled(contender: Contender): Promise<void> {
  let before: RequestCounts = new Map();
  for (let quiet = 0, passed = 0; quiet < QUIET_SECONDS && passed < LIMIT_SECONDS; passed += 1) {
    const now = await requestCounts(contender.metricsUrl);
    quiet = Object.keys(added(before, now)).length === 0 ? quiet + 1 : 0;
    before = now;
    await delay(1000);
  }
}
