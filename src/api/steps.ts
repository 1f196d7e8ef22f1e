/**
 * The steps of a canary: what each verb carries. A step should carry one verb; which combinations are
 * accepted is decided in validation.
 */
import { z } from 'zod';
import { analysisRunMetadata, dryRun, rolloutAnalysis, rolloutAnalysisArguments } from './analysis.ts';
import {
  boundedList,
  boundedName,
  count,
  flag,
  freeJson,
  int32,
  intOrString,
  labelSelector,
  optional,
  podTemplateMetadata,
  text,
  withRules,
} from './fields.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from './validation/problems.ts';

/** Whole seconds, or a duration as Go writes it: what kube/duration.ts reads. */
const DURATION_PATTERN = '^[+]?([0-9]+|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$';

const pauseStep = z.object({
  duration: optional(
    intOrString.meta({ minimum: 0, pattern: DURATION_PATTERN }),
    'Seconds, or a duration such as 5m; without it the pause ends when a person says so.',
  ),
});

const setCanaryScale = z.object({
  weight: optional(count, 'Canary pods as a percentage of the replicas.'),
  replicas: optional(count, 'Canary pods as a number.'),
  matchTrafficWeight: optional(flag, 'Let the canary pods follow the traffic weight again.'),
});
export type SetCanaryScale = Immutable<z.infer<typeof setCanaryScale>>;

/** Which matchers are there, as a list in CEL; an empty text counts as absent. */
const MATCHERS =
  "[has(self.exact) && self.exact != '', has(self.prefix) && self.prefix != '', has(self.regex) && self.regex != '']";

const anyStringMatch = z.object({
  exact: optional(text, 'The whole value.'),
  prefix: optional(text, 'What the value begins with.'),
  regex: optional(text, 'A regular expression, as the router understands it.'),
});

const stringMatch = withRules(
  anyStringMatch,
  { rule: `${MATCHERS}.exists(present, present)`, message: PROBLEMS.matchMissing },
  { rule: `${MATCHERS}.filter(present, present).size() <= 1`, message: PROBLEMS.matchMultiple },
);
export type StringMatch = Immutable<z.infer<typeof stringMatch>>;

const headerRouteMatch = withRules(
  z.object({
    headerName: text.describe('Name of the request header.'),
    headerValue: optional(stringMatch, 'Exactly one of exact, prefix and regex.'),
  }),
  { rule: 'has(self.headerValue)', message: PROBLEMS.matchMissing },
);
export type HeaderRouteMatch = Immutable<z.infer<typeof headerRouteMatch>>;

const setHeaderRoute = z.object({
  name: optional(boundedName, 'Name of the route; it must be one of managedRoutes.'),
  match: optional(boundedList(headerRouteMatch, 100), 'Requests that go to the canary; none removes the route.'),
});
export type SetHeaderRoute = Immutable<z.infer<typeof setHeaderRoute>>;

const setMirrorRoute = z.object({
  name: boundedName.describe('Name of the route; it must be one of managedRoutes.'),
  match: optional(
    boundedList(
      z.object({
        method: optional(stringMatch, 'Method of the request.'),
        path: optional(stringMatch, 'Path of the request.'),
        headers: optional(z.record(z.string(), anyStringMatch), 'Headers of the request by name.'),
      }),
      100,
    ),
    'Requests that are mirrored to the canary; none removes the route.',
  ),
  percentage: optional(int32, 'Share of the matching requests that is mirrored.'),
});

const experimentStep = z.object({
  templates: boundedList(
    z.object({
      name: text.describe('Name of the side, which its ReplicaSet is named after.'),
      specRef: text.describe('stable or canary: whose pod template is run.'),
      replicas: optional(int32, 'Number of pods; 1 when absent.'),
      metadata: optional(podTemplateMetadata, 'Labels and annotations that the pods get beside those of the template.'),
      selector: optional(labelSelector, 'Which pods belong to the side; that of the Rollout when absent.'),
      weight: optional(int32, 'Share of the traffic.'),
      service: optional(
        z.object({ name: optional(text, 'Name of the Service; that of the ReplicaSet when absent.') }),
        'A Service is made for the pods.',
      ),
    }),
    100,
  ).describe('What runs beside each other.'),
  duration: optional(text, 'How long the experiment runs, such as 30m.'),
  analyses: optional(
    z.array(
      z.object({
        name: text.describe('Name of the analysis in the experiment.'),
        templateName: text.describe('Name of the AnalysisTemplate.'),
        clusterScope: optional(flag, 'Whether the name is that of a ClusterAnalysisTemplate.'),
        args: optional(rolloutAnalysisArguments, 'Values for the arguments of the template.'),
        requiredForCompletion: optional(flag, 'Whether the experiment waits for this analysis.'),
      }),
    ),
    'Analyses that compare the sides.',
  ),
  dryRun: optional(z.array(dryRun), 'Metrics that do not decide the outcome.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRuns.'),
  scaleDownDelaySeconds: optional(int32, 'Seconds until the pods go once it is over; 30 when absent.'),
});

const pluginStep = z.object({
  name: text.describe('Name of the plugin.'),
  config: optional(freeJson, 'What the plugin is told; its own affair.'),
});

const VERBS = [
  'setWeight',
  'pause',
  'setCanaryScale',
  'setHeaderRoute',
  'setMirrorRoute',
  'analysis',
  'experiment',
  'plugin',
];
const EXCLUSIVE_VERBS = ['setWeight', 'pause', 'experiment', 'analysis'];

function present(verbs: readonly string[]): readonly string[] {
  return verbs.map((verb) => `has(self.${verb})`);
}

export const canaryStep = withRules(
  z.object({
    setWeight: optional(
      count,
      'Share of the traffic that the canary gets, in percent (of maxTrafficWeight). Without a router the pods are divided so.',
    ),
    pause: optional(pauseStep, 'Wait for a time or for a person, who goes on by taking status.pauseConditions away.'),
    setCanaryScale: optional(
      setCanaryScale,
      'Number of canary pods, whatever the traffic weight, until another such step. It needs a router.',
    ),
    setHeaderRoute: optional(
      setHeaderRoute,
      'Send requests with a header to the canary, whatever the weight, until another step takes the route away.',
    ),
    setMirrorRoute: optional(setMirrorRoute, 'Send copies of requests to the canary.'),
    analysis: optional(rolloutAnalysis, 'Run an analysis and wait for its outcome.'),
    experiment: optional(experimentStep, 'Run an experiment and wait for its outcome.'),
    plugin: optional(pluginStep, 'Run a step plugin.'),
  }),
  { rule: present(VERBS).join(' || '), message: PROBLEMS.stepVerbs },
  { rule: `[${present(EXCLUSIVE_VERBS).join(', ')}].filter(verb, verb).size() <= 1`, message: PROBLEMS.stepVerbs },
);
export type CanaryStep = Immutable<z.infer<typeof canaryStep>>;
