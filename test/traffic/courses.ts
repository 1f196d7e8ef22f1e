/** How a release may go from its beginning to its end, when nothing but a person's commands comes in between. */
import type { Course, Round } from './scenario.ts';
import type { Moment, Walk } from './walk.ts';

/** Every stop, and every way between two of them; the stops of the demo come first, so that a short form has them. */
const MOMENTS: readonly Moment[] = [
  { stop: 0 },
  { stop: 1 },
  { stop: 2 },
  { stop: 3 },
  { stop: 0, onTheWay: true },
  { stop: 1, onTheWay: true },
  { stop: 2, onTheWay: true },
  { stop: 3, onTheWay: true },
];
/** Past the last stop it is being promoted; what a person wants then may come too late. */
const PROMOTION: Moment = { stop: 4, onTheWay: true };

/** The release has come to the moment whose turn it is, and a little further where it is on the way. */
async function releaseToSome(moments: readonly Moment[], { number, load, release }: Round): Promise<Walk> {
  const moment = moments[number % moments.length] ?? PROMOTION;
  const walk = await release();
  await walk.comeTo(moment);
  if (moment.onTheWay === true) await load.next(1 + ((number * 37) % 150));
  return walk;
}

export const promoted: Course = async ({ release }) => (await release()).promoted();

export const aborted: Course = async (round) => (await releaseToSome([...MOMENTS, PROMOTION], round)).aborted();

export const promotedInFull: Course = async (round) => (await releaseToSome(MOMENTS, round)).promotedInFull();

export const takenBack: Course = async (round) => (await releaseToSome(MOMENTS, round)).takenBackTo(round.stable);
