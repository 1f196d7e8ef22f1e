/**
 * The five kinds of the API as CustomResourceDefinitions: names, columns and subresources as kubectl
 * users know them (spec 10.4; blue-green spec 0.3), with the schemas of the zod types.
 */
import type { z } from 'zod';
import type { JsonObject } from '../../kube/json.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import { analysisRunSpec, analysisRunStatus } from '../schema/analysis-run.ts';
import { analysisTemplateSpec } from '../schema/analysis-template.ts';
import { experimentSpec, experimentStatus } from '../schema/experiment.ts';
import { rolloutSpec } from '../schema/rollout.ts';
import { rolloutStatus } from '../schema/status.ts';
import { structuralSchema, type Snapshots } from './structural-schema.ts';

interface PrinterColumn {
  readonly name: string;
  readonly type: 'integer' | 'string' | 'date';
  readonly jsonPath: string;
  readonly description: string;
}

interface CustomResource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status?: z.ZodType;
  readonly subresources?: JsonObject;
  readonly columns: readonly PrinterColumn[];
}

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was created',
};
const MESSAGE: PrinterColumn = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.message',
  description: 'Why it has ended as it did: what was measured, and what is allowed',
};
const STATUS: PrinterColumn = {
  name: 'Status',
  type: 'string',
  jsonPath: '.status.phase',
  description: 'Phase of the object',
};

const CUSTOM_RESOURCES: Readonly<Record<string, CustomResource>> = {
  'rollout-crd.yaml': {
    kind: ROLLOUTS.kind,
    plural: ROLLOUTS.plural,
    shortName: 'ro',
    scope: 'Namespaced',
    description: 'Runs pods and replaces them step by step when the pod template changes.',
    spec: rolloutSpec,
    status: rolloutStatus,
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    },
    columns: [
      { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas', description: 'Number of desired pods' },
      { name: 'Current', type: 'integer', jsonPath: '.status.replicas', description: 'Number of pods' },
      {
        name: 'Up-to-date',
        type: 'integer',
        jsonPath: '.status.updatedReplicas',
        description: 'Number of pods of the current revision',
      },
      {
        name: 'Available',
        type: 'integer',
        jsonPath: '.status.availableReplicas',
        description: 'Number of pods that have been ready for minReadySeconds',
      },
      AGE,
    ],
  },
  'analysis-template-crd.yaml': {
    kind: 'AnalysisTemplate',
    plural: 'analysistemplates',
    shortName: 'at',
    scope: 'Namespaced',
    description: 'Metrics for the AnalysisRuns of a namespace.',
    spec: analysisTemplateSpec,
    columns: [AGE],
  },
  'cluster-analysis-template-crd.yaml': {
    kind: 'ClusterAnalysisTemplate',
    plural: 'clusteranalysistemplates',
    shortName: 'cat',
    scope: 'Cluster',
    description: 'Metrics for the AnalysisRuns of every namespace.',
    spec: analysisTemplateSpec,
    columns: [AGE],
  },
  'analysis-run-crd.yaml': {
    kind: 'AnalysisRun',
    plural: 'analysisruns',
    shortName: 'ar',
    scope: 'Namespaced',
    description: 'Measures metrics and reports the results.',
    spec: analysisRunSpec,
    status: analysisRunStatus,
    // Last, so that scripts which count columns find the others where they were.
    columns: [STATUS, AGE, MESSAGE],
  },
  'experiment-crd.yaml': {
    kind: 'Experiment',
    plural: 'experiments',
    shortName: 'exp',
    scope: 'Namespaced',
    description: 'Runs pods of several templates side by side for a while.',
    spec: experimentSpec,
    status: experimentStatus,
    columns: [STATUS, AGE],
  },
};

/** Every CustomResourceDefinition by the name of its file. */
export function customResourceDefinitions(snapshots: Snapshots): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    Object.entries(CUSTOM_RESOURCES).map(([file, resource]) => [file, definition(resource, snapshots)]),
  );
}

function definition(resource: CustomResource, snapshots: Snapshots): JsonObject {
  const { kind, plural, shortName, scope, subresources } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${ROLLOUTS.group}` },
    spec: {
      group: ROLLOUTS.group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [shortName] },
      versions: [
        {
          name: ROLLOUTS.version,
          served: true,
          storage: true,
          additionalPrinterColumns: resource.columns.map((column) => ({ ...column })),
          ...(subresources === undefined ? {} : { subresources }),
          schema: { openAPIV3Schema: objectSchema(resource, snapshots) },
        },
      ],
    },
  };
}

function objectSchema({ description, spec, status }: CustomResource, snapshots: Snapshots): JsonObject {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { description: 'Desired state.', ...structuralSchema(spec, snapshots) },
      ...(status === undefined
        ? {}
        : { status: { description: 'Observed state.', ...structuralSchema(status, snapshots) } }),
    },
  };
}
