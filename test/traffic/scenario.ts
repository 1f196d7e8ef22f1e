/** Plays one and the same course of a release again and again under load, and enters the result into the table. */
import type { Answer, Answers } from '../testbed/data-plane/answers.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { colour, deploy, type Kind } from './rollout.ts';
import type { Traffic } from './traffic.ts';
import { Walk } from './walk.ts';

/** A little more than the 200 that every number in the table stands for. */
const PER_SECOND = 205;
/** How many answers are looked at once the proxy must have heard of everything. */
const AFTERWARDS = 100;

export interface Round {
  readonly traffic: Traffic;
  readonly load: Load;
  readonly kind: Kind;
  /** Counts from 0. */
  readonly number: number;
  /** What serves when the round begins. */
  readonly stable: string;
  /** Begins the release of a version that has not been used for a while. */
  readonly release: () => Promise<Walk>;
  /** Tells that a pod crashed in this span of time: no proxy and no controller can save what it was just answering. */
  readonly crashed: (span: Span) => void;
}

/** Milliseconds since the epoch. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Resolves with the version that alone may answer from now on, the propagation allowed for. */
export type Course = (round: Round) => Promise<string>;

interface Scenario {
  /** What is counted: `promotions, four pods`. */
  readonly name: string;
  readonly kind: Kind;
  readonly count: number;
  readonly course: Course;
  /** What every version but the first one is, instead of `kind`: it is bad, and its own failures are not lost requests. */
  readonly releasedAs?: Kind;
  /** Throws when something else is wrong with the answers. Resolves with what it measured, for the table. */
  readonly judge?: (answers: Answers) => Promise<string>;
}

export async function play(traffic: Traffic, scenario: Scenario): Promise<void> {
  const { name, kind, count, course, releasedAs = kind, judge } = scenario;
  let used = 0;
  let stable = colour(used);
  const release = (): Promise<Walk> => {
    do used += 1;
    while (colour(used) === stable);
    return Walk.begin(traffic, colour(used), releasedAs);
  };
  await deploy(traffic, stable, kind);
  await using load = await traffic.load({ perSecond: PER_SECOND });
  const wrong: Answer[] = [];
  const crashes: Span[] = [];
  const crashed = (span: Span): void => void crashes.push(span);
  for (let number = 0; number < count; number += 1) {
    stable = await course({ traffic, load, kind, number, stable, release, crashed });
    await traffic.propagated();
    wrong.push(...(await load.next(AFTERWARDS)).notFrom(stable));
  }
  const answers = await load.stop();
  const cutOff = answers.failures.filter((one) => crashes.some((crash) => wasUnderWay(one, crash)));
  const own = releasedAs === kind ? [] : answers.failures.filter(({ version }) => !['', stable].includes(version));
  await traffic.account(answers.all, {
    scenario: `${count} ${name}`,
    wrong,
    excused: [...cutOff, ...own],
    note: [
      `${answers.perSecond().toFixed(0)} a second`,
      ...(crashes.length > 0 ? [`${cutOff.length} cut off by ${crashes.length} crashes`] : []),
      ...(own.length > 0 ? [`${own.length} failures of the bad version itself`] : []),
      ...(judge === undefined ? [] : [await judge(answers)]),
    ].join(', '),
  });
}

function wasUnderWay({ sentAt, doneAt }: Answer, { fromMs, toMs }: Span): boolean {
  return sentAt <= toMs && doneAt >= fromMs;
}
