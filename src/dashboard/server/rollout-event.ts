/** What the pages show of one Rollout, and what the person can do with it. */
import { runsOf, type Seen } from '../../clients/observed.ts';
import { choicesOf, type Choice, type NeededRight } from '../../core/view/choices.ts';
import { containerImages } from '../../core/view/container-images.ts';
import { eventRows } from '../../core/view/event-rows.ts';
import { analysisRunView } from '../../core/view/analysis-run.ts';
import { metricViews } from '../../core/view/measurements.ts';
import { stepTimes } from '../../core/view/step-times.ts';
import type { RolloutView } from '../../core/view/view.ts';
import type { CommandChoice, RolloutEvent } from '../wire.ts';
import { rightText } from './rights.ts';

const MOST_EVENTS = 200;

/** `may`: whether the person has a right. */
export function rolloutEvent(seen: Seen, view: RolloutView, may: (right: NeededRight) => boolean): RolloutEvent {
  const { rollout, workload, events = [] } = seen;
  const template = workload !== null && 'template' in workload ? workload.template : rollout.spec.template;
  const rows = eventRows(events);
  return {
    view,
    commands: choicesOf(rollout, view).map((choice) => commandChoice(choice, may)),
    containers: containerImages(template ?? {}),
    stepTimes: stepTimes(rollout, view, rows),
    events: rows.slice(0, MOST_EVENTS),
    runs: runsOf(seen).map((run) => ({ run: analysisRunView(run), metrics: metricViews(run) })),
  };
}

function commandChoice({ command, why, rights, kubectl }: Choice, may: (right: NeededRight) => boolean): CommandChoice {
  const missing = rights.find((right) => !may(right));
  const reason = missing === undefined ? why : `you may not ${rightText(missing)} in this namespace`;
  return { command, possible: reason === '', why: reason, kubectl };
}
