/** An Experiment as `get experiment` prints it. */
import type { ExperimentView } from '../../core/view/experiment.ts';
import { entry, imageLines } from './entries.ts';
import { runSpan } from './icons.ts';
import { line, type Line } from './text.ts';
import { experimentTree } from './tree.ts';

export function experimentLines(view: ExperimentView, now: number): readonly Line[] {
  const { namespace, name, phase, message, images } = view;
  return [
    entry('Name:', name),
    entry('Namespace:', namespace),
    entry('Status:', runSpan(phase)),
    ...(message === '' ? [] : [entry('Message:', message)]),
    ...imageLines(images),
    line(),
    ...experimentTree(view, now),
  ];
}
