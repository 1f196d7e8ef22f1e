/** Promotions and aborts, one after another and in a hurry, under load: no request is lost, whatever the Rollout's kind. */
import { describe } from 'vitest';
import { abort, promote } from '../apiserver/commands.ts';
import type { Answer } from '../data-plane/answers.ts';
import { kinds, rounds } from './extent.ts';
import { colour, deploy, imageOf, releaseTo, STOPS, until, type Kind } from './rollout.ts';
import { test } from './traffic.ts';

const SLOW = { readinessProbe: { initialDelaySeconds: 2, httpGet: { path: '/', port: 8080 } } };
const DYNAMIC = { dynamicStableScale: true };
/** Closes its port at once when it is told to stop, as most programs do. */
const HASTY = 'shop/web';
/** What is recommended for such programs: they are told when the proxy has heard of it. */
const PRE_STOP = { lifecycle: { preStop: { sleep: { seconds: 5 } } } };

const KINDS: readonly { readonly name: string; readonly kind: Kind }[] = [
  { name: 'four hasty pods', kind: { repository: HASTY } },
  { name: 'four hasty pods, dynamicStableScale', kind: { repository: HASTY, canary: DYNAMIC } },
  { name: 'one hasty pod, dynamicStableScale', kind: { replicas: 1, repository: HASTY, canary: DYNAMIC } },
  { name: 'one pod, dynamicStableScale', kind: { replicas: 1, canary: DYNAMIC } },
  { name: 'four pods', kind: {} },
  { name: 'four pods, dynamicStableScale', kind: { canary: DYNAMIC } },
  { name: 'one pod', kind: { replicas: 1 } },
  {
    name: 'four hasty pods with preStop, dynamicStableScale',
    kind: { repository: HASTY, canary: DYNAMIC, container: PRE_STOP },
  },
  { name: 'four slowly ready pods, dynamicStableScale', kind: { container: SLOW, canary: DYNAMIC } },
];

/** How many answers are looked at once the proxy must have heard of everything. */
const AFTERWARDS = 100;

describe('promotions', () => {
  test.for(kinds(KINDS))('$name', async ({ name, kind }, { traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const wrong: Answer[] = [];
    const count = rounds(20);
    for (let round = 1; round <= count; round += 1) {
      const version = colour(round);
      for (const stop of STOPS) {
        await releaseTo(traffic, version, stop, kind);
        await promote(traffic.session, traffic.name);
      }
      await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(version, kind) });
      await traffic.propagated();
      wrong.push(...(await load.next(AFTERWARDS)).notFrom(version));
    }
    await traffic.account((await load.stop()).all, { scenario: `${count} promotions, ${name}`, wrong });
  });
});

describe('aborts', () => {
  test.for(kinds(KINDS))('$name', async ({ name, kind }, { traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const wrong: Answer[] = [];
    const count = rounds(20, STOPS.length);
    for (let round = 1; round <= count; round += 1) {
      const last = (round - 1) % STOPS.length;
      for (const [at, stop] of STOPS.slice(0, last + 1).entries()) {
        await releaseTo(traffic, colour(1 + (round % 5)), stop, kind);
        if (at < last) await promote(traffic.session, traffic.name);
      }
      await abort(traffic.session, traffic.name);
      await until(traffic, { phase: 'Degraded', weight: 0, aborted: true });
      await traffic.propagated();
      wrong.push(...(await load.next(AFTERWARDS)).notFrom(colour(0)));
    }
    await traffic.account((await load.stop()).all, { scenario: `${count} aborts, ${name}`, wrong });
  });
});
