/** `create analysisrun`. */
import type { AnalysisTemplate } from '../../api/schema/analysis-template.ts';
import type { AnalysisArgument } from '../../api/schema/metric.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { TemplateName } from '../../core/analysis/flatten.ts';
import type { JsonObject } from '../../kube/json.ts';
import { ANALYSIS_RUNS, apiVersionOf } from '../../kube/resources.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { createObject } from './create.ts';

const OPTIONS = {
  from: { kind: 'text', help: 'Name of the AnalysisTemplate to measure by.' },
  'from-file': { kind: 'text', isPath: true, help: 'File with the template instead; - is stdin.' },
  global: { kind: 'switch', help: '--from names a ClusterAnalysisTemplate.' },
  name: { kind: 'text', help: 'Name of the run.' },
  'generate-name': { kind: 'text', help: 'Beginning of its name; by default the name of the template and a dash.' },
  'instance-id': { kind: 'text', help: 'Instance of the controller that is to run it.' },
  argument: { kind: 'list', letter: 'a', help: 'Value of an argument, NAME=VALUE. May be repeated.' },
} as const;

export const createAnalysisRun = command({
  path: ['create', 'analysisrun'],
  aliases: ['ar'],
  summary: 'Start an analysis run from a template',
  args: [],
  options: OPTIONS,
  examples: ['create analysisrun --from success-rate -a service=web'],
  run,
});

async function run(call: Call<typeof OPTIONS>): Promise<void> {
  const { options, terminal, cluster } = call;
  if ((options.from === '') === (options['from-file'] === ''))
    throw new UsageError('exactly one of --from and --from-file must be given');
  const [{ flattenTemplates }, { readTemplates }] = await Promise.all([
    import('../../core/analysis/flatten.ts'),
    import('../analysis-templates.ts'),
  ]);
  const given = options['from-file'] === '' ? null : await templateIn(call);
  const root: TemplateName = given?.name ?? { kind: kindOf(options.global), name: options.from };
  const connected = await cluster();
  const find = await readTemplates(connected, root, given?.template ?? null);
  const clusterScope = root.kind === 'ClusterAnalysisTemplate';
  const flat = flattenTemplates({ templates: [{ templateName: root.name, clusterScope }] }, find);
  if ('problem' in flat) throw new CommandError(flat.problem);
  const found = find(root);
  const labels = found !== null && 'template' in found ? found.template.metadata.labels : undefined;
  const { metrics, dryRun, measurementRetention } = flat;
  const args = await argumentsOf(flat.args, options.argument);
  const instanceId = options['instance-id'];
  const created = await createObject(connected, ANALYSIS_RUNS, {
    apiVersion: apiVersionOf(ANALYSIS_RUNS),
    kind: ANALYSIS_RUNS.kind,
    metadata: {
      ...nameOf(options, root.name),
      ...(instanceId === ''
        ? labels === undefined
          ? {}
          : { labels }
        : { labels: { [LABELS.instanceId]: instanceId } }),
    },
    spec: { metrics, args, dryRun, measurementRetention } as unknown as JsonObject,
  });
  terminal.print(`analysisrun.argoproj.io/${created.name} created`);
}

function kindOf(isGlobal: boolean): TemplateName['kind'] {
  return isGlobal ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
}

function nameOf(options: Call<typeof OPTIONS>['options'], template: string): JsonObject {
  if (options.name !== '') return { name: options.name };
  return { generateName: options['generate-name'] || `${template}-` };
}

async function templateIn({
  options,
  terminal,
}: Call<typeof OPTIONS>): Promise<{ readonly name: TemplateName; readonly template: AnalysisTemplate }> {
  const file = options['from-file'];
  const [{ readManifests }, { parseAnalysisTemplate }] = await Promise.all([
    import('../manifests.ts'),
    import('../../api/schema/analysis-template.ts'),
  ]);
  const [manifest, ...more] = await readManifests(file, terminal);
  const kind = manifest?.kind;
  if (manifest === undefined || more.length > 0 || (kind !== 'AnalysisTemplate' && kind !== 'ClusterAnalysisTemplate'))
    throw new CommandError(`${file}: expected one AnalysisTemplate or ClusterAnalysisTemplate`);
  // Only stored objects have these.
  const metadata = { ...manifest.metadata, uid: '', resourceVersion: '' };
  const parsed = parseAnalysisTemplate({ ...manifest, metadata });
  if ('problem' in parsed) throw new CommandError(`${file}: ${parsed.problem}`);
  return { name: { kind, name: parsed.template.metadata.name }, template: parsed.template };
}

/** A template that declares no arguments takes whatever is given. */
async function argumentsOf(
  declared: readonly AnalysisArgument[],
  given: readonly string[],
): Promise<readonly AnalysisArgument[]> {
  const values = given.map((text) => {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new UsageError(`expected NAME=VALUE, not ${JSON.stringify(text)}`);
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  if (declared.length === 0) return values;
  const { mergeArguments } = await import('../../core/analysis/arguments.ts');
  const merged = mergeArguments(declared, values, null);
  if ('problem' in merged) throw new CommandError(merged.problem);
  return merged.args;
}
