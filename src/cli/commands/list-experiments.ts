/** `list experiments`. */
import type { ExperimentView } from '../../core/view/experiment.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import { command } from '../command.ts';
import { ageText, spanText } from '../../core/view/age.ts';
import { plainTable } from '../print/table.ts';

export const listExperiments = command({
  path: ['list', 'experiments'],
  aliases: ['exp', 'experiment'],
  summary: 'List experiments',
  args: [],
  options: {
    'all-namespaces': { kind: 'switch', letter: 'A', help: 'Show the experiments of all namespaces.' },
  },
  run: async ({ options, terminal, cluster }) => {
    const { client, namespace } = await cluster();
    const [{ readList }, { experimentView }, { parseExperiment }, { NOTHING_AROUND }] = await Promise.all([
      import('../../clients/read-lists.ts'),
      import('../../core/view/experiment.ts'),
      import('../../api/schema/experiment.ts'),
      import('../../core/view/surroundings.ts'),
    ]);
    const everywhere = options['all-namespaces'];
    const objects = await readList(client, { resource: EXPERIMENTS, ...(everywhere ? {} : { namespace }) });
    const views = objects.flatMap((object) => {
      const parsed = parseExperiment(object);
      if ('experiment' in parsed) return [experimentView(parsed.experiment, NOTHING_AROUND)];
      terminal.note(`Note: experiment '${object.metadata.name}' cannot be read: ${parsed.problem}`);
      return [];
    });
    if (views.length === 0) {
      terminal.note('No resources found.');
      return;
    }
    const rows = views.map((one) => [...(everywhere ? [one.namespace] : []), ...rowOf(one, terminal.now())]);
    for (const text of plainTable([[...(everywhere ? ['NAMESPACE'] : []), ...HEAD], ...rows])) terminal.print(text);
  },
});

const HEAD = ['NAME', 'STATUS', 'DURATION', 'REMAINING', 'AGE'];

function rowOf({ name, phase, durationSeconds, endsAt, createdAt }: ExperimentView, now: number): readonly string[] {
  return [
    name,
    phase === '' ? '-' : phase,
    durationSeconds === null ? '-' : spanText(durationSeconds * 1000),
    endsAt === null || phase !== 'Running' ? '-' : spanText(endsAt - now),
    ageText(createdAt, now),
  ];
}
