/**
 * The specs of Kruise Rollouts (rollouts.kruise.io), v1alpha1 and v1beta1. Fields without a remark are translated
 * (kruise.ts, routing.ts, steps.ts).
 */
import { z } from 'zod';
import { needless, refused, toDecide } from '../fates.ts';
import { NO_TRAFFIC_ROUTING, OTHER_ROUTER } from '../words.ts';

const amount = z.union([z.int(), z.string()]);
const optional = z.exactOptional;
const anything = () => optional(z.unknown());

/** Kruise's own type has both forms of a reference to a workload. */
const workload = z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() });

const NOT_IN_AN_INGRESS = 'convert writes a canary Ingress, which cannot match it';

const match = z.object({
  path: refused(anything(), NOT_IN_AN_INGRESS),
  headers: optional(
    z.array(z.object({ type: optional(z.enum(['Exact', 'RegularExpression'])), name: z.string(), value: z.string() })),
  ),
  queryParams: refused(anything(), NOT_IN_AN_INGRESS),
});
export type KruiseMatch = z.infer<typeof match>;

const stepFields = {
  requestHeaderModifier: refused(anything(), 'a canary Ingress cannot change the headers of a request'),
  matches: optional(z.array(match)),
  replicas: optional(amount),
  pause: optional(z.object({ duration: optional(z.int()) })),
};

const betaStep = z.object({ traffic: optional(z.string()), ...stepFields });
const alphaStep = z.object({ weight: optional(z.int()), ...stepFields });
export type KruiseStep = z.infer<typeof betaStep>;

const trafficRouting = z.object({
  service: z.string(),
  gracePeriodSeconds: needless(
    optional(z.int()),
    'not needed, the controller removes pods when every proxy has applied the change',
  ),
  ingress: optional(z.object({ classType: optional(z.string()), name: z.string() })),
  gateway: refused(anything(), OTHER_ROUTER),
  customNetworkRefs: refused(anything(), OTHER_ROUTER),
  additionalParams: refused(anything(), OTHER_ROUTER),
});
export type KruiseRouting = z.infer<typeof trafficRouting>;

/** Early versions of v1alpha1 have `type` in the place of `ingress.classType`. */
const alphaRouting = trafficRouting.extend({ type: optional(z.string()) });

const strategyFields = {
  failureThreshold: optional(amount),
  trafficRoutingRef: refused(optional(z.string()), NO_TRAFFIC_ROUTING),
  disableGenerateCanaryService: optional(z.boolean()),
};

const canaryFields = {
  ...strategyFields,
  patchPodTemplateMetadata: optional(
    z.object({
      labels: optional(z.record(z.string(), z.string())),
      annotations: optional(z.record(z.string(), z.string())),
    }),
  ),
  enableExtraWorkloadForCanary: needless(
    optional(z.boolean()),
    'not needed, each revision has pods of its own, and those of the canary become the stable ones',
  ),
};

const betaLists = { steps: optional(z.array(betaStep)), trafficRoutings: optional(z.array(trafficRouting)) };
const alphaLists = { steps: optional(z.array(alphaStep)), trafficRoutings: optional(z.array(alphaRouting)) };

const betaCanary = z.object({ ...betaLists, ...canaryFields });
export type KruiseStrategy = z.infer<typeof betaCanary>;

const betaBlueGreen = z.object({ ...betaLists, ...strategyFields });
const alphaCanary = z.object({ ...alphaLists, ...canaryFields });

const disabled = toDecide(
  optional(z.boolean()),
  'Kruise did nothing at releases while this was set, but the Rollout runs its steps',
);

export const kruiseV1beta1 = z.object({
  workloadRef: workload,
  strategy: z.object({
    paused: optional(z.boolean()),
    canary: optional(betaCanary),
    blueGreen: optional(betaBlueGreen),
  }),
  disabled,
});
export type KruiseSpec = z.infer<typeof kruiseV1beta1>;

export const kruiseV1alpha1 = z.object({
  objectRef: z.object({
    type: optional(z.enum(['workloadRef'])),
    workloadRef: workload,
  }),
  strategy: z.object({
    paused: optional(z.boolean()),
    type: optional(z.enum(['canary'])),
    canary: optional(alphaCanary),
  }),
  rolloutID: needless(optional(z.string()), 'not needed, revisions are counted and told apart by their template hash'),
  disabled,
});

/** As v1beta1 writes it. */
export function asV1beta1({ objectRef, strategy, ...rest }: z.infer<typeof kruiseV1alpha1>): KruiseSpec {
  const { type: _type, canary, ...others } = strategy;
  const { rolloutID: _id, ...fields } = rest;
  const spec = { workloadRef: objectRef.workloadRef, ...fields };
  if (canary === undefined) return { ...spec, strategy: others };
  const steps = (canary.steps ?? []).map(({ weight, ...step }) =>
    weight === undefined ? step : { ...step, traffic: `${weight}%` },
  );
  const trafficRoutings = (canary.trafficRoutings ?? []).map(withClass);
  return { ...spec, strategy: { ...others, canary: { ...canary, steps, trafficRoutings } } };
}

function withClass({ type, ingress, ...routing }: z.infer<typeof alphaRouting>): KruiseRouting {
  if (ingress === undefined) return routing;
  return { ...routing, ingress: type === undefined ? ingress : { ...ingress, classType: type } };
}
