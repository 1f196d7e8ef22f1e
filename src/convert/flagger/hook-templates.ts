/** AnalysisTemplates for the webhooks of Flagger, as in examples/analysis/gates.yaml. */
import { goDurationSeconds } from '../../kube/duration.ts';
import { decide, note, noted, sheetOf, type Comment, type DraftObject, type Sheet } from '../draft.ts';
import { hookTemplateName, plainName } from './names.ts';
import { intervalOf, tolerated, type FlaggerScene } from './scene.ts';
import type { FlaggerWebhook } from './schema.ts';

/** A template of its own, or one that several hooks share. */
export interface HookTemplate {
  readonly name: string;
  readonly sheet: Sheet;
  /** What the Rollout has to give it. */
  readonly args: readonly Argument[];
}

/** Of an analysis in the Rollout. */
export interface Argument extends DraftObject {
  readonly name: string;
}

/** A day and a year, in the ten seconds after which a measurement with an error is made again. */
const DAY = 8640;
const YEAR = 3_153_600;

const GATE_TIMEOUT_SECONDS = 5;
const FLAGGER_TIMEOUT_SECONDS = 10;

const ROLLOUT = { name: 'rollout', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
const NAMESPACE = { name: 'namespace', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };

/** Waits until the hook says yes. */
export function gate(hook: FlaggerWebhook, scene: FlaggerScene): HookTemplate {
  const { name, url, metadata, timeout, disableTLS } = hook;
  const limits = { count: 1, consecutiveErrorLimit: DAY };
  // A blue-green release has one analysis for all gates, in which an argument has one value.
  const isShared = scene.mode.kind !== 'blueGreen';
  if (isShared && metadata === undefined && timeout === undefined && disableTLS !== true) {
    const body = {
      name: '{{args.rollout}}',
      namespace: '{{args.namespace}}',
      phase: 'Progressing',
      metadata: { hook: '{{args.hook}}' },
    };
    const web = { method: 'POST', url: '{{args.url}}', timeoutSeconds: GATE_TIMEOUT_SECONDS, jsonBody: body };
    const metric = { name: 'gate', ...limits, provider: { web } };
    const args = ['url', 'hook', 'rollout', 'namespace'].map((one) => ({ name: one }));
    const sheet = templateSheet('gate', scene, { args, metrics: [metric] }, [note(GATE)]);
    return {
      name: 'gate',
      sheet,
      args: [{ name: 'url', value: url }, { name: 'hook', value: name }, ROLLOUT, NAMESPACE],
    };
  }
  return posted(hook, scene, { limits, comment: note(GATE) });
}

const GATE = 'Waits until the hook says yes (200 to 299), for a day at most. Then the release goes back.';

/** Called before any user reaches the canary: a command as a Job, anything else as a request. */
export function smokeTest(hook: FlaggerWebhook, scene: FlaggerScene): HookTemplate {
  const retries = Math.max(tolerated(scene.analysis), hook.retries ?? 0);
  const command = hook.metadata?.['cmd'];
  if (command !== undefined) return commandJob(hook, scene, { command, retries });
  const comment = note('Called until it says yes (200 to 299), as often as the threshold of the Canary allows.');
  return posted(hook, scene, { limits: { count: 1, consecutiveErrorLimit: retries }, comment });
}

/** Called again and again while the release runs. `count` is for an analysis that must end. */
export function loadTest(hook: FlaggerWebhook, scene: FlaggerScene, count: number | undefined): HookTemplate {
  const [, lasts] = /\s-z\s+(\S+)/.exec(hook.metadata?.['cmd'] ?? '') ?? [];
  const interval = lasts !== undefined && (goDurationSeconds(lasts) ?? 0) > 0 ? lasts : intervalOf(scene.analysis);
  const limits = { interval, count, consecutiveErrorLimit: tolerated(scene.analysis) };
  const comment = note(
    lasts === undefined
      ? 'Called at each interval of the Canary. Bad answers count in a row here.'
      : 'Called as often as its load ends (-z), not at each check. Bad answers count in a row here.',
  );
  return posted(hook, scene, { limits, comment });
}

/** Sends the release back when the hook says yes. */
export function rollbackHook(hook: FlaggerWebhook, scene: FlaggerScene): HookTemplate {
  const comment = note('A yes (200 to 299) sends the release back at once. While the hook says no, nothing happens.');
  return posted(hook, scene, { limits: { consecutiveErrorLimit: YEAR, failureCondition: 'true' }, comment });
}

/** Called when all requests reach the new version; its answer decides nothing. */
export function announcement(hook: FlaggerWebhook, scene: FlaggerScene): HookTemplate {
  const limits = { count: 1, consecutiveErrorLimit: hook.retries ?? 0 };
  const comment = decide(
    'Flagger calls it after the promotion and after a rollback. Here it is called when all requests reach the new ' +
      'version, a little early, and not after an abort. A program that watches events learns both.',
  );
  return posted(hook, scene, { limits, comment, phase: 'Succeeded', dryRun: true });
}

interface Posted {
  readonly limits: DraftObject;
  readonly comment: Comment;
  readonly phase?: string;
  readonly dryRun?: boolean;
}

function posted(
  hook: FlaggerWebhook,
  scene: FlaggerScene,
  { limits, comment, phase = 'Progressing', dryRun }: Posted,
): HookTemplate {
  const name = hookTemplateName(scene.name, hook.name);
  const jsonBody = { name: '{{args.rollout}}', namespace: '{{args.namespace}}', phase, metadata: hook.metadata };
  const web = {
    method: 'POST',
    url: hook.url,
    timeoutSeconds: timeoutOf(hook),
    insecure: hook.disableTLS === true ? true : undefined,
    jsonBody,
  };
  const spec = {
    args: [{ name: 'rollout' }, { name: 'namespace' }],
    dryRun: dryRun === true ? [{ metricName: `^${name}$` }] : undefined,
    metrics: [{ name, ...limits, provider: { web } }],
  };
  return { name, sheet: templateSheet(name, scene, spec, [comment]), args: [ROLLOUT, NAMESPACE] };
}

const IMAGE = 'curlimages/curl:8.16.0';

function commandJob(
  hook: FlaggerWebhook,
  scene: FlaggerScene,
  { command, retries }: { readonly command: string; readonly retries: number },
): HookTemplate {
  const name = hookTemplateName(scene.name, hook.name);
  const container = {
    name: plainName(hook.name),
    image: noted(
      IMAGE,
      decide('The command ran in the load tester of Flagger. Choose an image that has its programs.'),
    ),
    command: ['sh', '-c', command],
  };
  const job = {
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: timeoutOf(hook),
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    },
  };
  const limits = {
    count: retries + 1,
    interval: intervalOf(scene.analysis),
    failureLimit: retries,
    consecutiveSuccessLimit: 1,
  };
  const others = Object.keys(hook.metadata ?? {}).filter((key) => key !== 'cmd' && key !== 'type');
  const comments = [
    decide(
      'A Job asks the canary before any user does. Grant the controller that right: deploy/components/analysis-jobs.',
    ),
    note(`The Job takes the place of ${hook.url}.`),
    ...others.map((key) => note(`metadata.${key} is for the load tester of Flagger.`)),
  ];
  const sheet = templateSheet(name, scene, { metrics: [{ name, ...limits, provider: { job } }] }, comments);
  return { name, sheet, args: [] };
}

export function templateSheet(
  name: string,
  { namespace }: Pick<FlaggerScene, 'namespace'>,
  spec: DraftObject,
  comments: readonly Comment[],
): Sheet {
  const metadata = { name, namespace };
  return sheetOf(noted({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata, spec }, ...comments));
}

function timeoutOf({ timeout = '' }: FlaggerWebhook): number {
  const seconds = goDurationSeconds(timeout) ?? 0;
  return seconds > 0 ? Math.ceil(seconds) : FLAGGER_TIMEOUT_SECONDS;
}
