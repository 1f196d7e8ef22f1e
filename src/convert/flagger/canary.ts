/** A Canary of Flagger as a Rollout that takes its Deployment over. */
import { readSpec, Refusals, type Converted, type ConvertOptions } from '../conversion.ts';
import { decide, note, type Comment, type DraftObject } from '../draft.ts';
import { typeOf, type InputObject, type InputSet } from '../input.ts';
import { rolloutSheet } from '../rollout.ts';
import { canaryNameOf } from '../services.ts';
import { OTHER_ROUTER, OTHER_WORKLOAD } from '../words.ts';
import { workloadOf } from '../workload.ts';
import { metricsOf } from './metrics.ts';
import { modeOf, unreadFields } from './mode.ts';
import type { FlaggerScene } from './scene.ts';
import { flaggerCanary, type FlaggerAnalysis, type FlaggerSpec } from './schema.ts';
import { serviceComments, servicesOf } from './services.ts';
import { blueGreenStrategyOf, canaryStrategyOf } from './strategy.ts';
import { webhooksOf } from './webhooks.ts';

const ORDER = note(
  'From a Canary of Flagger. Set its spec.revertOnDeletion, delete it while no release runs, and wait until the pods of ' +
    'your Deployment serve. Then apply this.',
);
const NO_CONFIG_TRACKING = note(
  'Flagger also starts a release when a ConfigMap or Secret changes. Here put a hash of it into an annotation of the template.',
);

export function fromFlagger(set: InputSet, source: InputObject, options: ConvertOptions): Converted {
  const refusals = new Refusals(source);
  const read = readSpec(flaggerCanary, source, refusals);
  if (read === null) return { sheets: [], refusals: refusals.list };
  const { spec } = read;
  const scene = sceneOf(set, source, { spec, options, refusals });
  const metrics = metricsOf(scene);
  const hooks = webhooksOf(scene);
  const isBlueGreen = scene.mode.kind === 'blueGreen';
  checkProvider(scene);
  const strategy = isBlueGreen
    ? { blueGreen: blueGreenStrategyOf(scene, metrics, hooks) }
    : { canary: canaryStrategyOf(scene, metrics, hooks) };
  const comments = [
    ORDER,
    NO_CONFIG_TRACKING,
    ...read.comments,
    ...unreadFields(scene.analysis, scene.mode, scene.path),
    ...analysisComments(spec),
    ...serviceComments(scene),
    ...scalerComments(scene),
    ...hooks.comments,
  ];
  const rollout = rolloutSheet(source, { ...fieldsOf(scene), strategy }, comments);
  const { workload } = scene;
  return {
    sheets: [rollout, ...servicesOf(scene), ...metrics.sheets, ...hooks.sheets, ...workload.scalers],
    refusals: [...refusals.list, ...workload.refusals],
  };
}

interface SceneRequest {
  readonly spec: FlaggerSpec;
  readonly options: ConvertOptions;
  readonly refusals: Refusals;
}

function sceneOf(set: InputSet, source: InputObject, { spec, options, refusals }: SceneRequest): FlaggerScene {
  const { name, namespace } = source.metadata;
  const { targetRef, service, ingressRef } = spec;
  const type = typeOf({ apiVersion: targetRef.apiVersion ?? 'apps/v1', kind: targetRef.kind ?? 'Deployment' });
  if (type !== 'apps/Deployment') refusals.add('spec.targetRef', `${type}: ${OTHER_WORKLOAD}`);
  const path =
    spec.analysis === undefined && spec.canaryAnalysis !== undefined ? 'spec.canaryAnalysis' : 'spec.analysis';
  const analysis: FlaggerAnalysis = spec.analysis ?? spec.canaryAnalysis ?? {};
  const stableService = service.name ?? targetRef.name;
  return {
    set,
    source,
    name,
    namespace,
    spec,
    analysis,
    path,
    workload: workloadOf(set, { source, name: targetRef.name, rollout: name, options }),
    stableService,
    canaryService: canaryNameOf(stableService),
    ingress: ingressRef?.name ?? '',
    mode: modeOf(analysis, path, refusals),
    refusals,
  };
}

const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const INGRESSES = ['networking.k8s.io/Ingress', 'extensions/Ingress'];

/** A blue-green release needs no router. */
function checkProvider({ spec, mode, refusals }: FlaggerScene): void {
  const { provider = spec.ingressRef === undefined ? '' : 'nginx', ingressRef } = spec;
  if (mode.kind === 'blueGreen' && (provider === 'kubernetes' || provider === '' || provider === 'nginx')) return;
  if (provider !== 'nginx') refusals.add('spec.provider', `${provider === '' ? 'none' : provider}: ${OTHER_ROUTER}`);
  else if (ingressRef === undefined) refusals.add('spec.ingressRef', 'without an Ingress there is nothing to split');
  else if (!INGRESSES.includes(typeOf({ ...INGRESS, ...ingressRef }))) refusals.add('spec.ingressRef', OTHER_ROUTER);
}

function fieldsOf({ spec, workload }: FlaggerScene): DraftObject {
  return {
    ...workload.fields,
    paused: spec.suspend === true ? true : workload.fields['paused'],
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? workload.fields['progressDeadlineSeconds'],
    progressDeadlineAbort: true,
  };
}

function analysisComments({ analysis, canaryAnalysis }: FlaggerSpec): readonly Comment[] {
  const both = analysis !== undefined && canaryAnalysis !== undefined;
  return both ? [note('spec.canaryAnalysis: Flagger does not read it beside spec.analysis.')] : [];
}

function scalerComments({ spec, workload }: FlaggerScene): readonly Comment[] {
  const { autoscalerRef } = spec;
  if (autoscalerRef === undefined) return [];
  const { apiVersion = 'autoscaling/v2', kind = 'HorizontalPodAutoscaler', name } = autoscalerRef;
  const type = typeOf({ apiVersion, kind });
  if (workload.scalers.some(({ object }) => typeOf(object) === type && object.metadata.name === name)) return [];
  return [
    decide(
      `spec.autoscalerRef: the ${kind} ${name} is not among the documents. Point its scaleTargetRef at the Rollout before the takeover.`,
    ),
  ];
}
