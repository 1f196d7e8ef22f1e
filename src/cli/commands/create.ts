/** `create`. */
import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  apiVersionOf,
  CLUSTER_ANALYSIS_TEMPLATES,
  EXPERIMENTS,
  ROLLOUTS,
  type Resource,
} from '../../kube/resources.ts';
import type { Cluster } from '../../clients/cluster.ts';
import { command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Manifest } from '../manifests.ts';
import { watch as watchExperiment } from './get-experiment.ts';
import { watch as watchRollout } from './get-rollout.ts';

const KINDS: readonly Resource[] = [
  ROLLOUTS,
  EXPERIMENTS,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  ANALYSIS_RUNS,
];

export const create = command({
  path: ['create'],
  summary: 'Create rollouts, experiments, analysis templates and analysis runs from files',
  args: [],
  options: {
    filename: { kind: 'list', letter: 'f', isPath: true, help: 'File with manifests; - is stdin. May be repeated.' },
    watch: { kind: 'switch', letter: 'w', help: 'Show the rollout or experiment until you press Ctrl-C.' },
    'no-color': { kind: 'switch', help: 'With --watch: no colours.' },
  },
  examples: ['create -f experiment.yaml --watch'],
  run: async ({ options, terminal, cluster }) => {
    if (options.filename.length === 0) throw new UsageError('--filename must name a file');
    const { readManifests } = await import('../manifests.ts');
    const manifests = (await Promise.all(options.filename.map((file) => readManifests(file, terminal)))).flat();
    const objects = manifests.map((manifest) => ({ manifest, resource: resourceOf(manifest) }));
    const watchable = objects.filter(({ resource }) => resource === ROLLOUTS || resource === EXPERIMENTS);
    if (options.watch && watchable.length !== 1)
      throw new UsageError('--watch needs exactly one rollout or experiment in the files');
    const connected = await cluster();
    let watched: Created | null = null;
    for (const { manifest, resource } of objects) {
      const created = await createObject(connected, resource, manifest);
      terminal.print(`${resource.kind.toLowerCase()}.${resource.group}/${created.name} created`);
      if (watchable[0]?.manifest === manifest) watched = created;
    }
    if (!options.watch || watched === null) return;
    const { name, namespace } = watched;
    const picture = { watch: true, output: '', 'no-color': options['no-color'] };
    const there = {
      args: [name],
      options: picture,
      terminal,
      cluster: async () => ({ ...(await cluster()), namespace }),
    };
    await (watchable[0]?.resource === ROLLOUTS ? watchRollout(there, 0) : watchExperiment(there));
  },
});

interface Created {
  readonly name: string;
  readonly namespace: string;
}

function resourceOf({ apiVersion, kind }: Manifest): Resource {
  const found = KINDS.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  if (found !== undefined) return found;
  throw new CommandError(`${apiVersion} ${kind} cannot be created: only ${KINDS.map((one) => one.kind).join(', ')}`);
}

/** The API server refuses a field that it does not know. */
export async function createObject(
  { client, namespace: chosen }: Cluster,
  resource: Resource,
  manifest: Manifest,
): Promise<Created> {
  const namespace = text(manifest.metadata['namespace']) || chosen;
  const scope = resource === CLUSTER_ANALYSIS_TEMPLATES ? {} : { namespace };
  const name = text(manifest.metadata['name']) || text(manifest.metadata['generateName']);
  const created = await client.create(resource, { ...scope, name }, manifest, { fieldValidation: 'Strict' });
  return { name: created.metadata.name, namespace };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
