/** A recording as `replay` prints it, decision by decision, and one look of it in full. */
import { stringify } from 'yaml';
import { formatTime } from '../../kube/time.ts';
import type { ReplayedLook } from '../../recording/replay.ts';
import type { Recording } from '../../recording/read-recording.ts';
import { spanText } from '../../core/view/age.ts';
import { entry } from './entries.ts';
import { stateSpan } from './icons.ts';
import { changeTexts, ENDS, writeText } from './replay-words.ts';
import { rolloutLines } from './rollout.ts';
import { line, span, type Line, type Span } from './text.ts';

export function headLines({ header, looks, end }: Recording): readonly Line[] {
  const [first, last] = [looks[0], looks.at(-1)];
  const took = first === undefined || last === undefined ? '' : ` in ${spanText((end?.at ?? last.at) - first.at)}`;
  return [
    entry('Rollout:', `${header.name} in ${header.namespace}`),
    entry('Recorded:', `${header.at}, by Serin ${header.serin}`),
    entry('Looks:', `${looks.length}${took}`),
    entry(
      'Ended:',
      end === null ? span('not at all: later looks may be missing', 'waiting') : `because ${ENDS[end.end]}`,
    ),
    ...header.notRead.map((why, index) => entry(index === 0 ? 'Not read:' : '', span(why, 'waiting'))),
  ];
}

const INDENT = '   ';
const KEY_WIDTH = 9;

/** `beganAt` is the time of the first look, `serin` the version that recorded. */
export function lookLines(one: ReplayedLook, beganAt: number, serin: string): readonly Line[] {
  const { look, at, view, altered, inDoubt, recordedWrites } = one;
  const { text: phase, style } = stateSpan(view.phase);
  return [
    line(span(`#${look}`, 'bold'), ` ${formatTime(at)} (+${sinceText(at - beganAt)}) `, span(phase, style)),
    ...keyed('seen', [...changeTexts(one.changes)]),
    ...keyed('decided', decisionTexts(one)),
    ...keyed(
      'tells',
      one.events.map(({ reason, message }) => `${reason}: ${message}`),
    ),
    ...keyed('waits', [waitText(one)]),
    ...(recordedWrites === null
      ? []
      : keyed('differs', [
          span(`the recorder, Serin ${serin}, decided otherwise:`, 'bad'),
          ...orNothing(recordedWrites.map(writeText)),
        ])),
    ...(altered
      ? keyed('note', [span('the recorder decided otherwise, because values are replaced in the recording', 'waiting')])
      : []),
    ...(inDoubt
      ? keyed('note', [
          span('the controller asks the API server first whether an earlier revision has this template', 'waiting'),
        ])
      : []),
  ];
}

/** What the look before has decided as well is only counted. */
function decisionTexts({ writes, look }: ReplayedLook): readonly string[] {
  const news = writes.filter(({ again }) => !again).map(writeText);
  const rest = writes.length - news.length;
  const still = rest === 0 ? [] : [`as at #${look - 1}: ${rest === 1 ? 'one write' : `${rest} writes`} not seen yet`];
  return orNothing([...news, ...still]);
}

function orNothing(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? ['nothing to write'] : texts;
}

function waitText({ at, wakeAt, view: { explanation } }: ReplayedLook): string {
  const { cause, until, end } = explanation;
  const over = until === null ? '' : `${untilText(cause, until)} (in ${spanText(until - at)})`;
  const when = end === '' || until !== null ? '' : `; it ends when ${end}`;
  const wakes = wakeAt === null || wakeAt === until ? '' : `; looks again in ${spanText(wakeAt - at)}`;
  return `${cause}${over}${when}${wakes}`;
}

/** The cause may say it already. */
function untilText(cause: string, until: number): string {
  const time = formatTime(until);
  return cause.includes(time) ? '' : `, until ${time}`;
}

/** In tenths of a second while these matter. */
function sinceText(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)}s` : spanText(ms);
}

function keyed(key: string, texts: readonly (string | Span)[]): readonly Line[] {
  return texts.map((text, index) => line(INDENT, span((index === 0 ? key : '').padEnd(KEY_WIDTH), 'dim'), text));
}

/** The picture that `get rollout` would have shown, and the writes as they are sent. */
export function wholeLook(one: ReplayedLook, beganAt: number, serin: string): readonly Line[] {
  const writes = one.plan.writes.length === 0 ? [] : stringify(one.plan.writes, { lineWidth: 0 }).trimEnd().split('\n');
  return [
    ...lookLines(one, beganAt, serin),
    line(),
    ...rolloutLines(one.view, one.at),
    ...(writes.length === 0 ? [] : [line(), line(span('Writes:', 'bold')), ...writes.map((text) => line(text))]),
  ];
}
