/**
 * The templates of an Experiment with what the cluster shows of each: its ReplicaSet, its Service, and what the status
 * remembers.
 */
import type { Experiment, ExperimentTemplate, TemplateStatus } from '../../api/schema/experiment.ts';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { ReplicaSet, Service } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { byAge, specReplicasOf, stayingReplicasOf } from '../observed/replica-sets.ts';
import type { ExperimentWorld } from './world.ts';

export interface ObservedTemplate {
  readonly template: ExperimentTemplate;
  /** What the last status says; `null` when it says nothing. */
  readonly recorded: TemplateStatus | null;
  readonly replicaSet: ReplicaSet | null;
  /** The name that it has, or is to get. */
  readonly replicaSetName: string;
  /** Name of the Service that the template asks for; `null` when it asks for none. */
  readonly serviceName: string | null;
  /** That Service, whoever owns it; `null` when there is none. */
  readonly service: Service | null;
  readonly isServiceForeign: boolean;
}

/** In the order of the spec. */
export function observedTemplates(
  world: Pick<ExperimentWorld, 'experiment' | 'replicaSets' | 'services'>,
): readonly ObservedTemplate[] {
  const { experiment, replicaSets, services } = world;
  return experiment.spec.templates.map((template) => {
    const recorded = experiment.status?.templateStatuses?.find(({ name }) => name === template.name) ?? null;
    const replicaSet = replicaSets.filter((one) => templateNameOf(one) === template.name).toSorted(byAge)[0] ?? null;
    const replicaSetName = replicaSet?.metadata.name ?? nameOf(experiment, template, recorded?.collisionCount ?? 0);
    const serviceName = template.service === undefined ? null : template.service.name || replicaSetName;
    const service = services.find(({ metadata }) => metadata.name === serviceName) ?? null;
    return {
      template,
      recorded,
      replicaSet,
      replicaSetName,
      serviceName,
      service,
      isServiceForeign: service !== null && !isControlledBy(service, experiment.metadata.uid),
    };
  });
}

/** The template that a ReplicaSet of an Experiment was made for. */
export function templateNameOf({ metadata }: ReplicaSet): string | undefined {
  return metadata.annotations?.[ANNOTATIONS.experimentTemplateName];
}

/** How many pods the template asks for. */
export function wantedReplicasOf({ replicas = 1 }: ExperimentTemplate): number {
  return replicas;
}

/** All pods are there, and requests reach them by the Service that the template asks for. */
export function isAvailable({ template, replicaSet, service, serviceName }: ObservedTemplate): boolean {
  const wanted = wantedReplicasOf(template);
  return (
    replicaSet !== null &&
    specReplicasOf(replicaSet) === wanted &&
    stayingReplicasOf(replicaSet) === wanted &&
    (service !== null || !needsService({ template, serviceName }))
  );
}

/** Whether a Service is to be made: one without ports or pods would be of no use. */
export function needsService({ template, serviceName }: Pick<ObservedTemplate, 'template' | 'serviceName'>): boolean {
  return serviceName !== null && portsOf(template).length > 0 && wantedReplicasOf(template) > 0;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** The ports that its containers declare, each number and protocol once. */
export function portsOf({ template }: ExperimentTemplate): readonly ContainerPort[] {
  const containers = (template.spec?.['containers'] ?? []) as readonly { readonly ports?: readonly ContainerPort[] }[];
  const ports = containers.flatMap((container) => container.ports ?? []);
  const keyOf = ({ containerPort, protocol = 'TCP' }: ContainerPort) => `${protocol} ${containerPort}`;
  return ports.filter((port, index) => ports.findIndex((other) => keyOf(other) === keyOf(port)) === index);
}

/** Without a collision the name that people and the arguments of analyses expect. */
function nameOf({ metadata }: Experiment, { name }: ExperimentTemplate, collisionCount: number): string {
  return collisionCount === 0 ? `${metadata.name}-${name}` : `${metadata.name}-${name}-${collisionCount}`;
}
