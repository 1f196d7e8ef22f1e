/**
 * Gathers the templates that analyses refer to, also those that they lead to through others.
 */
import { parseAnalysisTemplate } from '../../api/schema/analysis-template.ts';
import type { AnalysisTemplateRef } from '../../api/schema/analysis.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../../kube/resources.ts';
import type { Lookup } from '../observed/lookup.ts';
import { templateKey, type AnalysisWorld, type FoundTemplate } from '../observed/world.ts';
import { templateNamesOf, type FindTemplate, type TemplateName } from './flatten.ts';

/** `templates`: by {@link templateKey}; what does not exist is not there. `unreadable`: see {@link AnalysisWorld}. */
export function gatherTemplates(
  lookup: Lookup,
  namespace: string,
  references: readonly AnalysisTemplateRef[],
): Pick<AnalysisWorld, 'templates' | 'unreadable'> {
  const templates = new Map<string, FoundTemplate>();
  const waiting = [...templateNamesOf(references)];
  let unreadable = waiting.length === 0 ? null : (lookup.unreadable(ANALYSIS_RUNS)?.why ?? null);
  // Templates refer to templates, perhaps in a circle.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = templateKey(next);
    if (templates.has(key)) continue;
    const found = findTemplate(lookup, namespace, next);
    if (found === null) continue;
    if ('unreadable' in found) {
      unreadable ??= found.unreadable;
      continue;
    }
    templates.set(key, found);
    if ('template' in found) waiting.push(...templateNamesOf(found.template.spec.templates));
  }
  return { templates, unreadable };
}

/** Templates as a world holds them. */
export function findTemplateIn({ analysis }: { readonly analysis: Pick<AnalysisWorld, 'templates'> }): FindTemplate {
  return (template) => analysis.templates.get(templateKey(template)) ?? null;
}

/** `unreadable`: it may be there, and may be read later. */
function findTemplate(
  lookup: Lookup,
  namespace: string,
  { kind, name }: TemplateName,
): FoundTemplate | { readonly unreadable: string } | null {
  const [resource, where] =
    kind === 'ClusterAnalysisTemplate' ? [CLUSTER_ANALYSIS_TEMPLATES, ''] : [ANALYSIS_TEMPLATES, namespace];
  const object = lookup.get<KubeObject>(resource, where, name);
  if (object !== undefined) return parseAnalysisTemplate(object);
  const obstacle = lookup.unreadable(resource);
  if (obstacle === null) return null;
  return obstacle.isForGood ? { problem: obstacle.why } : { unreadable: obstacle.why };
}
