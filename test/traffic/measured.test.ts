/**
 * A bad version is taken back by its analysis, under load, before a person would have noticed: the proxy and the store of
 * its metrics are real, and no request fails that the bad version did not answer itself.
 */
import { test } from './test.ts';
import type { Answers } from '../testbed/data-plane/answers.ts';
import { startPrometheus } from '../testbed/data-plane/prometheus.ts';
import { kinds, rounds } from './extent.ts';
import { flawed, judgeTakenBack, latestRun, measuredBy, type Flaw, type Measure, type TakenBack } from './measured.ts';
import { until } from './rollout.ts';
import { play, type Course } from './scenario.ts';

const SLOW_SECONDS = 2;
/** In the histograms of both proxies no bucket has this limit and slow answers as well as others. */
const LIMIT_SECONDS = '1.2';

interface BadVersion extends Flaw {
  readonly what: string;
  readonly measure: Measure;
  readonly args: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

const BAD_VERSIONS: readonly BadVersion[] = [
  {
    what: 'that fails 30 % of its requests',
    measure: 'success-rate',
    args: {},
    env: { ERROR_RATE: '30' },
    isBad: ({ status }) => status === 500,
    fails: (rate) => rate < 0.99,
  },
  {
    what: `that takes ${SLOW_SECONDS} s`,
    measure: 'latency',
    args: { 'maximum-p50': LIMIT_SECONDS, 'maximum-p95': LIMIT_SECONDS, 'maximum-p99': LIMIT_SECONDS },
    env: { LATENCY: String(SLOW_SECONDS) },
    isBad: ({ sentAt, doneAt }) => doneAt - sentAt >= SLOW_SECONDS * 1_000,
    fails: (seconds) => seconds > Number(LIMIT_SECONDS),
  },
];

test.for(kinds(BAD_VERSIONS, 1))('a version $what', async ({ what, measure, args, env, ...flaw }, { traffic }) => {
  await using prometheus = await startPrometheus([{ job: 'proxy', url: traffic.metricsUrl }]);
  const kind = await measuredBy(prometheus, measure, traffic, args);
  const releases: TakenBack[] = [];
  const course: Course = async ({ release, stable }) => {
    const { version } = await release();
    await until(traffic, { phase: 'Degraded', aborted: true, weight: 0 });
    releases.push({ version, run: await latestRun(traffic) });
    return stable;
  };
  const judge = async (answers: Answers): Promise<string> => {
    const seconds: number[] = [];
    for (const one of releases) seconds.push(await judgeTakenBack(one, flaw, { traffic, prometheus, answers }));
    return `weight 0 after ${seconds.map((one) => one.toFixed(1)).join(', ')} s`;
  };
  const count = rounds(4, 1);
  await play(traffic, {
    name: `ways back of a version ${what}`,
    kind,
    count,
    course,
    releasedAs: flawed(kind, env),
    judge,
  });
});
