/** Asks the real text/template with sprig, and ours the same. */
import { mapFrom, type Value } from '../../../src/core/analysis/expressions/go/value.ts';
import { createBudget } from '../../../src/core/analysis/expressions/go/budget.ts';
import { OBJECT } from '../../../src/core/analysis/expressions/go/go-type.ts';
import { fromJson } from '../../../src/core/analysis/expressions/operations/json.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { render } from '../../../src/notifications/template/template.ts';
import { secretsValue, timeFunctions } from '../../../src/notifications/variables.ts';
import { findOrBuildTemplate } from '../../testbed/cluster/template-binary.ts';
import { realProgram } from '../real-program.ts';

export interface Answer {
  readonly text?: string;
  readonly problem?: string;
}

export type Reference = (templates: readonly string[]) => Promise<readonly Answer[]>;

export async function findReference(): Promise<Reference | null> {
  const ask = await realProgram<Answer>(findOrBuildTemplate);
  return ask === null ? null : (templates) => ask(templates.map((template) => ({ template, data: DATA })));
}

const DATA: JsonObject = {
  rollout: {
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', 'a.b/c': '<x>' } },
    spec: { replicas: 3 },
    status: { phase: 'Healthy', replicas: 1_000_000 },
  },
  text: 'a-b, c\n"d" <e> & \'f\'',
  unicode: 'Grüße 日本 ß',
  number: 3,
  big: 123_456_789,
  tiny: 0.000_01,
  zero: 0,
  flag: true,
  none: null,
  list: ['a', 2, 'b', null, 'a'],
  numbers: [3, 1, 2.5],
  empty: [],
};

/** As the program has it. */
const OURS: Value = mapFrom(OBJECT, [
  ...(fromJson(DATA, createBudget()) as Extract<Value, { kind: 'map' }>).entries.values(),
  ['secrets', secretsValue({ key: 'value' })],
  ['time', timeFunctions(0)],
]);

export function renderOurs(template: string): Answer {
  return render(template, OURS, Date.UTC(2026, 10, 29));
}
