/** An explanation as `why` prints it: the cause in a sentence, since when, what ends it, and the commands that do. */
import type { Remedy, State } from '../../core/view/ends.ts';
import type { OtherWriter } from '../../core/view/other-writers.ts';
import type { RolloutView } from '../../core/view/view.ts';
import { formatTime } from '../../kube/time.ts';
import { spanText } from '../../core/view/age.ts';
import { entry } from './entries.ts';
import { line, span, type Line, type Style } from './text.ts';

type Explained = Pick<RolloutView, 'namespace' | 'name' | 'explanation'>;

const STATES: Readonly<Record<State, { readonly says: string; readonly style: Style }>> = {
  healthy: { says: 'is healthy', style: 'good' },
  progressing: { says: 'goes on by itself', style: 'moving' },
  waitsForPerson: { says: 'waits for a person', style: 'waiting' },
  blocked: { says: 'is blocked', style: 'bad' },
  degraded: { says: 'is degraded', style: 'bad' },
};

export function whyLines({ namespace, name, explanation }: Explained, now: number, program: string): readonly Line[] {
  const { state, cause, since, until, end, remedies, writers } = explanation;
  const { says, style } = STATES[state];
  const commands = remedies.map((one) => remedyText(one, `${name} -n ${namespace}`, program));
  const ends = [...(until === null ? [] : [`in ${spanText(until - now)} (${formatTime(until)})`]), `when ${end}`];
  return [
    line(`rollout '${name}' `, span(says, style), `: ${cause}`),
    ...(since === null ? [] : [entry('Since:', `${spanText(now - since)} (${formatTime(since)})`)]),
    ...(end === '' ? [] : [entry('Ends:', ends.join(', '))]),
    ...commands.map((command, index) => entry(index === 0 ? 'Command:' : '', command)),
    ...writers.map((one, index) => entry(index === 0 ? 'Also written by:' : '', writerText(one, now))),
  ];
}

/** The same for programs; its times are milliseconds since the epoch. */
export function whyJson({ namespace, name, explanation }: Explained, program: string): object {
  const commands = explanation.remedies.map((one) => remedyText(one, `${name} -n ${namespace}`, program));
  return { namespace, name, ...explanation, commands };
}

function remedyText(remedy: Remedy, object: string, program: string): string {
  switch (remedy) {
    case 'edit':
      return `kubectl edit rollout ${object}`;
    case 'promoteFull':
      return `${program} promote ${object} --full`;
    case 'retry':
      return `${program} retry rollout ${object}`;
    case 'promote':
    case 'abort':
    case 'undo':
      return `${program} ${remedy} ${object}`;
  }
}

function writerText({ object, field, manager, at, repeated }: OtherWriter, now: number): string {
  const when = at === null ? '' : `, ${spanText(now - at)} ago`;
  const again = repeated === 0 ? '' : `; Serin had to write it again ${repeated === 1 ? 'once' : `${repeated} times`}`;
  return `${manager} (${field} of ${object}${when}${again})`;
}
