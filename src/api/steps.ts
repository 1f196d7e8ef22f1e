/**
 * The steps of a canary: what each verb carries. A step should carry one verb; which combinations are
 * accepted is decided in validation.
 */
import { z } from 'zod';
import { analysisRunMetadata, dryRun, rolloutAnalysis, rolloutAnalysisArguments } from './analysis.ts';
import { flag, freeJson, int32, intOrString, labelSelector, optional, podTemplateMetadata, text } from './fields.ts';
import type { Immutable } from './immutable.ts';

const pauseStep = z.object({
  duration: optional(
    intOrString,
    'Seconds, or a duration such as 5m; without it the pause ends when a person says so.',
  ),
});
export type PauseStep = Immutable<z.infer<typeof pauseStep>>;

const setCanaryScale = z.object({
  weight: optional(int32, 'Canary pods as a percentage of the replicas.'),
  replicas: optional(int32, 'Canary pods as a number.'),
  matchTrafficWeight: optional(flag, 'Let the canary pods follow the traffic weight again.'),
});
export type SetCanaryScale = Immutable<z.infer<typeof setCanaryScale>>;

const stringMatch = z.object({
  exact: optional(text),
  prefix: optional(text),
  regex: optional(text),
});
export type StringMatch = Immutable<z.infer<typeof stringMatch>>;

const headerRouteMatch = z.object({
  headerName: text.describe('Name of the request header.'),
  headerValue: optional(stringMatch, 'Exactly one of exact, prefix and regex.'),
});
export type HeaderRouteMatch = Immutable<z.infer<typeof headerRouteMatch>>;

const setHeaderRoute = z.object({
  name: optional(text, 'Name of the route; it must be one of managedRoutes.'),
  match: optional(z.array(headerRouteMatch), 'Requests that go to the canary; none removes the route.'),
});
export type SetHeaderRoute = Immutable<z.infer<typeof setHeaderRoute>>;

const setMirrorRoute = z.object({
  name: text.describe('Name of the route; it must be one of managedRoutes.'),
  match: optional(
    z.array(
      z.object({
        method: optional(stringMatch),
        path: optional(stringMatch),
        headers: optional(z.record(z.string(), stringMatch)),
      }),
    ),
    'Requests that are mirrored to the canary; none removes the route.',
  ),
  percentage: optional(int32, 'Share of the matching requests that is mirrored.'),
});

const experimentStep = z.object({
  templates: z.array(
    z.object({
      name: text,
      specRef: text.describe('stable or canary: whose pod template is run.'),
      replicas: optional(int32),
      metadata: optional(podTemplateMetadata),
      selector: optional(labelSelector),
      weight: optional(int32, 'Share of the traffic.'),
      service: optional(z.object({ name: optional(text) })),
    }),
  ),
  duration: optional(text, 'How long the experiment runs, such as 30m.'),
  analyses: optional(
    z.array(
      z.object({
        name: text,
        templateName: text,
        clusterScope: optional(flag),
        args: optional(rolloutAnalysisArguments),
        requiredForCompletion: optional(flag),
      }),
    ),
  ),
  dryRun: optional(z.array(dryRun)),
  analysisRunMetadata: optional(analysisRunMetadata),
  scaleDownDelaySeconds: optional(int32),
});

const pluginStep = z.object({
  name: text,
  config: optional(freeJson),
});

export const canaryStep = z.object({
  setWeight: optional(int32, 'Share of the traffic that the canary gets.'),
  pause: optional(pauseStep, 'Wait for a time or for a person.'),
  setCanaryScale: optional(setCanaryScale, 'Number of canary pods, whatever the traffic weight.'),
  setHeaderRoute: optional(setHeaderRoute, 'Send requests with a header to the canary.'),
  setMirrorRoute: optional(setMirrorRoute, 'Send copies of requests to the canary.'),
  analysis: optional(rolloutAnalysis, 'Run an analysis and wait for its outcome.'),
  experiment: optional(experimentStep, 'Run an experiment and wait for its outcome.'),
  plugin: optional(pluginStep, 'Run a step plugin.'),
});
export type CanaryStep = Immutable<z.infer<typeof canaryStep>>;
