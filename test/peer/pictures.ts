/**
 * What the plugin of Argo Rollouts prints of a cluster, and what we print of the same cluster, side by side. Every
 * difference between the two is a row of a table here, with its reason.
 */
import { expect } from 'vitest';
import { cli } from '../apiserver/cli.ts';
import type { Session } from '../apiserver/session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { plugin } from './plugin.ts';

interface Difference {
  readonly what: string;
  readonly reason: string;
  /** The lines that only one of the two prints. */
  readonly plugin?: RegExp;
  readonly us?: RegExp;
  /** Where both may print such lines, and differ in this state alone. */
  readonly state?: State;
}

/** States in which the two differ in more than in all others. */
export type State = 'a template that the controller refuses';

/** docs/cli.md has the same rows. A row that no picture shows any more fails. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'a line `Waits for:`',
    reason: 'people ask what a rollout waits for, and who ends that',
    us: /^Waits for: /,
  },
  {
    what: 'a line `Step:` without a step',
    reason: 'a canary without steps has none to be at',
    plugin: /^ {2}Step:$/,
  },
  {
    what: 'step and weights of a template that the controller has not taken in',
    reason: 'the plugin shows those of the template before; nothing is asked for the new one yet',
    plugin: /^ {2}(?:Step: {2}4\/4|SetWeight: {2}100|ActualWeight: {2}100)$/,
    us: /^ {2}(?:Step: {2}0\/4|SetWeight: {2}0|ActualWeight: {2}0)$/,
    state: 'a template that the controller refuses',
  },
];

const seen = new Set<string>();

/** What of the table no picture has shown so far. */
export function unseenDifferences(): readonly string[] {
  return DIFFERENCES.map(({ what }) => what).filter((what) => !seen.has(what));
}

/** Fails when the two print anything different that is not in the table. Returns what the plugin prints. */
export async function expectSamePicture(session: Session, args: readonly string[], state?: State): Promise<string> {
  const { theirs, ours } = await waitFor(() => bothPictures(session, args), {
    what: `nothing to change while both print ${args.join(' ')}`,
  });
  expect(without('us', ours, state)).toEqual(without('plugin', theirs, state));
  return theirs.join('\n');
}

/** `undefined` when the cluster changed in between. */
async function bothPictures(session: Session, args: readonly string[]) {
  const before = await plugin(session, ...args);
  const { out, err, code } = await cli(session, args);
  const after = await plugin(session, ...args);
  expect({ err, code }).toEqual({ err: before.stderr, code: before.code });
  const [theirs, again] = [comparable(before.stdout), comparable(after.stdout)];
  return theirs.join('\n') === again.join('\n') ? { theirs, ours: comparable(out) } : undefined;
}

function without(by: 'plugin' | 'us', lines: readonly string[], state: State | undefined): readonly string[] {
  const possible = DIFFERENCES.filter((one) => one.state === undefined || one.state === state);
  return lines.filter((line) => {
    const listed = possible.find((one) => one[by]?.test(line));
    if (listed !== undefined) seen.add(listed.what);
    return listed === undefined;
  });
}

/** Times as `TIME`; the columns as wide as they happen to be, because the times make them so. */
function comparable(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, branches = '', rest = ''] = /^([│├└─ ]*)(.*)$/u.exec(line) ?? [];
      const timeless = rest
        .replace(/delay:(?:\d+[dhms])+/, 'delay:TIME')
        .replaceAll(/ (?:\d+[dhmsy])+(?= |$)/g, ' TIME');
      return `${branches}${timeless.replaceAll(/ {2,}/g, '  ').trimEnd()}`;
    });
}
