/** The stable Ingress of a Rollout. */
import { decide, type Comment } from './draft.ts';
import type { InputSet } from './input.ts';
import type { Ingress } from '../kube/objects.ts';

interface IngressPlace {
  readonly name: string;
  readonly namespace: string | undefined;
  /** The stable Service. */
  readonly service: string;
}

/** What a person has to look at, if the Ingress is among the documents; `null` if it fits, or is not there. */
export function ingressProblem(set: InputSet, { name, namespace, service }: IngressPlace): Comment | null {
  const ingress = set.take('networking.k8s.io/Ingress', name, namespace);
  if (ingress === undefined || leadsTo(ingress as unknown as Ingress, service)) return null;
  return decide(`No rule of the Ingress ${name} leads to the Service ${service}, so there is nothing to split.`);
}

export function leadsTo({ spec }: Ingress, service: string): boolean {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return paths.some(({ backend }) => backend.service?.name === service);
}
