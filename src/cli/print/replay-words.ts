/** What a replay tells, in words. */
import type { FieldChange } from '../../kube/field-changes.ts';
import type { Json } from '../../kube/json.ts';
import type { DecidedWrite } from '../../recording/decided-writes.ts';
import type { EndReason } from '../../recording/format.ts';
import type { ObservedChange } from '../../recording/observed-changes.ts';

/** What says nothing beside the rest: conditions are told as what is waited for. */
const NOISE: readonly RegExp[] = [
  /^status\.conditions\b/,
  /^status\.(?:observedGeneration|workloadObservedGeneration|HPAReplicas|selector|controllerPause)$/,
  /^status\.(?:duration|canary\.weights|canary\.pausedStepIndex|metricResults)\b/,
  // Of a ReplicaSet.
  /^status\.(?:fullyLabeledReplicas|terminatingReplicas)$/,
  /^metadata\.annotations\[(?:kubectl\.kubernetes\.io\/|rollout\.argoproj\.io\/desired-replicas)/,
  // Of a workload.
  /^generation$/,
];

/** The most telling first, which is the order in which they are told; other fields follow by their names. */
const WORDS: readonly (readonly [field: RegExp, words: string])[] = [
  [/^status\.phase$/, 'phase'],
  [/^status\.message$/, 'message'],
  [/^status\.currentStepIndex$/, 'step index'],
  [/^status\.stableRS$/, 'stable revision'],
  [/^status\.currentPodHash$/, 'present revision'],
  [/^metadata\.annotations\[[^\]]*\/canary-weight\]$/, 'weight'],
  [/^metadata\.annotations\[rollout\.argoproj\.io\/revision\]$/, 'revision'],
  [/^metadata\.annotations\.scale-down-deadline$/, 'pods leave at'],
  [/^spec\.selector\.rollouts-pod-template-hash$/, 'selects revision'],
  [/^spec\.replicas$/, 'size'],
  [/^status\.replicas$/, 'pods'],
  [/^status\.updatedReplicas$/, 'pods of the present revision'],
  [/^status\.readyReplicas$/, 'ready pods'],
  [/^status\.availableReplicas$/, 'available pods'],
];

/** A line for each object; none for a change that is only noise. */
export function changeTexts(changes: readonly ObservedChange[]): readonly string[] {
  return changes.flatMap(({ kind, name, act, changes: fields }) => {
    if (act !== 'changed') return [`${kind} ${name} ${act === 'gone' ? 'is gone' : 'has appeared'}`];
    const texts = fieldTexts(fields);
    return texts.length === 0 ? [] : [`${kind} ${name}: ${texts.join('; ')}`];
  });
}

const ACTS: Readonly<Record<DecidedWrite['act'], string>> = {
  create: 'create',
  change: 'write',
  delete: 'delete',
  evict: 'evict',
};

export function writeText({ act, kind, name, why, changes }: DecidedWrite): string {
  const texts = fieldTexts(changes);
  return `${ACTS[act]} ${kind} ${name} (${why})${texts.length === 0 ? '' : `: ${texts.join('; ')}`}`;
}

function fieldTexts(changes: readonly FieldChange[]): readonly string[] {
  return changes
    .filter(({ field }) => !NOISE.some((one) => one.test(field)))
    .toSorted((a, b) => rankOf(a.field) - rankOf(b.field))
    .map(({ field, from, to }) => `${fieldWords(field)} ${valueText(from)} → ${valueText(to)}`);
}

function rankOf(field: string): number {
  const rank = WORDS.findIndex(([pattern]) => pattern.test(field));
  return rank === -1 ? WORDS.length : rank;
}

function fieldWords(field: string): string {
  const known = WORDS.find(([pattern]) => pattern.test(field));
  return known === undefined ? field : field.replace(known[0], known[1]);
}

const LONGEST = 80;

function valueText(value: Json): string {
  if (value === null || value === '') return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

export const ENDS: Readonly<Record<EndReason, string>> = {
  interrupted: 'a person ended it',
  time: 'its time was over',
  done: 'the rollout was over',
  deleted: 'the rollout was deleted',
  size: 'the file had reached its largest size, so that what came later is not in it',
  entries: 'it had reached the largest number of looks, so that what came later is not in it',
  failed: 'the recorder failed',
};
