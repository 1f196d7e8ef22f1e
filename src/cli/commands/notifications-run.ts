/** `notifications trigger run`. */
import { command, type Call } from '../command.ts';
import { NOTIFICATION_OPTIONS } from '../notification-options.ts';
import { onOneLine, plainTable } from '../print/table.ts';

export const runTrigger = command({
  path: ['notifications', 'trigger', 'run'],
  summary: 'Evaluate the conditions of a trigger for a rollout',
  args: ['TRIGGER', 'ROLLOUT|FILE'],
  names: ['triggers', 'rollouts'],
  options: NOTIFICATION_OPTIONS,
  examples: [
    'notifications trigger run on-rollout-paused web',
    'notifications trigger run on-rollout-paused rollout.yaml --config-map config.yaml',
  ],
  run,
});

async function run(call: Call<typeof NOTIFICATION_OPTIONS>): Promise<void> {
  const { args, terminal } = call;
  const [name = '', resource = ''] = args;
  const { configurationOf, named, secretsOf } = await import('../notification-input.ts');
  const { triggers } = await configurationOf(call);
  const conditions = named(triggers, 'trigger', name);
  const [{ readSubject }, { variablesOf }, { conditionResult }, { withoutSecrets }] = await Promise.all([
    import('../notification-subject.ts'),
    import('../../notifications/variables.ts'),
    import('../../notifications/conditions.ts'),
    import('../hidden-secrets.ts'),
  ]);
  const needsSecrets = conditions.some(({ when = '' }) => when.includes('secrets') || when.includes('$env'));
  const secrets = needsSecrets ? await secretsOf(call) : {};
  const now = terminal.now();
  const variables = variablesOf({ ...(await readSubject(resource, call)), secrets, now });
  const rows = conditions.map((condition) => {
    const outcome = conditionResult(condition, variables, now);
    const result = 'problem' in outcome ? `error: ${outcome.problem}` : String(outcome.value);
    // A problem may quote a value.
    return [onOneLine(condition.when ?? ''), onOneLine(withoutSecrets(result, secrets))];
  });
  for (const line of plainTable([['CONDITION', 'RESULT'], ...rows])) terminal.print(line);
  if (conditions.some(({ when = '' }) => when === ''))
    terminal.note('Note: a condition without `when` is false here; every event of the trigger is sent by it.');
}
