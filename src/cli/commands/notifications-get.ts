/** `notifications template get` and `notifications trigger get`. */
import type { JsonObject } from '../../kube/json.ts';
import type { TriggerCondition } from '../../notifications/configuration.ts';
import { command, type Call } from '../command.ts';
import { NOTIFICATION_OPTIONS } from '../notification-options.ts';
import { onOneLine, plainTable } from '../print/table.ts';

const OPTIONS = {
  ...NOTIFICATION_OPTIONS,
  output: {
    kind: 'text',
    letter: 'o',
    default: 'wide',
    choices: ['wide', 'name', 'json', 'yaml'],
    help: 'wide: a table; name: names only; json and yaml: as they are configured.',
  },
} as const;

const LONGEST_PREVIEW = 100;

export const getTemplates = command({
  path: ['notifications', 'template', 'get'],
  summary: 'Show the templates of notifications, or one of them',
  args: ['[NAME]'],
  names: 'templates',
  options: OPTIONS,
  examples: ['notifications template get', 'notifications template get rollout-paused -o yaml'],
  run: async (call) => {
    const { configurationOf, named } = await import('../notification-input.ts');
    const { templates } = await configurationOf(call);
    const [name] = call.args;
    const found = name === undefined ? templates : new Map([[name, named(templates, 'template', name)]]);
    await show(call, found, [['NAME', 'PREVIEW'], (name, template) => [[name, previewOf(template)]]]);
  },
});

export const getTriggers = command({
  path: ['notifications', 'trigger', 'get'],
  summary: 'Show the triggers of notifications, or one of them',
  args: ['[NAME]'],
  names: 'triggers',
  options: OPTIONS,
  examples: ['notifications trigger get', 'notifications trigger get on-rollout-paused -o yaml'],
  run: async (call) => {
    const { configurationOf, named } = await import('../notification-input.ts');
    const { triggers } = await configurationOf(call);
    const [name] = call.args;
    const found = name === undefined ? triggers : new Map([[name, named(triggers, 'trigger', name)]]);
    await show(call, found, [['NAME', 'TEMPLATE', 'CONDITION'], rowsOf]);
  },
});

type Table<T> = readonly [head: readonly string[], rows: (name: string, one: T) => readonly (readonly string[])[]];

async function show<T>(
  { options, terminal }: Pick<Call<typeof OPTIONS>, 'options' | 'terminal'>,
  found: ReadonlyMap<string, T>,
  [head, rows]: Table<T>,
): Promise<void> {
  const object = Object.fromEntries(found);
  switch (options.output) {
    case 'json':
      terminal.print(JSON.stringify(object, null, 2));
      break;
    case 'yaml': {
      const { stringify } = await import('yaml');
      terminal.print(stringify(object, { lineWidth: 0 }).trimEnd());
      break;
    }
    case 'name':
      for (const name of found.keys()) terminal.print(name);
      break;
    default:
      if (found.size === 0) terminal.note('No resources found.');
      else {
        const lines = plainTable([head, ...[...found].flatMap(([name, one]) => rows(name, one))]);
        for (const line of lines) terminal.print(line.trimEnd());
      }
  }
}

/** One row for each condition, the first one with the name. */
function rowsOf(name: string, conditions: readonly TriggerCondition[]): readonly (readonly string[])[] {
  return conditions.map(({ send = [], when = '' }, index) => [
    index === 0 ? name : '',
    send.join(', '),
    onOneLine(when),
  ]);
}

/** The first line of the message; without one, the blocks of the services. */
function previewOf(template: JsonObject): string {
  const message = template['message'];
  const text = typeof message === 'string' && message !== '' ? message : JSON.stringify(template);
  const [line = ''] = text.split('\n');
  return line.length > LONGEST_PREVIEW ? `${line.slice(0, LONGEST_PREVIEW - 1)}...` : line;
}
