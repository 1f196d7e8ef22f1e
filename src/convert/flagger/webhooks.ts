/** The webhooks of a Canary, by their place in the release. */
import { decide, type Comment, type DraftObject, type Sheet } from '../draft.ts';
import { announcement, gate, loadTest, rollbackHook, smokeTest, type HookTemplate } from './hook-templates.ts';
import type { FlaggerScene } from './scene.ts';
import type { FlaggerWebhook } from './schema.ts';

type Hook = NonNullable<FlaggerWebhook['type']>;
type Places = Readonly<Record<Exclude<Hook, 'event'>, readonly HookTemplate[]>>;

export interface Webhooks extends Places {
  readonly sheets: readonly Sheet[];
  /** For the whole Rollout. */
  readonly comments: readonly Comment[];
}

export function webhooksOf(scene: FlaggerScene): Webhooks {
  const { analysis, path, refusals, mode } = scene;
  const hooks = analysis.webhooks ?? [];
  for (const [index, hook] of hooks.entries()) {
    const problem = problemOf(hook, scene);
    if (problem !== null) refusals.add(`${path}.webhooks[${index}]`, problem);
  }
  const of = (type: Hook) => hooks.filter(({ type: own = 'rollout' }) => own === type);
  const count = mode.kind === 'blueGreen' ? mode.iterations : undefined;
  const places: Places = {
    'confirm-rollout': of('confirm-rollout').map((hook) => gate(hook, scene)),
    'pre-rollout': of('pre-rollout').map((hook) => smokeTest(hook, scene)),
    rollout: of('rollout').map((hook) => loadTest(hook, scene, count)),
    'confirm-traffic-increase': of('confirm-traffic-increase').map((hook) => gate(hook, scene)),
    'confirm-promotion': of('confirm-promotion').map((hook) => gate(hook, scene)),
    'post-rollout': of('post-rollout').map((hook) => announcement(hook, scene)),
    rollback: of('rollback').map((hook) => rollbackHook(hook, scene)),
  };
  return {
    ...places,
    sheets: Object.values(places).flatMap((templates) => templates.map(({ sheet }) => sheet)),
    comments: of('event').map(({ name, url }) =>
      decide(
        `webhook ${name}: events are not sent to ${url}. A program that watches events learns the same (docs/reference/events.md).`,
      ),
    ),
  };
}

function problemOf({ type, metadata = {}, url }: FlaggerWebhook, { mode }: FlaggerScene): string | null {
  if ([url, ...Object.values(metadata)].some((text) => text.includes('{{'))) {
    return 'double braces are arguments in an AnalysisTemplate, so the text cannot be carried over';
  }
  return type === 'rollback' && mode.kind === 'blueGreen'
    ? 'in a blue-green release nothing can be measured without an end: abort it with the command "abort NAME"'
    : null;
}

/** An `analysis` of one hook. */
export function analysisOf({ name, args }: HookTemplate): DraftObject {
  return { templates: [{ templateName: name }], args: args.length === 0 ? undefined : args };
}
