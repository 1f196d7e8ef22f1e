/** Requests of one kind, many at a time, and who answered them. */
import { Agent } from 'node:http';
import { versionOf } from '../../testbed/data-plane/answers.ts';
import { ask, KeptConnectionClosed, type PlainAnswer, type Wish } from '../../testbed/data-plane/ask.ts';
import type { ProxyAddress } from '../../testbed/data-plane/proxy.ts';

const AT_A_TIME = 6;
/** One in so many has a connection of its own, so that every worker of a proxy is asked. */
const FRESH_EVERY = 4;

export interface Sample {
  readonly requests: number;
  /** Of the answers with success, in percent. */
  readonly canaryPercent: number;
  /** Of all others. */
  readonly statuses: readonly number[];
}

/** Those of the tag `green` are the canary's. */
export async function sample(address: ProxyAddress, count: number, wish: Wish): Promise<Sample> {
  const kept = new Agent({ keepAlive: true });
  const answers: PlainAnswer[] = [];
  let sent = 0;
  const send = async (): Promise<void> => {
    for (let number = sent; number < count; number = sent) {
      sent += 1;
      answers.push(await askOnceMore(address, wish, number % FRESH_EVERY === 0 ? false : kept));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, send));
  kept.destroy();
  const good = answers.filter(({ status }) => status === 200);
  const canary = good.filter(({ body }) => versionOf(body) === 'green').length;
  return {
    requests: count,
    canaryPercent: good.length === 0 ? NaN : (100 * canary) / good.length,
    statuses: [...new Set(answers.filter(({ status }) => status !== 200).map(({ status }) => status))],
  };
}

async function askOnceMore(address: ProxyAddress, wish: Wish, agent: Agent | false): Promise<PlainAnswer> {
  try {
    return await ask(address, wish, agent);
  } catch (error) {
    if (!(error instanceof KeptConnectionClosed)) throw error;
    return ask(address, wish);
  }
}
