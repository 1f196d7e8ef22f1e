/**
 * Label selectors: what they match, how they are written as text, and what is wrong with them.
 * An invalid selector matches nothing, because acting on the wrong objects is worse than on none.
 */
import type { LabelSelector, LabelSelectorRequirement } from './objects.ts';

type Labels = Readonly<Record<string, string>>;

/** How one operator of a `matchExpressions` entry behaves. `label` is undefined when the object lacks the key. */
interface Operator {
  readonly takesValues: boolean;
  readonly matches: (label: string | undefined, values: readonly string[]) => boolean;
  readonly text: (key: string, values: string) => string;
}

const OPERATORS = new Map<string, Operator>(
  Object.entries({
    In: {
      takesValues: true,
      matches: (label, values) => label !== undefined && values.includes(label),
      text: (key, values) => `${key} in (${values})`,
    },
    NotIn: {
      takesValues: true,
      matches: (label, values) => label === undefined || !values.includes(label),
      text: (key, values) => `${key} notin (${values})`,
    },
    Exists: {
      takesValues: false,
      matches: (label) => label !== undefined,
      text: (key) => key,
    },
    DoesNotExist: {
      takesValues: false,
      matches: (label) => label === undefined,
      text: (key) => `!${key}`,
    },
  }),
);

/** True when the labels satisfy every requirement. An empty selector matches everything, an invalid one nothing. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labelOf(labels, key) !== value) return false;
  }
  return (selector.matchExpressions ?? []).every((requirement) => meets(labels, requirement));
}

/** The selector as kubectl prints it, requirements and values in alphabetical order: `app=web,tier in (a,b)`. */
export function selectorText(selector: LabelSelector): string {
  const requirements = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector.matchExpressions ?? []).map((requirement) => ({
      key: requirement.key,
      text: requirementText(requirement),
    })),
  ];
  return requirements
    .sort((a, b) => byCodeUnit(a.key, b.key))
    .map(({ text }) => text)
    .join(',');
}

/** What makes the selector unusable for a workload, as a sentence without a field path; null when nothing does. */
export function selectorProblem(selector: LabelSelector): string | null {
  const labels = Object.entries(selector.matchLabels ?? {});
  const expressions = selector.matchExpressions ?? [];
  if (labels.length + expressions.length === 0) return 'an empty selector is not allowed';
  for (const [key, value] of labels) {
    const problem = keyProblem(key) ?? valueProblem(key, value);
    if (problem !== null) return problem;
  }
  for (const requirement of expressions) {
    const problem = requirementProblem(requirement);
    if (problem !== null) return problem;
  }
  return null;
}

function meets(labels: Labels, requirement: LabelSelectorRequirement): boolean {
  const operator = OPERATORS.get(requirement.operator);
  const values = requirement.values ?? [];
  if (operator === undefined || operator.takesValues !== values.length > 0) return false;
  return operator.matches(labelOf(labels, requirement.key), values);
}

function requirementText({ key, operator, values = [] }: LabelSelectorRequirement): string {
  const known = OPERATORS.get(operator);
  const list = [...values].sort(byCodeUnit).join(',');
  return known === undefined ? `${key} ${operator} (${list})` : known.text(key, list);
}

function requirementProblem({ key, operator, values = [] }: LabelSelectorRequirement): string | null {
  const known = OPERATORS.get(operator);
  if (known === undefined) return `"${operator}" is not a valid label selector operator`;
  if (known.takesValues && values.length === 0) return `operator ${operator} of key "${key}" needs at least one value`;
  if (!known.takesValues && values.length > 0) return `operator ${operator} of key "${key}" takes no values`;
  const badKey = keyProblem(key);
  if (badKey !== null) return badKey;
  for (const value of values) {
    const problem = valueProblem(key, value);
    if (problem !== null) return problem;
  }
  return null;
}

// The syntax of labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const MAX_PREFIX_LENGTH = 253;

/** True of a key that a label may have: a name, which may stand behind a DNS domain and a slash. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const prefixIsValid = prefix === null || (prefix.length <= MAX_PREFIX_LENGTH && PREFIX.test(prefix));
  return prefixIsValid && NAME.test(key.slice(slash + 1));
}

/** True of a value that a label may have, the empty one included. */
export function isLabelValue(value: string): boolean {
  return value === '' || NAME.test(value);
}

function keyProblem(key: string): string | null {
  return isLabelKey(key) ? null : `"${key}" is not a valid label key`;
}

function valueProblem(key: string, value: string): string | null {
  return isLabelValue(value) ? null : `"${value}" is not a valid value of label "${key}"`;
}

/** Own properties only: a label key may be called `constructor`. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
