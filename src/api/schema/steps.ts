/**
 * The steps of a canary and the fields of each verb. Validation decides which verbs one step may combine.
 */
import { z } from 'zod';
import { DEFAULTS } from '../words/defaults.ts';
import { analysisRunMetadata, dryRun, rolloutAnalysis, rolloutAnalysisArguments } from './analysis.ts';
import {
  boundedList,
  boundedName,
  count,
  duration,
  flag,
  freeJson,
  labelSelector,
  optional,
  podTemplateMetadata,
  secondsOrDuration,
  text,
  withRules,
} from './fields.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from '../words/problems.ts';

/** False for a text that is too long for an int32 of seconds. The schema bounds a number. */
const PAUSE_FITS =
  "type(self.duration) != string || (self.duration.matches('^[+]?[0-9]+$') ? " +
  "int(self.duration) < 2147483648 : duration(self.duration) < duration('2147483648s'))";

const pauseStep = withRules(
  z.object({
    duration: optional(
      secondsOrDuration,
      'Seconds, or a duration such as 5m. When absent, the pause lasts until a person resumes the rollout.',
    ),
  }),
  { rule: `!has(self.duration) || ${PAUSE_FITS}`, message: PROBLEMS.pauseTooLong },
);

const setCanaryScale = z.object({
  weight: optional(count, 'Canary pods as a percentage of spec.replicas.'),
  replicas: optional(count, 'Number of canary pods.'),
  matchTrafficWeight: optional(flag, 'Makes the number of canary pods follow the traffic weight again.'),
});
export type SetCanaryScale = Immutable<z.infer<typeof setCanaryScale>>;

/** The matchers that are set, as a list in CEL; an empty text counts as absent. */
const MATCHERS =
  "[has(self.exact) && self.exact != '', has(self.prefix) && self.prefix != '', has(self.regex) && self.regex != '']";

const anyStringMatch = z.object({
  exact: optional(text, 'The whole value.'),
  prefix: optional(text, 'The start of the value.'),
  regex: optional(text, 'A regular expression in the syntax of the router.'),
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
  match: optional(
    boundedList(headerRouteMatch, 100),
    'Requests to send to the canary. An empty list removes the route.',
  ),
});

const mirrorMatch = z.object({
  method: optional(stringMatch, 'Method of the request.'),
  path: optional(stringMatch, 'Path of the request.'),
  headers: optional(z.record(z.string(), anyStringMatch), 'Headers of the request by name.'),
});
export type MirrorMatch = Immutable<z.infer<typeof mirrorMatch>>;

const setMirrorRoute = z.object({
  name: boundedName.describe('Name of the route; it must be one of managedRoutes.'),
  match: optional(boundedList(mirrorMatch, 100), 'Requests to mirror to the canary. An empty list removes the route.'),
  percentage: optional(count, 'Percentage of the matching requests to mirror.'),
});

const experimentStep = z.object({
  templates: boundedList(
    z.object({
      name: text.describe('Name of the template; its ReplicaSet is named after it.'),
      specRef: text.describe('Which pod template to run: stable or canary.'),
      replicas: optional(count, 'Number of pods; 1 when absent.'),
      metadata: optional(podTemplateMetadata, 'Labels and annotations to add to the pods.'),
      selector: optional(labelSelector, 'Selects the pods; the selector of the Rollout when absent.'),
      weight: optional(count, 'Share of the traffic.'),
      service: optional(
        z.object({ name: optional(text, 'Name of the Service; the name of the ReplicaSet when absent.') }),
        'Creates a Service for the pods.',
      ),
    }),
    100,
  ).describe('Pod templates to run side by side.'),
  duration: optional(duration, 'How long the experiment runs, such as 30m.'),
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
    'Analyses that compare the templates.',
  ),
  dryRun: optional(z.array(dryRun), 'Metrics that do not affect the outcome.'),
  analysisRunMetadata: optional(analysisRunMetadata, 'Labels and annotations of the AnalysisRuns.'),
  scaleDownDelaySeconds: optional(count, 'Seconds until the pods are removed after the end; 30 when absent.'),
});
export type ExperimentStep = Immutable<z.infer<typeof experimentStep>>;

const pluginStep = z.object({
  name: text.describe('Name of the plugin.'),
  config: optional(freeJson, 'Configuration for the plugin.'),
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
      `Traffic share of the canary, out of maxTrafficWeight (${DEFAULTS.maxTrafficWeight} when absent). Without a router it sets the ratio of pods.`,
    ),
    pause: optional(
      pauseStep,
      'Waits for a time, or until a person resumes the rollout by removing status.pauseConditions.',
    ),
    setCanaryScale: optional(
      setCanaryScale,
      'Sets the number of canary pods, independent of the traffic weight, until the next setCanaryScale. Needs a router.',
    ),
    setHeaderRoute: optional(
      setHeaderRoute,
      'Sends requests with a header to the canary, independent of the weight, until a step removes the route.',
    ),
    setMirrorRoute: optional(setMirrorRoute, 'Sends copies of requests to the canary.'),
    analysis: optional(rolloutAnalysis, 'Runs an analysis and waits for its result.'),
    experiment: optional(experimentStep, 'Runs an experiment and waits for its result.'),
    plugin: optional(pluginStep, 'Runs a step plugin.'),
  }),
  { rule: present(VERBS).join(' || '), message: PROBLEMS.stepVerbs },
  { rule: `[${present(EXCLUSIVE_VERBS).join(', ')}].filter(verb, verb).size() <= 1`, message: PROBLEMS.stepVerbs },
);
export type CanaryStep = Immutable<z.infer<typeof canaryStep>>;
