/**
 * The Deployment behind a Rollout: how the Rollout refers to it, or what it copies of it, and the autoscalers that come
 * along. Without the Deployment among the documents only its name is known.
 */
import type { Json, JsonObject } from '../kube/json.ts';
import { readSpec, Refusals, type ConvertOptions, type Refusal } from './conversion.ts';
import { deploymentSpec, type DeploymentSpec } from './deployment-spec.ts';
import { decide, note, noted, sheetOf, type Draft, type DraftObject, type Sheet } from './draft.ts';
import { typeOf, type InputObject, type InputSet } from './input.ts';
import { metadataLike } from './metadata.ts';

export interface Workload {
  /** The fields of the Rollout's spec that say which pods it has. */
  readonly fields: DraftObject;
  /** `maxSurge` and `maxUnavailable` of the Deployment, if it has them. */
  readonly rolling: DraftObject;
  readonly object: InputObject | undefined;
  readonly spec: DeploymentSpec | undefined;
  /** Autoscalers of the Deployment, for the Rollout. */
  readonly scalers: readonly Sheet[];
  readonly refusals: readonly Refusal[];
}

export interface WorkloadRequest {
  /** The object that names the Deployment, or the Deployment itself. */
  readonly source: InputObject;
  readonly name: string;
  /** Of the Rollout, for autoscalers. */
  readonly rollout: string;
  readonly options: ConvertOptions;
}

const SCALERS = ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'];

export function workloadOf(set: InputSet, { source, name, rollout, options }: WorkloadRequest): Workload {
  const { namespace } = source.metadata;
  const object = set.take('apps/Deployment', name, namespace);
  const refusals = new Refusals(object ?? source);
  const spec = object === undefined ? undefined : readSpec(deploymentSpec, object, refusals)?.spec;
  if (options.copyTemplate && object === undefined) {
    refusals.add('', `--copy-template needs the Deployment ${name}, which is not among the documents`);
  }
  if (spec?.strategy?.type === 'Recreate') {
    refusals.add(
      'spec.strategy.type',
      'a Rollout always runs both revisions side by side, so Recreate has no counterpart',
    );
  }
  const { maxSurge, maxUnavailable } = spec?.strategy?.rollingUpdate ?? {};
  return {
    fields: { ...fieldsOf(name, spec, options), ...timesOf(spec) },
    rolling: { maxSurge, maxUnavailable },
    object,
    spec,
    scalers: SCALERS.flatMap((type) => set.ofType(type, namespace))
      .filter((scaler) => isOf(scaler, name))
      .map((scaler) => {
        set.use(scaler);
        return scalerFor(rollout, scaler);
      }),
    refusals: refusals.list,
  };
}

function fieldsOf(name: string, spec: DeploymentSpec | undefined, options: ConvertOptions): DraftObject {
  const replicas = replicasOf(name, spec);
  if (spec !== undefined && options.copyTemplate) {
    const template = noted(
      spec.template as DraftObject,
      note(
        `As in the Deployment ${name}. Delete that once the Rollout has been Healthy for as long as your proxies need.`,
      ),
    );
    return { replicas, selector: spec.selector as DraftObject, template };
  }
  return { replicas, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name, scaleDown: 'onsuccess' } };
}

function replicasOf(name: string, spec: DeploymentSpec | undefined): Draft {
  if (spec === undefined) {
    return noted(1, decide(`The Deployment ${name} is not among the documents: write as many pods as it has.`));
  }
  const { replicas = 1 } = spec;
  return replicas > 0
    ? replicas
    : noted(0, decide(`The Deployment ${name} had no pods: write as many as shall serve.`));
}

function timesOf(spec: DeploymentSpec | undefined): DraftObject {
  if (spec === undefined) return {};
  const { minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds, paused } = spec;
  return { minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds, paused: paused === true ? true : undefined };
}

function isOf({ spec }: InputObject, deployment: string): boolean {
  const { kind = 'Deployment', name } = (spec?.['scaleTargetRef'] ?? {}) as JsonObject;
  return kind === 'Deployment' && name === deployment;
}

function scalerFor(rollout: string, scaler: InputObject): Sheet {
  const { scaleTargetRef: _deployment, ...rest } = (scaler.spec ?? {}) as Readonly<Record<string, Json>>;
  const scaleTargetRef = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: rollout };
  const late = note(
    `The same autoscaler, for the Rollout (${typeOf(scaler)}). Apply it before the Rollout takes the pods over.`,
  );
  return sheetOf(
    noted(
      {
        apiVersion: scaler.apiVersion,
        kind: scaler.kind,
        metadata: metadataLike(scaler),
        spec: { scaleTargetRef, ...rest } as DraftObject,
      },
      late,
    ),
  );
}
