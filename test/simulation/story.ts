/**
 * The log of a history in prose: who did what, when, and why. Revisions are called by the images that
 * they run, so that a person can follow them.
 */
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { LABELS } from '../../src/api/words/labels.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { Trial } from '../../src/core/analysis/run-history.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { ReplicaSet, Service } from '../../src/kube/objects.ts';
import type { EventNote } from '../../src/kube/plan.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, PODS, REPLICA_SETS } from '../../src/kube/resources.ts';
import type { Agenda } from './agenda.ts';
import { hashOf, imageOf, isLeaving, type Pod } from './cluster/pod.ts';
import { canaryRuleOf } from './cluster/proxy.ts';
import type { Change, Store } from './cluster/store.ts';
import type { Fault } from './controller/faults.ts';
import type { MadeWrite } from './controller/process.ts';

export interface Story {
  tell(who: string, text: string): void;
  wrote(made: MadeWrite): void;
  noted(event: EventNote): void;
  failed(fault: Fault, made: string): void;
}

export const UNTOLD: Story = { tell: () => {}, wrote: () => {}, noted: () => {}, failed: () => {} };

export class ToldStory implements Story {
  readonly #agenda: Agenda;
  readonly #lines: string[] = [];
  readonly #images = new Map<string, string>();

  constructor(agenda: Agenda, store: Store) {
    this.#agenda = agenda;
    store.onChange((change) => this.#onChange(change));
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  tell(who: string, text: string): void {
    const seconds = (this.#agenda.now / 1000).toFixed(3).padStart(9);
    this.#lines.push(`${seconds}  ${who.padEnd(11)}  ${this.#withImages(text)}`);
  }

  failed(fault: Fault, write: string): void {
    this.tell('fault', `${fault} at the write: ${write}`);
  }

  wrote({ write, answer, before, author }: MadeWrite): void {
    const name = `${write.resource.kind} ${write.name}`;
    if (answer.outcome !== 'made') {
      this.tell(author, `is refused (${answer.outcome}): ${write.op} ${name}, ${write.why}`);
      return;
    }
    const what = answer.changed ? changeText(before, answer.object) : ': nothing changes';
    this.tell(author, `${write.op} ${name}${what} (${write.why})`);
  }

  noted({ type, reason, message }: EventNote): void {
    this.tell('', `${type === 'Warning' ? '!' : '·'} ${reason}: ${message}`);
  }

  #onChange({ plural, before, after, name, author }: Change): void {
    if (plural === REPLICA_SETS.plural && after !== undefined) {
      this.#images.set(hashOf(after), imageOf(after as ReplicaSet).replace('web:', 'v'));
      const [old, present] = [(before as ReplicaSet | undefined)?.status, (after as ReplicaSet).status];
      if (author === 'kubernetes' && (old?.availableReplicas ?? 0) !== (present?.availableReplicas ?? 0)) {
        this.tell('kubernetes', `${name} reports ${present?.availableReplicas ?? 0} available pods`);
      }
    }
    if (plural === ANALYSIS_RUNS.plural || plural === EXPERIMENTS.plural)
      this.#tellTrial(before as Trial | undefined, after as Trial | undefined);
    if (plural === PODS.plural) this.#tellPod(name, before as Pod | undefined, after as Pod | undefined);
  }

  #tellPod(name: string, before: Pod | undefined, after: Pod | undefined): void {
    if (after === undefined || before === undefined) return;
    if (isLeaving(after) && !isLeaving(before)) this.tell('kubernetes', `pod ${name} is told to leave`);
    else if (after.status.ready !== before.status.ready) {
      this.tell('kubernetes', `pod ${name} is ${after.status.ready ? 'ready' : 'not ready any more'}`);
    }
  }

  #tellTrial(before: Trial | undefined, after: Trial | undefined): void {
    const phase = after?.status?.phase;
    if (phase !== undefined && phase !== before?.status?.phase)
      this.tell('kubernetes', `${after?.metadata.name} is ${phase}`);
  }

  #withImages(text: string): string {
    let result = text;
    for (const [hash, image] of this.#images) result = result.replaceAll(hash, image);
    return result;
  }
}

/** What a write changed, as far as people want to know it. */
function changeText(before: MadeWrite['before'], after: MadeWrite['before']): string {
  if (after === undefined) return '';
  const facts = describe(after);
  const former = before === undefined ? new Map<string, string>() : describe(before);
  const changes = [...facts].filter(([key, value]) => former.get(key) !== value);
  const gone = [...former.keys()].filter((key) => !facts.has(key));
  const texts = [
    ...changes.map(([key, value]) => (former.has(key) ? `${key} ${former.get(key)} → ${value}` : `${key} ${value}`)),
    ...gone.map((key) => `no ${key}`),
  ];
  return texts.length === 0 ? '' : `: ${texts.join(', ')}`;
}

function describe(object: NonNullable<MadeWrite['before']>): Map<string, string> {
  const facts = new Map<string, string>();
  const { spec } = object as unknown as { spec?: JsonObject };
  const deadline = object.metadata.annotations?.['scale-down-deadline'];
  if (deadline !== undefined) facts.set('deadline', deadline.slice(11, 19));
  const rule = object.metadata.annotations === undefined ? null : canaryRuleOf(object);
  if (rule !== null) {
    facts.set('weight', String(rule.weight));
    if (rule.hasHeader) facts.set('header', 'on');
  }
  const selector = (object as Service).spec?.selector;
  const selected = selector?.[LABELS.podTemplateHash];
  if (selected !== undefined) facts.set('selects', selected);
  if (typeof spec?.['replicas'] === 'number' && !('strategy' in spec)) facts.set('size', String(spec['replicas']));
  for (const [key, value] of statusFacts((object as Rollout).status ?? {})) facts.set(key, value);
  return facts;
}

function statusFacts(status: RolloutStatus): [string, string][] {
  const facts: [string, string | undefined][] = [
    ['stable', status.stableRS],
    ['step', status.currentStepIndex === undefined ? undefined : String(status.currentStepIndex)],
    ['paused', (status.pauseConditions ?? []).length > 0 ? 'yes' : undefined],
    ['step run', status.canary?.currentStepAnalysisRunStatus?.name],
    ['background run', status.canary?.currentBackgroundAnalysisRunStatus?.name],
    ['experiment', status.canary?.currentExperiment],
    ['aborted', status.abort === true ? 'yes' : undefined],
    ['phase', status.phase],
    ['message', status.message === '' ? undefined : status.message],
    ['blocked', status.conditions?.find((one) => one.type === 'Blocked')?.message],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
}
