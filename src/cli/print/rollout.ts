/** A rollout as `get rollout` prints it: what is known of it in lines, then its tree. */
import type { RolloutView } from '../../core/view/view.ts';
import type { WeightView } from '../../core/view/weight.ts';
import { spanText } from '../../core/view/age.ts';
import { entry, imageLines } from './entries.ts';
import { stateSpan } from './icons.ts';
import { STRATEGIES } from '../../core/view/strategies.ts';
import { line, span, type Line } from './text.ts';
import { rolloutTree } from './tree.ts';

export function rolloutLines(view: RolloutView, now: number): readonly Line[] {
  const { namespace, name, phase, message, replicas, counts } = view;
  return [
    entry('Name:', name),
    entry('Namespace:', namespace),
    entry('Status:', stateSpan(phase)),
    ...(message === '' ? [] : [entry('Message:', message)]),
    ...waitLines(view, now),
    entry('Strategy:', STRATEGIES[view.strategy] ?? view.strategy),
    ...shareLines(view),
    ...imageLines(view.images),
    line('Replicas:'),
    entry('  Desired:', String(replicas)),
    entry('  Current:', String(counts.current)),
    entry('  Updated:', String(counts.updated)),
    entry('  Ready:', String(counts.ready)),
    entry('  Available:', String(counts.available)),
    line(),
    ...rolloutTree(view, now),
  ];
}

/** The sentence of the wait, and who ends it: a person with a command, or time. */
function waitLines({ waitsFor, message, commands }: RolloutView, now: number): readonly Line[] {
  if (waitsFor === null) return [];
  const { until, needsPerson } = waitsFor;
  const time = until === null ? [] : [`ends in ${spanText(until - now)}`];
  const person = needsPerson && commands.length > 0 ? [`a person: ${commands.map(commandText).join(', ')}`] : [];
  const end = [...person, ...time].join('; ');
  const said = waitsFor.message === message ? '' : waitsFor.message;
  if (said === '' && end === '') return [];
  return [
    entry('Waits for:', said, said === '' || end === '' ? '' : ' ', span(end === '' ? '' : `(${end})`, 'waiting')),
  ];
}

function commandText(one: RolloutView['commands'][number]): string {
  return one === 'promoteFull' ? 'promote --full' : one;
}

function shareLines({ share, steps, stepsDone }: RolloutView): readonly Line[] {
  return [
    ...(stepsDone === null ? [] : [entry('  Step:', `${stepsDone}/${steps.length}`)]),
    ...(share === null
      ? []
      : [entry('  SetWeight:', String(share.asked)), entry('  ActualWeight:', weightText(share.observed))]),
  ];
}

/** While a change is on its way, objects may disagree. */
function weightText({ lowest, highest }: WeightView): string {
  return lowest === highest ? String(highest) : `${lowest} to ${highest}`;
}
