/**
 * The rules of role metadata that the API server checks when a Rollout is applied, in CEL: the same as in
 * validation/role-metadata.ts. Only the controller knows a selector that comes from a workload.
 */
import type { CelRule } from './fields.ts';
import { LABELS } from '../words/labels.ts';
import { PROBLEMS } from '../words/problems.ts';

/** The paths of role metadata below `spec.strategy`. */
const ROLES = [
  ['canary', 'canaryMetadata'],
  ['canary', 'stableMetadata'],
  ['blueGreen', 'previewMetadata'],
  ['blueGreen', 'activeMetadata'],
] as const;

/** For the metadata of one role. */
export const HASH_RULE: CelRule = {
  rule: `!has(self.labels) || !('${LABELS.podTemplateHash}' in self.labels)`,
  message: `label ${LABELS.podTemplateHash} ${PROBLEMS.roleHash}`,
};

/** For `spec`: a rule for each role. */
export const ROLE_RULES: readonly CelRule[] = ROLES.map(([strategy, role]) => {
  const labels = `self.strategy.${strategy}.${role}.labels`;
  const absent = [
    '!has(self.strategy)',
    `!has(self.strategy.${strategy})`,
    `!has(self.strategy.${strategy}.${role})`,
    `!has(${labels})`,
    '!has(self.selector)',
  ].join(' || ');
  const matchLabels = 'self.selector.matchLabels';
  const matchExpressions = 'self.selector.matchExpressions';
  const agrees = `${labels}.all(key, !(key in ${matchLabels}) || ${matchLabels}[key] == ${labels}[key])`;
  const listed = `(has(term.values) && ${labels}[term.key] in term.values)`;
  const met = `(term.operator == 'In' ? ${listed} : term.operator == 'NotIn' ? !${listed} : term.operator == 'Exists')`;
  const meets = `${matchExpressions}.all(term, !(term.key in ${labels}) || ${met})`;
  return {
    rule: `${absent} || ((!has(${matchLabels}) || ${agrees}) && (!has(${matchExpressions}) || ${meets}))`,
    message: `a label of strategy.${strategy}.${role} ${PROBLEMS.roleSelector}`,
  };
});
