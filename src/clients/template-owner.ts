/** The object that holds the pod template of a Rollout: the Rollout itself, or the workload that it refers to. */
import type { Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import type { KubeObject, PodTemplate } from '../kube/objects.ts';
import { POD_TEMPLATES, ROLLOUTS, type Resource } from '../kube/resources.ts';
import { workloadOf } from '../kube/workload.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';

import { readRollout } from './read-rollout.ts';

export interface TemplateOwner {
  /** With the template that it runs. */
  readonly rollout: Rollout;
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly name: ObjectName;
  readonly template: PodTemplate;
  /** Where the template stands in the object. */
  readonly path: readonly string[];
}

export async function readTemplateOwner(client: Client, name: ObjectName): Promise<TemplateOwner> {
  const rollout = await readRollout(client, name);
  const { workloadRef, template = {} } = rollout.spec;
  if (workloadRef === undefined) {
    return { rollout, resource: ROLLOUTS, object: rollout, name, template, path: ['spec', 'template'] };
  }
  const resource = workloadResource(workloadRef);
  if (resource === null) throw new Error(`rollout '${name.name}' refers to a kind that has no pod template`);
  const owner = { ...name, name: workloadRef.name ?? '' };
  const object = await client.get(resource, owner);
  const held = workloadOf(object).template;
  return {
    rollout: { ...rollout, spec: { ...rollout.spec, template: held } },
    resource,
    object,
    name: owner,
    template: held,
    path: resource === POD_TEMPLATES ? ['template'] : ['spec', 'template'],
  };
}
