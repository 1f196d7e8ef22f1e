/**
 * The end of an unattended demo: a bad version is released, and nothing else is done until Serin has taken it back. The
 * judgement is on what the cluster shows and on what the users of the application got.
 */
import { isOutcome } from '../../src/core/analysis/phases.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import { describeAnswer, isFailure } from '../../test/testbed/data-plane/answers.ts';
import { newestAnalysis, type AnalysisView } from './analysis.ts';
import { BAD_ERROR_RATE, releaseBadVersion } from './bad-version.ts';
import { versionOfImage } from './manifests.ts';
import { percentText } from './measured.ts';
import { apply, carriesNoWeight, chapter, isGivenUp, isServing, runs, see, type UnattendedParts } from './story.ts';
import type { Traffic } from './traffic.ts';
import { until } from './until.ts';

/** Begins and ends with the second version stable. */
export async function playBadRelease(parts: UnattendedParts, traffic: Traffic): Promise<void> {
  const stable = parts.manifests.second;
  let bad = '';
  await chapter(parts, 'bad version', async () => {
    bad = (await releaseBadVersion(parts)) ?? '';
    if (bad === '') throw new Error('no bad version can be released');
    // It may be over before we look.
    const isOut = (view: RolloutView): boolean => !carriesNoWeight(view) || view.progress === 'aborted';
    await see(parts, `${bad} to get requests`, (view) => runs(view.canary, bad) && isOut(view));
    return `${bad} gets requests, and fails ${BAD_ERROR_RATE} % of them`;
  });
  await chapter(parts, 'goes back', () => judgeReturn(parts, bad));
  await chapter(parts, 'heal again', async () => {
    await apply(parts, stable);
    await see(parts, `${stable.image} to be Healthy again`, (view) => isServing(view, stable));
    return `the stable manifest applied again, ${stable.image} is Healthy`;
  });
  await chapter(parts, 'failures', () => judgeFailures(parts, traffic, versionOfImage(bad)));
  await chapter(parts, 'tidy', () => judgeRemains(parts, bad));
}

/** The analysis has failed, and the Rollout says that it was aborted for this reason. The demo gives no command meanwhile. */
async function judgeReturn(parts: UnattendedParts, bad: string): Promise<string> {
  const { sight } = parts;
  const verdict = (): AnalysisView | null => {
    const newest = newestAnalysis(sight.runs);
    return newest?.phase === 'Failed' ? newest : null;
  };
  await see(parts, `the analysis to send ${bad} back`, (view) => {
    const failed = verdict();
    const said = sight.rollout?.status?.message ?? '';
    const isWhy = failed !== null && failed.hash === view.canary?.hash && said.endsWith(failed.message);
    return runs(view.canary, bad) && isGivenUp(view) && isWhy;
  });
  const measured = verdict()?.measurements.map(({ percent }) => percentText(percent)) ?? [];
  return `weight 0, by itself: ${verdict()?.message ?? ''} (measured ${measured.join(', ')})`;
}

/** The stable version serves alone, and no request has failed but those that the bad version has answered. */
async function judgeFailures({ manifests, patience }: UnattendedParts, traffic: Traffic, bad: string): Promise<string> {
  const stable = versionOfImage(manifests.second.image);
  const others = () => traffic.reading(Date.now()).failed - (traffic.failedOf.get(bad) ?? 0);
  const counted = await until(
    {
      what: `every answer to come from ${stable}`,
      look() {
        const recent = traffic.recent(Date.now());
        const isWell = recent.every((answer) => answer.version === stable && !isFailure(answer));
        return others() > 0 || (recent.length > 0 && isWell) ? recent.length : null;
      },
      lastSeen: () => JSON.stringify(traffic.reading(Date.now()).percentOf),
      onChange: (listener) => traffic.onAnswer(listener),
    },
    patience,
  );
  if (others() > 0) {
    const strange = traffic.failures.filter(({ version }) => version !== bad);
    throw new Error(
      `${others()} requests failed that ${bad} has not answered:\n${strange.map(describeAnswer).join('\n')}`,
    );
  }
  return `${traffic.failedOf.get(bad) ?? 0} requests failed, all at ${bad}; the last ${counted} came from ${stable}`;
}

/** Nothing measures any more, and the bad version has no pods. */
async function judgeRemains(parts: UnattendedParts, bad: string): Promise<string> {
  const view = await see(parts, `nothing to be left of ${bad}`, ({ retired, canary }) => {
    const isOver = parts.sight.runs.every(({ status }) => isOutcome(status?.phase));
    return isOver && canary === null && retired.every((one) => !runs(one, bad));
  });
  return `${bad} has no pods, nothing is measured any more, ${view.stable?.ready ?? 0} pod serves`;
}
