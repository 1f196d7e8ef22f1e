/** `plan`. */
import type { KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../planning/model/store.ts';
import type { ReleasePlan } from '../../planning/release.ts';
import type { NewImage } from '../../core/view/set-image.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';

const OPTIONS = {
  filename: {
    kind: 'list',
    isPath: true,
    letter: 'f',
    help: 'File or folder with what is to be applied; - is stdin. May be repeated.',
  },
  image: { kind: 'list', help: 'container=image: a new image; * is every container. May be repeated.' },
  'to-revision': { kind: 'text', help: 'Plan the way back to this revision. 0: the one before the present one.' },
  offline: { kind: 'switch', help: 'Read no cluster: the files are all there is.' },
  from: {
    kind: 'list',
    help: 'With --offline: file or folder with what runs before the release. May be repeated.',
  },
  'pod-start': {
    kind: 'duration',
    help: 'The longest time until a pod is ready, for the latest times. 0: as long as progressDeadlineSeconds allows.',
  },
  output: {
    kind: 'text',
    letter: 'o',
    choices: ['json', 'markdown'],
    help: 'json: everything that is known. markdown: for a pull request.',
  },
} as const;

type PlanCall = Call<typeof OPTIONS>;

export const plan = command({
  path: ['plan'],
  summary: 'Show what a release will do before it does it',
  args: ['[NAME]'],
  names: 'rollouts',
  options: OPTIONS,
  examples: [
    'plan -f rollout.yaml',
    'plan web --image web=registry/web:2',
    'plan web --to-revision 3',
    'plan -f new.yaml --offline --from old/ -o markdown',
  ],
  run,
});

interface Sources {
  readonly manifests: readonly KubeObject[];
  readonly base: readonly KubeObject[];
  readonly images: readonly NewImage[];
}

async function run(call: PlanCall): Promise<void> {
  const { options, terminal } = call;
  const images = options.image.map(imageOf);
  checkOptions(call);
  const { readManifestSet } = await import('../manifest-set.ts');
  const [manifests, from] = await Promise.all([
    readManifestSet(options.filename, terminal),
    readManifestSet(options.from, terminal),
  ]);
  // Without anything that runs before, a new image is released on what the files describe.
  const isBase = options.offline && from.length === 0 && images.length > 0;
  const sources = isBase ? { manifests: [], base: manifests, images } : { manifests, base: from, images };
  const plans = await plansOf(call, sources, [...manifests, ...from]);
  await print(plans, call);
  // What is wrong has been printed.
  if (plans.some(({ ending }) => ending === 'invalid')) throw new CommandError('');
}

function checkOptions({ args, options }: PlanCall): void {
  const { filename, image, offline, from, 'to-revision': toRevision } = options;
  if (args[0] === undefined && filename.length === 0)
    throw new UsageError('plan needs the name of a rollout, or files with -f');
  if (offline && filename.length === 0) throw new UsageError('--offline needs files with -f');
  if (!offline && from.length > 0) throw new UsageError('--from goes with --offline: a cluster says what runs');
  if (toRevision === '') return;
  if (!/^\d+$/.test(toRevision)) throw new UsageError('--to-revision must be a whole number');
  if (offline || filename.length > 0 || image.length > 0)
    throw new UsageError('--to-revision excludes --offline, --filename and --image');
}

function imageOf(text: string): NewImage {
  const equals = text.indexOf('=');
  if (equals < 1 || equals === text.length - 1)
    throw new UsageError(`--image must be container=image, not ${JSON.stringify(text)}`);
  return { container: text.slice(0, equals), image: text.slice(equals + 1) };
}

async function plansOf(
  call: PlanCall,
  { manifests, base, images }: Sources,
  all: readonly KubeObject[],
): Promise<readonly ReleasePlan[]> {
  const { args, options, terminal } = call;
  const { planRelease } = await import('../../planning/release.ts');
  const { rolloutNames } = await import('../../planning/scene.ts');
  const names = args[0] === undefined ? [...new Set(rolloutNames(all))] : [args[0]];
  if (names.length === 0) throw new CommandError('there is no rollout in the files');
  const longestStartMs = options['pod-start'] === 0 ? null : options['pod-start'];
  const now = Math.ceil(terminal.now() / 1000) * 1000;
  const plans: ReleasePlan[] = [];
  for (const name of names) {
    const named = all.find((one) => one.kind === 'Rollout' && one.metadata.name === name);
    const { scene, namespace, template } = await sceneOf(call, { name, named, now });
    const planned = planRelease({
      namespace,
      name,
      scene,
      base,
      changes: manifests,
      images,
      template,
      longestStartMs,
    });
    if ('problem' in planned) throw new CommandError(planned.problem);
    plans.push(planned);
  }
  return plans;
}

interface Wanted {
  readonly name: string;
  /** As the files have it. */
  readonly named: KubeObject | undefined;
  readonly now: number;
}

async function sceneOf({ options, global, terminal, cluster }: PlanCall, { name, named, now }: Wanted) {
  const ofFile = named?.metadata.namespace;
  if (options.offline) {
    const { Store: Empty } = await import('../../planning/model/store.ts');
    const namespace = (global.namespace || ofFile) ?? 'default';
    return { scene: new Empty(now), namespace, template: null };
  }
  const connected = await cluster();
  const namespace = ofFile ?? connected.namespace;
  const [{ readObserved }, { observedScene }] = await Promise.all([
    import('../../clients/read-scene.ts'),
    import('../../planning/scene.ts'),
  ]);
  const observed = await readObserved(connected.client, { namespace, name, named }, terminal.note);
  const scene = observedScene(observed, name, now);
  return { scene, namespace, template: await earlierTemplate(scene, name, options['to-revision']) };
}

/** `null` where no way back was asked for. */
async function earlierTemplate(scene: Store, name: string, toRevision: string) {
  if (toRevision === '') return null;
  const { templateOfRevision } = await import('../../planning/earlier-template.ts');
  const found = templateOfRevision(scene, name, Number(toRevision));
  if ('problem' in found) throw new CommandError(found.problem);
  return found.template;
}

async function print(plans: readonly ReleasePlan[], { options, terminal }: PlanCall): Promise<void> {
  if (options.output === 'json') {
    terminal.print(JSON.stringify(plans, null, 2));
    return;
  }
  if (options.output === 'markdown') {
    const { planMarkdown } = await import('../print/plan-markdown.ts');
    terminal.print(plans.map(planMarkdown).join('\n\n'));
    return;
  }
  const { planLines } = await import('../print/plan.ts');
  terminal.print(plans.map((one) => planLines(one).join('\n')).join('\n\n'));
}
