/**
 * The types of canary steps in the notation of typed-json.ts, in the order of the API's declaration. The
 * order is part of every step hash in a status: a change would send every running rollout back to its
 * first step.
 */
import type { TypeTable } from '../../kube/typed-json.ts';

export const STEP_TYPES = {
  CanaryStep: {
    setWeight: '*int',
    pause: '*Pause',
    experiment: '*Experiment',
    analysis: '*Analysis',
    setCanaryScale: '*SetCanaryScale',
    setHeaderRoute: '*SetHeaderRoute',
    setMirrorRoute: '*SetMirrorRoute',
    plugin: '*Plugin',
  },
  Pause: { duration: '*intOrString' },
  SetCanaryScale: { weight: '*int', replicas: '*int', matchTrafficWeight: 'bool' },
  SetHeaderRoute: { name: 'string', match: '[]HeaderMatch' },
  HeaderMatch: { headerName: 'string!', headerValue: '*StringMatch!' },
  SetMirrorRoute: { name: 'string!', match: '[]RouteMatch', percentage: '*int' },
  RouteMatch: { method: '*StringMatch', path: '*StringMatch', headers: '{}StringMatch' },
  StringMatch: { exact: 'string', prefix: 'string', regex: 'string' },
  Plugin: { name: 'string!', config: 'json' },
  Analysis: {
    templates: '[]AnalysisTemplate',
    args: '[]Argument',
    dryRun: '[]DryRun',
    measurementRetention: '[]MeasurementRetention',
    analysisRunMetadata: '*Metadata',
  },
  AnalysisTemplate: { templateName: 'string!', clusterScope: 'bool' },
  Argument: { name: 'string!', value: 'string', valueFrom: '*ArgumentSource' },
  ArgumentSource: { podTemplateHashValue: '*string', fieldRef: '*FieldReference' },
  FieldReference: { fieldPath: 'string!' },
  DryRun: { metricName: 'string!' },
  MeasurementRetention: { metricName: 'string!', limit: 'int!' },
  Experiment: {
    templates: '[]ExperimentTemplate!',
    duration: 'string',
    analyses: '[]ExperimentAnalysis',
    dryRun: '[]DryRun',
    analysisRunMetadata: 'Metadata',
    scaleDownDelaySeconds: '*int',
  },
  ExperimentTemplate: {
    name: 'string!',
    specRef: 'string!',
    replicas: '*int',
    metadata: 'Metadata',
    selector: '*LabelSelector',
    weight: '*int',
    service: '*Service',
  },
  ExperimentAnalysis: {
    name: 'string!',
    templateName: 'string!',
    clusterScope: 'bool',
    args: '[]Argument',
    requiredForCompletion: 'bool',
  },
  Metadata: { labels: '{}string', annotations: '{}string' },
  LabelSelector: { matchLabels: '{}string', matchExpressions: '[]LabelSelectorRequirement' },
  LabelSelectorRequirement: { key: 'string!', operator: 'string!', values: '[]string' },
  Service: { name: 'string' },
} as const satisfies TypeTable;

/**
 * The same types in releases of the reference controller before 1.10, which always write the metadata of an
 * analysis step, even when it is empty.
 */
export const STEP_TYPES_BEFORE_1_10 = {
  ...STEP_TYPES,
  Analysis: { ...STEP_TYPES.Analysis, analysisRunMetadata: 'Metadata' },
} as const satisfies TypeTable;
