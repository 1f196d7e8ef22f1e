/** Ways that a release takes in its middle under load: back, ahead in one go, or nowhere because its pods fail. */
import { describe, expect } from 'vitest';
import { withPodAnnotations } from '../apiserver/manifests.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { abort, promoteFull } from './commands.ts';
import { promotedInFull, takenBack } from './courses.ts';
import { rounds } from './extent.ts';
import { HASTY_PODS } from './kinds.ts';
import { colour, deploy, imageOf, rolloutOf, STOPS, until } from './rollout.ts';
import { play } from './scenario.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';
import { Walk } from './walk.ts';

const AFTERWARDS = 100;
/** The stop at 50 %. */
const MIDDLE = 1;

/** Enters the scenario into the table: from now on, the propagation allowed for, only this version may answer. */
async function endsWith(
  traffic: Traffic,
  load: Load,
  version: string,
  account: { readonly scenario: string; readonly excused?: readonly Answer[]; readonly note?: string },
): Promise<void> {
  await traffic.propagated();
  const wrong = (await load.next(AFTERWARDS)).notFrom(version);
  await traffic.account((await load.stop()).all, { ...account, wrong });
}

/**
 * What a canary without ready pods answered, until its weight was taken: nobody can take it before the last pod is gone.
 * Nothing is excused where others answer instead.
 */
function unanswered(traffic: Traffic, { answers }: Load) {
  if (!traffic.emptyShareFails) return {};
  const excused = answers.failures.filter(({ status }) => status === 503);
  const [first, last] = [excused.at(0)?.sentAt ?? 0, excused.at(-1)?.sentAt ?? 0];
  expect(last - first).toBeLessThan(traffic.propagationMs);
  return {
    excused,
    note: `${excused.length} within ${last - first} ms until the weight was taken from an empty canary`,
  };
}

describe.for(HASTY_PODS)('$name', ({ name, kind }) => {
  test.for([
    { what: 'ways back to stable', course: takenBack },
    { what: 'promotions in full', course: promotedInFull },
  ])('$what', ({ what, course }, { traffic }) =>
    play(traffic, { name: `${what} from any moment, ${name}`, kind, count: rounds(12), course }),
  );

  test('superseded at every moment', async ({ traffic }) => {
    await deploy(traffic, colour(0), kind);
    await using load = await traffic.load();
    // No multiple of the number of colours: the last version must not be the stable one.
    const last = rounds(18, 4);
    for (let round = 1; round <= last; round += 1) {
      await traffic.session.apply(rolloutOf(traffic, colour(round), kind));
      await load.next(round * 20);
    }
    const version = colour(last);
    await until(traffic, { phase: 'Paused', canaryImage: imageOf(version, kind) });
    await promoteFull(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(version, kind) });
    await endsWith(traffic, load, version, { scenario: `superseded ${last} times at any moment, ${name}` });
  });
});

describe('pods that fail', () => {
  test('a canary whose pods become unready at 50 % serves nobody, and an abort ends it', async ({ traffic }) => {
    await deploy(traffic, colour(0));
    await using load = await traffic.load();
    await (await Walk.begin(traffic, colour(1))).arriveAt(MIDDLE);
    const pods = await traffic.session.list('pods');
    const canary = pods.filter(({ spec }) => spec.containers[0]?.image === imageOf(colour(1)));
    const names = canary.map(({ metadata }) => metadata.name);
    await traffic.session.kubectl('annotate', 'pod', ...names, 'serin.test/ready=false');
    await until(traffic, { canaryAvailable: 0, weight: 0 });
    await traffic.propagated();
    const account = { scenario: 'the canary becomes unready at 50 %', ...unanswered(traffic, load) };
    await load.next(200);
    await abort(traffic.session, traffic.name);
    await until(traffic, { phase: 'Degraded', weight: 0 });
    await endsWith(traffic, load, colour(0), account);
  });

  test('a version that never becomes ready gets no request', async ({ traffic }) => {
    await deploy(traffic, colour(0));
    await using load = await traffic.load();
    const unready = withPodAnnotations(rolloutOf(traffic, colour(1)), { 'serin.test/ready': 'false' });
    await traffic.session.apply(unready);
    await until(traffic, { canaryImage: imageOf(colour(1)), canary: 1, canaryAvailable: 0 });
    await load.next(400);
    await abort(traffic.session, traffic.name);
    await until(traffic, { phase: 'Degraded', weight: 0 });
    const answers = await load.stop();
    await traffic.account(answers.all, {
      scenario: 'a version that never becomes ready, aborted',
      wrong: answers.notFrom(colour(0)),
    });
  });
});

describe('edits of others', () => {
  test('the way in gets another host at 50 %, which has its share at once', async ({ traffic }) => {
    const other = `other.${traffic.host}`;
    await deploy(traffic, colour(0));
    await using load = await traffic.load();
    const walk = await Walk.begin(traffic, colour(1));
    await walk.arriveAt(MIDDLE);
    const { session, name, wayIn } = traffic;
    await wayIn.edit(session, name, { hosts: [traffic.host, other], paths: ['/'] });
    await wayIn.untilHosts(session, name, 2);
    await traffic.propagated();
    const there = await traffic.sample(400, { host: other });
    // Two loads at a time come in any order, so each of them gets its share only by and large.
    expect(Math.abs(there.percentOf(walk.version) - STOPS[MIDDLE].weight)).toBeLessThan(10);
    await traffic.account(there.all, {
      scenario: 'another host at 50 %, asked there',
      note: `measured ${there.percentOf(walk.version).toFixed(1)} %`,
    });
    await walk.promotedInFull();
    await endsWith(traffic, load, walk.version, { scenario: 'another host at 50 %, promoted' });
  });
});
