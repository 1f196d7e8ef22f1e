/**
 * The controller dies at any moment of a release, or loses its leadership, under load: no request is lost, and no
 * step is repeated or left out. It has a data plane of its own, because it kills what others depend on, and one turn
 * for all of its cases, because each of their controllers looks after every Rollout there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, aroundAll, beforeAll, describe, expect, inject, onTestFailed, test } from 'vitest';
import { refuse, type Refusal } from '../apiserver/admission-policy.ts';
import { accessTo } from '../apiserver/global-setup.ts';
import { Recording } from '../apiserver/recording.ts';
import { Session } from '../apiserver/session.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { startPrometheus } from '../testbed/data-plane/prometheus.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import { chosenProxy, readsIngresses } from '../testbed/data-plane/proxies.ts';
import { firstAddressOf } from './addresses.ts';
import { rounds } from './extent.ts';
import { installFor, watchProxy } from './global-setup.ts';
import { Ledger } from './ledger.ts';
import { flawed, measuredBy, untilRun } from './measured.ts';
import { colour, deploy, imageOf, STOPS, until, type Kind } from './rollout.ts';
import { play, type Course } from './scenario.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';
import { Walk } from './walk.ts';

const AFTERWARDS = 100;
const ONE_BY_ONE = { concurrent: false };
/** The longest time between two kills. */
const LIFE_MS = 900;
/** The steps of a release as its status shows them: each stop once, none left out. */
const ALL_STEPS = Array.from({ length: 2 * STOPS.length + 1 }, (_, index) => index);

aroundAll((runCases) => inTurn(inject('turns'), runCases), NO_LIMIT);

let dataPlane: DataPlane;
let proxy: Awaited<ReturnType<typeof watchProxy>>;
beforeAll(async () => {
  dataPlane = await startDataPlane({ proxy: chosenProxy(), firstAddress: firstAddressOf('controller-killed') });
  await installFor(dataPlane);
  proxy = await watchProxy(dataPlane.plane, dataPlane.proxy);
});
afterAll(async () => {
  await proxy?.stop();
  await dataPlane?.stop();
});

async function openTraffic(controllers: readonly [ControllerProcess, ...ControllerProcess[]]): Promise<Traffic> {
  const session = await Session.open(await accessTo(dataPlane.plane, controllers[0]));
  onTestFailed(async () => {
    console.error(await session.report());
    for (const controller of controllers) console.error(await controller.log());
  });
  return new Traffic(session, proxy.access, new Ledger(inject('ledger'), expect.getState().testPath));
}

/** Step indexes of one release in the order in which they were seen, from its template on. */
async function stepsOf(recording: Recording, traffic: Traffic, version: string): Promise<readonly number[]> {
  const moments = await recording.moments(traffic.name, ({ index, canaryImage }) => ({ index, canaryImage }));
  const own = moments.filter(({ canaryImage }) => canaryImage === imageOf(version));
  return own.map(({ index }) => index ?? -1).filter((index, at, all) => index !== all[at - 1]);
}

/** Ends the controller again and again, at any moment, until told to stop; it runs when this resolves. */
async function killAgainAndAgain(controller: ControllerProcess, until: AbortSignal): Promise<number> {
  let kills = 0;
  while (!until.aborted) {
    await delay(Math.random() * LIFE_MS);
    await controller.restart('SIGKILL');
    kills += 1;
  }
  return kills;
}

describe('a controller that is killed at any moment', ONE_BY_ONE, () => {
  test.for<{ readonly name: string; readonly kind: Kind }>([
    { name: 'four pods', kind: {} },
    { name: 'four pods, dynamicStableScale', kind: { canary: { dynamicStableScale: true } } },
  ])('$name', async ({ name, kind }) => {
    const controller = await startController(dataPlane.plane, { name: `killed-${name.replace(/\W+/g, '-')}` });
    const traffic = await openTraffic([controller]);
    const { session } = traffic;
    await deploy(traffic, colour(0), kind);
    await using load = await traffic.load();
    const wanted = rounds(15, 4);
    let kills = 0;
    let round = 0;
    while (kills < wanted) {
      round += 1;
      using recording = await Recording.start(session, 'rollouts', 'replicasets');
      const over = new AbortController();
      const killing = killAgainAndAgain(controller, over.signal);
      await (await Walk.begin(traffic, colour(round), kind)).promoted();
      over.abort();
      kills += await killing;
      expect(await stepsOf(recording, traffic, colour(round))).toEqual(ALL_STEPS);
    }
    await traffic.propagated();
    const wrong = (await load.next(AFTERWARDS)).notFrom(colour(round));
    await traffic.account((await load.stop()).all, { scenario: `${kills} kills in ${round} releases, ${name}`, wrong });
    await controller.kill('SIGTERM');
  });
});

/** No template reads the metrics of a Gateway, so nothing is measured there. */
const MEASURED = readsIngresses(chosenProxy()) ? ['between a failed measurement and the abort'] : [];

describe.for(MEASURED)('a controller that is killed %s', ONE_BY_ONE, () => {
  test('the next one aborts', async () => {
    const flags = { name: 'killed-before-the-abort' };
    const controller = await startController(dataPlane.plane, flags);
    const traffic = await openTraffic([controller]);
    await using prometheus = await startPrometheus([{ job: 'proxy', url: traffic.metricsUrl }]);
    const kind = await measuredBy(prometheus, 'success-rate', traffic);
    const releasedAs = flawed(kind, { ERROR_RATE: '30' });
    const course: Course = async ({ release, stable }) => {
      const refusals = await refuseAborts(traffic);
      const before = (await controller.log()).length;
      await release();
      await untilRun(traffic, 'to have failed', ({ status }) => status?.phase === 'Failed');
      // It has tried, and is about to try again.
      await waitFor(() => controller.log(), {
        what: 'the controller to be refused the abort',
        until: (log) => log.slice(before).includes(NO_ABORT),
      });
      await controller.kill('SIGKILL');
      const { aborted, weight } = await traffic.session.look(traffic.name);
      expect({ aborted, weight }).toEqual({ aborted: false, weight: 20 });
      for (const refusal of refusals) await refusal.lift();
      await controller.start();
      await until(traffic, { phase: 'Degraded', aborted: true, weight: 0 });
      return stable;
    };
    const name = 'kills between a failed measurement and the abort';
    await play(traffic, { name, kind, count: rounds(4, 1), course, releasedAs });
    await controller.kill('SIGTERM');
  });
});

describe('two controllers, one of which leads', ONE_BY_ONE, () => {
  const FLAGS = [
    '--leader-elect=true',
    '--namespace=serin-system',
    '--leader-election-lease-duration=4s',
    '--leader-election-renew-deadline=3s',
    '--leader-election-retry-period=500ms',
  ];
  const LONGER_THAN_THE_LEASE_MS = 6_000;

  test.for([
    { name: 'the leader is killed at every stop', disturb: (leader: ControllerProcess) => leader.restart('SIGKILL') },
    {
      name: 'the leader is frozen for longer than its lease at every stop',
      async disturb(leader: ControllerProcess) {
        process.kill(leader.pid, 'SIGSTOP');
        await delay(LONGER_THAN_THE_LEASE_MS);
        process.kill(leader.pid, 'SIGCONT');
        // It notices what it has missed and ends itself, and is started again as its Deployment would.
        expect(await leader.exited).toBe(1);
        await leader.start();
      },
    },
  ])('$name', async ({ name, disturb }) => {
    const label = name.replace(/\W+/g, '-');
    const pair: readonly [ControllerProcess, ControllerProcess] = [
      await startController(dataPlane.plane, { name: `${label}-1`, flags: FLAGS }),
      await startController(dataPlane.plane, { name: `${label}-2`, flags: FLAGS }),
    ];
    const traffic = await openTraffic(pair);
    const { session } = traffic;
    await deploy(traffic, colour(0));
    await using load = await traffic.load();
    using recording = await Recording.start(session, 'rollouts', 'replicasets');
    const walk = await Walk.begin(traffic, colour(1));
    for (const stop of STOPS.keys()) {
      const disturbed = disturb(await leaderOf(pair));
      await walk.arriveAt(stop);
      await disturbed;
    }
    await walk.promoted();
    expect(await stepsOf(recording, traffic, colour(1))).toEqual(ALL_STEPS);
    await traffic.propagated();
    const wrong = (await load.next(AFTERWARDS)).notFrom(colour(1));
    await traffic.account((await load.stop()).all, { scenario: name, wrong });
    for (const controller of pair) await controller.kill('SIGTERM');
  });
});

/** What anybody is told who aborts a release, by its weight or in its status. */
const NO_ABORT = 'no release is aborted while this rule is in force';

/** From now on until they are lifted. */
async function refuseAborts({ session, name }: Traffic): Promise<readonly Refusal[]> {
  const weight = 'nginx.ingress.kubernetes.io/canary-weight';
  const annotations = 'object.metadata.annotations';
  const common = { operations: ['UPDATE'], message: NO_ABORT };
  return [
    await refuse(
      session,
      {
        ...common,
        apiGroup: 'networking.k8s.io',
        resource: 'ingresses',
        expression: `!has(${annotations}) || !('${weight}' in ${annotations}) || ${annotations}['${weight}'] != '0'`,
      },
      ['annotate', 'ingress', name, `${weight}=0`],
    ),
    await refuse(
      session,
      {
        ...common,
        apiGroup: 'argoproj.io',
        apiVersion: 'v1alpha1',
        resource: 'rollouts/status',
        expression: '!has(object.status.abort) || !object.status.abort',
      },
      ['patch', 'rollout', name, '--subresource=status', '--type=merge', '--patch={"status":{"abort":true}}'],
    ),
  ];
}

function leaderOf(pair: readonly ControllerProcess[]): Promise<ControllerProcess> {
  return waitFor(
    async () => {
      for (const one of pair) {
        const metrics = await (await fetch(one.metricsUrl)).text();
        if (/^controller_leader(?:\{[^}]*\})? 1$/m.test(metrics)) return one;
      }
      return undefined;
    },
    { what: 'a controller that leads' },
  );
}
