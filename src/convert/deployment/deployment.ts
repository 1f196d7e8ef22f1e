/**
 * A Deployment as a Rollout. Behind a Service and an Ingress of the documents it becomes a canary with two steps to begin
 * with; without them it replaces pods as the Deployment does.
 */
import type { Ingress } from '../../kube/objects.ts';
import type { Converted, ConvertOptions } from '../conversion.ts';
import { decide, noted, type DraftObject, type Sheet } from '../draft.ts';
import { leadsTo } from '../ingress.ts';
import type { InputObject, InputSet } from '../input.ts';
import { rolloutSheet } from '../rollout.ts';
import { canaryNameOf, canaryServiceBeside } from '../services.ts';
import { workloadOf } from '../workload.ts';

const STEPS = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];
const SUGGESTED = decide('A Deployment has no steps. These are a suggestion: 20 % and 60 %, and a person goes on.');
const UNROUTED = decide(
  'Without steps a release replaces the pods as the Deployment did. Steps (setWeight, pause), and a Service and an Ingress ' +
    'among the documents, make it a canary.',
);

export function fromDeployment(set: InputSet, source: InputObject, options: ConvertOptions): Converted {
  const { name } = source.metadata;
  const workload = workloadOf(set, { source, name, rollout: name, options });
  const routed = routedBy(set, source);
  const canary =
    routed === null ? workload.rolling : { ...routed.fields, ...workload.rolling, steps: noted(STEPS, SUGGESTED) };
  const strategy = noted({ canary }, routed === null ? UNROUTED : null);
  const rollout = rolloutSheet(source, { ...workload.fields, strategy }, []);
  return { sheets: [rollout, ...(routed?.sheets ?? []), ...workload.scalers], refusals: workload.refusals };
}

/** By the first Service that selects the pods and that an Ingress leads to. */
function routedBy(
  set: InputSet,
  source: InputObject,
): { readonly fields: DraftObject; readonly sheets: readonly Sheet[] } | null {
  const { namespace } = source.metadata;
  const ingresses = set.ofType('networking.k8s.io/Ingress', namespace);
  for (const service of set.ofType('Service', namespace)) {
    const stable = service.metadata.name;
    const leading = ingresses.filter((one) => leadsTo(one as unknown as Ingress, stable));
    if (leading.length === 0 || !selects(service, source) || isCanary(set, stable, namespace)) continue;
    for (const used of [service, ...leading]) set.use(used);
    const canary = canaryServiceBeside(set, stable, namespace);
    const names = leading.map(({ metadata }) => metadata.name);
    const nginx = names.length === 1 ? { stableIngress: names[0] } : { stableIngresses: names };
    const fields = { stableService: stable, canaryService: canary.name, trafficRouting: { nginx } };
    return { fields, sheets: canary.sheets };
  }
  return null;
}

function selects(service: InputObject, deployment: InputObject): boolean {
  const selector = Object.entries((service.spec?.['selector'] ?? {}) as Readonly<Record<string, string>>);
  const { template } = (deployment.spec ?? {}) as {
    readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
  const labels = template?.metadata?.labels ?? {};
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** Whether the Service is the canary of another one. */
function isCanary(set: InputSet, name: string, namespace: string | undefined): boolean {
  return set.ofType('Service', namespace).some(({ metadata }) => canaryNameOf(metadata.name) === name);
}
