/**
 * A promotion waits for the proxy before the former pods go. Here it is played with a controller that waits for the
 * known time and with one that asks the proxy (ADR 29), in turn, under load: no request is lost either way, and asking
 * is never slower. It has a data plane of its own, because each of the two controllers looks after every Rollout there.
 */
import { afterAll, aroundAll, beforeAll, expect, inject, test } from 'vitest';
import { accessTo } from '../apiserver/global-setup.ts';
import { Session } from '../apiserver/session.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import { chosenProxy } from '../testbed/data-plane/proxies.ts';
import { firstAddressOf } from './addresses.ts';
import { rounds } from './extent.ts';
import { installFor, watchProxy } from './global-setup.ts';
import { HASTY_PODS } from './kinds.ts';
import { Ledger } from './ledger.ts';
import { colour, deploy, STOPS } from './rollout.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';
import { Walk } from './walk.ts';

const AFTERWARDS = 100;
const PER_SECOND = 205;
/** A look is one request. */
const LOOK_EVERY_MS = 50;

aroundAll((runCases) => inTurn(inject('turns'), runCases), NO_LIMIT);

let dataPlane: DataPlane;
let proxy: Awaited<ReturnType<typeof watchProxy>>;
beforeAll(async () => {
  dataPlane = await startDataPlane({ proxy: chosenProxy(), firstAddress: firstAddressOf('asking') });
  await installFor(dataPlane);
  proxy = await watchProxy(dataPlane.plane, dataPlane.proxy);
});
afterAll(async () => {
  await proxy?.stop();
  await dataPlane?.stop();
});

/** The one whose former pods go as soon as no proxy sends them requests. */
const KINDS = HASTY_PODS.filter(({ kind }) => kind.canary?.dynamicStableScale === true);

test.for(KINDS)('promotions of $name, with and without asking', async ({ name, kind }, { onTestFailed }) => {
  const controllers = await bothControllers();
  const session = await Session.open(await accessTo(dataPlane.plane, controllers.waits));
  onTestFailed(async () => {
    console.error(await session.report());
    for (const one of Object.values(controllers)) console.error((await one.log()).slice(-6_000));
  });
  const traffic = new Traffic(session, proxy.access, new Ledger(inject('ledger'), expect.getState().testPath));
  const took: Record<keyof typeof controllers, number[]> = { waits: [], asks: [] };
  const wrong: Answer[] = [];
  await controllers.waits.start();
  await deploy(traffic, colour(0), kind);
  await controllers.waits.kill('SIGTERM');
  await using load = await traffic.load({ perSecond: PER_SECOND });
  let number = 0;
  for (let round = 0; round < rounds(5, 2); round += 1) {
    for (const way of ['waits', 'asks'] as const) {
      number += 1;
      const controller = controllers[way];
      await controller.start();
      const walk = await Walk.begin(traffic, colour(number), kind);
      await walk.arriveAt(STOPS.length - 1);
      await traffic.propagated();
      const leftAt = performance.now();
      await walk.leave();
      await untilHealthy(traffic, colour(number));
      took[way].push(performance.now() - leftAt);
      await traffic.propagated();
      wrong.push(...(await load.next(AFTERWARDS)).notFrom(colour(number)));
      await controller.kill('SIGTERM');
    }
  }
  const medians = { waits: median(took.waits), asks: median(took.asks) };
  const ratio = (medians.asks / medians.waits).toFixed(2);
  const note = `from the last pause to Healthy: ${text(took.waits)} without asking, ${text(took.asks)} with it (${ratio})`;
  await traffic.account((await load.stop()).all, { scenario: `${number} promotions, ${name}`, wrong, note });
  console.log(`${proxy.access.name}: ${note}`);
  expect(medians.asks).toBeLessThan(medians.waits);
});

/** Neither runs. */
async function bothControllers(): Promise<{ waits: ControllerProcess; asks: ControllerProcess }> {
  const { asked } = proxy.access;
  if (asked === null) throw new Error(`${proxy.access.name} cannot be asked`);
  const { kind, namespace, selector, port } = asked;
  const flag = `--ask-proxies=kind=${kind};namespace=${namespace};selector=${selector};port=${port};class=nginx`;
  const waits = await startController(dataPlane.plane, { name: 'waits', flags: ['--loglevel=debug'] });
  await waits.kill('SIGTERM');
  const asks = await startController(dataPlane.plane, { name: 'asks', flags: ['--loglevel=debug', flag] });
  await asks.kill('SIGTERM');
  return { waits, asks };
}

/** The condition, which waits until the former pods are gone. */
async function untilHealthy({ session, name }: Traffic, version: string): Promise<void> {
  await waitFor(() => session.get('rollouts', name), {
    what: `Rollout ${name} to be Healthy with ${version}`,
    until: ({ status }) =>
      status?.stableRS === status?.currentPodHash &&
      status?.conditions?.some(({ type, status: is }) => type === 'Healthy' && is === 'True') === true,
    intervalMs: LOOK_EVERY_MS,
    timeoutMs: 120_000,
  });
}

/** The mean of the two in the middle, where their number is even. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = NaN, high = NaN] = [(sorted.length - 1) >> 1, sorted.length >> 1].map((index) => sorted[index] ?? NaN);
  return (low + high) / 2;
}

function text(values: readonly number[]): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
  return `median ${seconds(median(values))} s of ${values.map(seconds).join(', ')}`;
}
