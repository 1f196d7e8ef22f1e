/**
 * Who controls an object. Ownership is by UID: an owner that was deleted and recreated with the same name
 * is another owner.
 */
import type { KubeObject, OwnerReference } from './objects.ts';
import { apiVersionOf, type Resource } from './resources.ts';

/** The owner that manages the object, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** True when the object's controller is the object with that UID. */
export function isControlledBy(object: KubeObject, uid: string): boolean {
  return controllerOf(object)?.uid === uid;
}

/** The reference that makes the named object the controller of another; deleting it in the foreground waits for the other. */
export function controllerReference(resource: Resource, name: string, uid: string): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
