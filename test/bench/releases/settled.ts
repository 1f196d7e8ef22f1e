import { setTimeout as delay } from 'node:timers/promises';
import { requestCounts } from '../api-requests.ts';
import type { Contender } from './contender.ts';

/** A controller that never rests is measured as it is. */
const LIMIT_SECONDS = 90;
const QUIET_SECONDS = 3;

/** Resolves when the controller makes no request any more: events lag behind in a burst, on purpose. */
export async function settled(contender: Contender): Promise<void> {
  let before = '';
  for (let quiet = 0, passed = 0; quiet < QUIET_SECONDS && passed < LIMIT_SECONDS; passed += 1) {
    const now = JSON.stringify([...(await requestCounts(contender.metricsUrl))]);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
    await delay(1000);
  }
}
