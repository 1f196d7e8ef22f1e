/** Reads analysis templates from a cluster, with all that they refer to. */
import { parseAnalysisTemplate, type AnalysisTemplate } from '../api/schema/analysis-template.ts';
import { templateNamesOf, type FindTemplate, type TemplateName } from '../core/analysis/flatten.ts';
import { ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../kube/resources.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { Cluster } from '../clients/cluster.ts';

type Found = NonNullable<ReturnType<FindTemplate>>;

/** A template, and what finds it and those that it leads to; `given` has those that are not in the cluster. */
export async function readTemplates(
  cluster: Cluster,
  root: TemplateName,
  given: AnalysisTemplate | null,
): Promise<FindTemplate> {
  const found = new Map<string, Found>();
  if (given !== null) found.set(keyOf(root), { template: given });
  const waiting = given === null ? [root] : [...templateNamesOf(given.spec.templates)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(keyOf(next))) continue;
    const read = await readTemplate(cluster, next);
    if (read === null) continue;
    found.set(keyOf(next), read);
    if ('template' in read) waiting.push(...templateNamesOf(read.template.spec.templates));
  }
  return (name) => found.get(keyOf(name)) ?? null;
}

async function readTemplate({ client, namespace }: Cluster, { kind, name }: TemplateName): Promise<Found | null> {
  try {
    return parseAnalysisTemplate(
      kind === 'ClusterAnalysisTemplate'
        ? await client.get(CLUSTER_ANALYSIS_TEMPLATES, { name })
        : await client.get(ANALYSIS_TEMPLATES, { namespace, name }),
    );
  } catch (error) {
    if (isApiError(error, 'notFound')) return null;
    throw error;
  }
}

function keyOf({ kind, name }: TemplateName): string {
  return `${kind}/${name}`;
}
