/**
 * Revision numbers, and the ReplicaSet of a revision: creates it and keeps everything but its size up to date (spec 4.4,
 * 4.6, 4.8).
 */
import type { AntiAffinity } from '../../api/schema/anti-affinity.ts';
import { events } from '../../api/events.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { EventReason } from '../../api/words/reasons.ts';
import type { JsonObject } from '../../kube/json.ts';
import { mergePatchBetween } from '../../kube/merge-patch.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { controllerReference } from '../../kube/owners.ts';
import type { Write } from '../../kube/plan.ts';
import { apiVersionOf, REPLICA_SETS, ROLLOUTS } from '../../kube/resources.ts';
import { injectedStableHash, withAntiAffinity, withoutAntiAffinity } from '../observed/anti-affinity.ts';
import { withInjectedMetadata, type InjectedMetadata } from '../observed/injected-metadata.ts';
import { bornRecords } from '../observed/lending-records.ts';
import { revisionOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

/** Annotations about the Rollout itself, which are not copied to its ReplicaSets. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  ANNOTATIONS.revision,
  ANNOTATIONS.revisionHistory,
  ANNOTATIONS.desiredReplicas,
  ANNOTATIONS.notified,
]);

/** The number of the revision that the template asks for: one more than any other, unless it has a higher one already. */
export function currentRevision(situation: Situation): number {
  const others = situation.all.filter((one) => one !== situation.canary).map(revisionOf);
  return Math.max(situation.canary === null ? 0 : revisionOf(situation.canary), Math.max(0, ...others) + 1);
}

export function replicaSetName(situation: Situation): string {
  return situation.canary?.metadata.name ?? `${situation.name}-${situation.canaryHash}`;
}

/** What the role asks of the ReplicaSet of the present template, apart from its size. */
export interface RevisionRole {
  readonly injected: InjectedMetadata;
  readonly antiAffinity: AntiAffinity | undefined;
  /** Hash of the revision whose nodes its pods avoid, '' for none. */
  readonly avoidedHash: string;
}

/** The writes that create the ReplicaSet of the present template and the revision annotation of the Rollout. */
export function createRevisionWrites(situation: Situation, role: RevisionRole, replicas: number): Write[] {
  const { namespace } = situation;
  const name = replicaSetName(situation);
  const revision = currentRevision(situation);
  const create: Write = {
    op: 'create',
    resource: REPLICA_SETS,
    namespace,
    name,
    body: replicaSetBody(situation, role, replicas, revision),
    why: 'the template is new: create its ReplicaSet',
    refusedAs: 'ReplicaSetCreateError' satisfies EventReason,
  };
  const created = events.replicaSetCreated(name, revision);
  const annotate = revisionAnnotationWrite(situation, revision);
  return annotate === null
    ? [{ ...create, events: [created] }]
    : [create, { ...annotate, afterAll: true, events: [events.updated(revision), created] }];
}

/** The write that brings an existing canary ReplicaSet up to date with the Rollout; empty when it is. */
export function syncRevisionWrites(situation: Situation, role: RevisionRole): Write[] {
  const { canary, rollout, namespace } = situation;
  if (canary === null) return [];
  const revision = currentRevision(situation);
  const template = rewrittenAffinity(situation, canary, role);
  const patch: JsonObject = {
    ...annotationPatch(situation, canary, revision),
    ...specPatch(canary, template, rollout.spec.minReadySeconds ?? DEFAULTS.minReadySeconds),
  };
  const annotate = revisionAnnotationWrite(situation, revision);
  return [
    ...(Object.keys(patch).length === 0
      ? []
      : [
          {
            op: 'patch' as const,
            resource: REPLICA_SETS,
            namespace,
            name: canary.metadata.name,
            patch,
            why: 'the Rollout has changed what its present revision carries',
          },
        ]),
    ...(annotate === null ? [] : [{ ...annotate, events: [events.updated(revision)] }]),
  ];
}

function revisionAnnotationWrite(situation: Situation, revision: number): Write | null {
  const { rollout, namespace, name } = situation;
  if (rollout.metadata.annotations?.[ANNOTATIONS.revision] === String(revision)) return null;
  return {
    op: 'patch',
    resource: ROLLOUTS,
    namespace,
    name,
    patch: { metadata: { annotations: { [ANNOTATIONS.revision]: String(revision) } } },
    resourceVersion: rollout.metadata.resourceVersion,
    why: 'record the revision on the Rollout',
  };
}

function replicaSetBody(situation: Situation, role: RevisionRole, replicas: number, revision: number): JsonObject {
  const { rollout, namespace, canaryHash } = situation;
  const { uid, name, labels } = rollout.metadata;
  const template = revisionTemplate(situation, role);
  const instanceId = labels?.[LABELS.instanceId];
  const body = {
    apiVersion: apiVersionOf(REPLICA_SETS),
    kind: REPLICA_SETS.kind,
    metadata: {
      name: replicaSetName(situation),
      namespace,
      labels: {
        ...rollout.spec.template?.metadata?.labels,
        [LABELS.podTemplateHash]: canaryHash,
        ...(instanceId === undefined ? {} : { [LABELS.instanceId]: instanceId }),
      },
      annotations: {
        ...copiedAnnotations(situation),
        [ANNOTATIONS.revision]: String(revision),
        [ANNOTATIONS.desiredReplicas]: String(situation.replicas),
        ...bornRecords(rollout.spec.template ?? {}, role.injected),
      },
      ownerReferences: [controllerReference(ROLLOUTS, name, uid)],
    },
    spec: {
      replicas,
      minReadySeconds: rollout.spec.minReadySeconds ?? DEFAULTS.minReadySeconds,
      selector: {
        ...rollout.spec.selector,
        matchLabels: { ...rollout.spec.selector?.matchLabels, [LABELS.podTemplateHash]: canaryHash },
      },
      template,
    },
  };
  return body as unknown as JsonObject;
}

/** The user's template with the hash label and what the role lends to the pods; otherwise untouched. */
function revisionTemplate(situation: Situation, role: RevisionRole): PodTemplate {
  const { rollout, namespace, canaryHash } = situation;
  const template = withInjectedMetadata(rollout.spec.template ?? {}, role.injected);
  const labelled: PodTemplate = {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [LABELS.podTemplateHash]: canaryHash } },
  };
  return withAntiAffinity(labelled, role.antiAffinity, role.avoidedHash, namespace);
}

function copiedAnnotations(situation: Situation): Record<string, string> {
  return Object.fromEntries(
    Object.entries(situation.rollout.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)),
  );
}

function annotationPatch(situation: Situation, canary: ReplicaSet, revision: number): JsonObject {
  const present = canary.metadata.annotations ?? {};
  const wanted: Record<string, string> = copiedAnnotations(situation);
  const former = revisionOf(canary);
  const numbered = present[ANNOTATIONS.revision];
  // A value that is no number was written by a person; it is not changed.
  const legible = numbered === undefined || former > 0;
  if (legible && revision > former) {
    wanted[ANNOTATIONS.revision] = String(revision);
    const history = present[ANNOTATIONS.revisionHistory];
    if (former > 0)
      wanted[ANNOTATIONS.revisionHistory] = history === undefined ? String(former) : `${history},${former}`;
  }
  const annotations = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value));
  return Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } };
}

function specPatch(canary: ReplicaSet, template: PodTemplate, minReadySeconds: number): JsonObject {
  const templatePatch = mergePatchBetween(
    canary.spec.template as unknown as JsonObject,
    template as unknown as JsonObject,
  );
  const spec: JsonObject = {
    ...((canary.spec.minReadySeconds ?? 0) === minReadySeconds ? {} : { minReadySeconds }),
    ...(templatePatch === null ? {} : { template: templatePatch }),
  };
  return Object.keys(spec).length === 0 ? {} : { spec };
}

/** The anti-affinity term follows the stable revision while the canary is not stable itself (spec 4.6). */
function rewrittenAffinity(situation: Situation, canary: ReplicaSet, role: RevisionRole): PodTemplate {
  const { template } = canary.spec;
  const injected = injectedStableHash(template);
  if (injected === null || role.avoidedHash === '' || injected === role.avoidedHash) return template;
  return withAntiAffinity(withoutAntiAffinity(template), role.antiAffinity, role.avoidedHash, situation.namespace);
}
