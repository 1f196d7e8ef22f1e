/** A Kruise Rollout as a Rollout that takes its Deployment over. */
import { readSpec, Refusals, type Converted, type ConvertOptions } from '../conversion.ts';
import { decide, note, noted, type Comment, type Draft, type DraftObject } from '../draft.ts';
import { typeOf, type InputObject, type InputSet } from '../input.ts';
import { rolloutSheet } from '../rollout.ts';
import { NO_TRAFFIC_ROUTING, OTHER_WORKLOAD } from '../words.ts';
import { workloadOf, type Workload } from '../workload.ts';
import { percentOf } from './percent.ts';
import { routedBy, type Routed } from './routing.ts';
import { asV1beta1, kruiseV1alpha1, kruiseV1beta1, type KruiseSpec, type KruiseStrategy } from './schema.ts';
import { isWhole, routedSteps } from './steps.ts';
import { unroutedSteps } from './unrouted-steps.ts';

const ORDER = note('From a Kruise Rollout. Delete that one while no release runs, then apply this.');

const ANNOTATIONS = 'rollouts.kruise.io/';
const TRAFFIC_ROUTING = `${ANNOTATIONS}trafficrouting`;

export function fromKruise(set: InputSet, source: InputObject, options: ConvertOptions): Converted {
  const refusals = new Refusals(source);
  const read = readKruise(source, refusals);
  if (read === null) return { sheets: [], refusals: refusals.list };
  const { spec, comments } = read;
  const { workloadRef, strategy } = spec;
  if (source.metadata.annotations?.[TRAFFIC_ROUTING] !== undefined) {
    refusals.add(`metadata.annotations.${TRAFFIC_ROUTING}`, NO_TRAFFIC_ROUTING);
  }
  if (typeOf(workloadRef) !== 'apps/Deployment')
    refusals.add('spec.workloadRef', `${workloadRef.kind}: ${OTHER_WORKLOAD}`);
  const { name, namespace } = source.metadata;
  const workload = workloadOf(set, { source, name: workloadRef.name, rollout: name, options });
  const kind = strategy.blueGreen === undefined ? 'canary' : 'blueGreen';
  const own: KruiseStrategy = strategy.blueGreen ?? strategy.canary ?? {};
  const path = `spec.strategy.${kind}`;
  const routed = routedBy(set, { strategy: own, path: `${path}.trafficRoutings`, namespace, refusals });
  if (kind === 'blueGreen' && routed === null)
    refusals.add(path, 'without trafficRoutings nothing switches the traffic');
  const canary = canaryOf(own, { path, name, workload, routed, refusals });
  const fields = strategy.paused === true ? { ...workload.fields, paused: true } : workload.fields;
  const told =
    kind === 'blueGreen'
      ? [note(`${path}: Kruise splits traffic here as well, so its steps are those of a canary.`)]
      : [];
  const rollout = rolloutSheet(source, { ...fields, strategy: noted({ canary }, ...told) }, [
    ORDER,
    ...annotationComments(source),
    ...comments,
  ]);
  return {
    sheets: [rollout, ...(routed?.sheets ?? []), ...workload.scalers],
    refusals: [...refusals.list, ...workload.refusals],
  };
}

function readKruise(
  source: InputObject,
  refusals: Refusals,
): { readonly spec: KruiseSpec; readonly comments: readonly Comment[] } | null {
  if (!source.apiVersion.endsWith('/v1alpha1')) return readSpec(kruiseV1beta1, source, refusals);
  const read = readSpec(kruiseV1alpha1, source, refusals);
  return read === null ? null : { spec: asV1beta1(read.spec), comments: read.comments };
}

interface StrategyRequest {
  readonly path: string;
  readonly name: string;
  readonly workload: Workload;
  readonly routed: Routed | null;
  readonly refusals: Refusals;
}

function canaryOf(strategy: KruiseStrategy, { path, name, workload, routed, refusals }: StrategyRequest): DraftObject {
  const { steps: kruiseSteps = [], patchPodTemplateMetadata, failureThreshold } = strategy;
  const place = { path: `${path}.steps`, refusals };
  const rest = {
    canaryMetadata: patchPodTemplateMetadata,
    replicaProgressThreshold: thresholdOf(failureThreshold, `${path}.failureThreshold`),
    ...workload.rolling,
  };
  const last = kruiseSteps.at(-1);
  const told = last !== undefined && isWhole(last) ? LAST : null;
  if (routed === null) {
    const replicas = workload.spec === undefined ? undefined : (workload.spec.replicas ?? 1);
    return { ...rest, steps: noted(unroutedSteps(kruiseSteps, { ...place, replicas }), told) };
  }
  const route = `${name}-matches`;
  const { steps, hasRoute } = routedSteps(kruiseSteps, { ...place, route });
  return {
    ...routed.services,
    trafficRouting: { managedRoutes: hasRoute ? [{ name: route }] : undefined, nginx: routed.nginx },
    ...rest,
    steps: noted(steps, told),
  };
}

const LAST = note(
  "Kruise's last step, of 100 %, is not needed: after the last step all traffic goes to the new version.",
);

/** Pods that may fail, as pods that must be there. */
function thresholdOf(failureThreshold: number | string | undefined, path: string): Draft | undefined {
  if (failureThreshold === undefined) return undefined;
  const share = typeof failureThreshold === 'string' ? percentOf(failureThreshold) : null;
  if (share !== null) return { type: 'Percent', value: 100 - share };
  const text = `${path}: ${failureThreshold} pods may fail in Kruise, whatever their number. Here a share of them must be available.`;
  return noted({ type: 'Percent', value: 100 }, decide(text));
}

function annotationComments({ metadata }: InputObject): readonly Comment[] {
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(ANNOTATIONS));
  return own.map(([key, value]) =>
    key === `${ANNOTATIONS}rolling-style`
      ? note(`Annotation ${key}: not needed, each revision has pods of its own.`)
      : decide(`Annotation ${key}: ${value}: it has no counterpart.`),
  );
}
