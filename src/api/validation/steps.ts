/**
 * Rules of the canary's steps. Each step is checked completely before the next.
 */
import { pauseSeconds } from '../../kube/duration.ts';
import type { CanaryStrategy } from '../schema/canary.ts';
import { DEFAULTS } from '../words/defaults.ts';
import {
  errorsAmong,
  firstError,
  firstErrorOf,
  invalidValue,
  requiredValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import type { CanaryStep, HeaderRouteMatch, StringMatch } from '../schema/steps.ts';
import { hasPlugins } from './canary.ts';
import { negativeFieldError } from './numbers.ts';
import { NGINX_HEADER_PATTERN, NGINX_HEADER_TEXT } from '../words/nginx-headers.ts';
import { PROBLEMS, setWeightProblem } from '../words/problems.ts';

interface StepSubject {
  readonly step: CanaryStep;
  readonly canary: CanaryStrategy;
  /** Such as `spec.strategy.steps[0]`. */
  readonly path: string;
}

const verbsMultiple: Check<StepSubject> = ({ step, path }) => {
  const exclusive = [step.setWeight, step.pause, step.experiment, step.analysis];
  return exclusive.filter((verb) => verb !== undefined).length > 1
    ? invalidValue(path, step, PROBLEMS.stepVerbs)
    : null;
};

const verbMissing: Check<StepSubject> = ({ step, path }) => {
  const { setWeight, pause, experiment, analysis, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin } = step;
  const verbs = [setWeight, pause, experiment, analysis, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin];
  return verbs.every((verb) => verb === undefined) ? invalidValue(path, step, PROBLEMS.stepVerbs) : null;
};

const weightOutOfRange: Check<StepSubject> = ({ step, canary, path }) => {
  const max = canary.trafficRouting?.maxTrafficWeight ?? DEFAULTS.maxTrafficWeight;
  return step.setWeight !== undefined && (step.setWeight < 0 || step.setWeight > max)
    ? invalidValue(`${path}.setWeight`, step.setWeight, setWeightProblem(max))
    : null;
};

const pauseUnreadable: Check<StepSubject> = ({ step, path }) => {
  const seconds = pauseSeconds(step.pause?.duration);
  return seconds !== null && seconds < 0
    ? invalidValue(`${path}.pause.duration`, seconds, PROBLEMS.pauseDuration)
    : null;
};

const canaryScaleNegative: Check<StepSubject> = ({ step, path }) =>
  negativeFieldError(`${path}.setCanaryScale`, step.setCanaryScale, ['weight', 'replicas']);

const canaryScaleWithoutRouter: Check<StepSubject> = ({ step, canary }) =>
  step.setCanaryScale !== undefined && canary.trafficRouting === undefined
    ? requiredValue('spec.strategy.trafficRouting', PROBLEMS.canaryScaleWithoutRouter)
    : null;

const headerRouteWithoutRouter: Check<StepSubject> = ({ step, canary: { trafficRouting }, path }) => {
  if (step.setHeaderRoute === undefined) return null;
  const routes =
    trafficRouting !== undefined &&
    ([
      trafficRouting.istio,
      trafficRouting.alb,
      trafficRouting.apisix,
      trafficRouting.nginx,
      trafficRouting.gatewayAPI,
    ].some((router) => router !== undefined) ||
      hasPlugins(trafficRouting));
  return routes ? null : invalidValue(`${path}.setHeaderRoute`, step.setHeaderRoute, PROBLEMS.headerRouteRouter);
};

const headerMatchInvalid: Check<StepSubject> = ({ step, canary, path }) =>
  firstErrorOf(step.setHeaderRoute?.match, (match, index) => {
    const matchPath = `${path}.setHeaderRoute.match[${index}]`;
    return canary.trafficRouting?.alb === undefined
      ? stringMatchError(match.headerValue, matchPath)
      : albMatchError(match.headerValue, matchPath);
  });

/** The canary Ingress can hold one header, with the characters that nginx accepts. */
const nginxHeaderImpossible: Check<StepSubject> = ({ step, canary, path }) => {
  const matches = step.setHeaderRoute?.match ?? [];
  if (canary.trafficRouting?.nginx === undefined) return null;
  const matchPath = `${path}.setHeaderRoute.match`;
  if (matches.length > 1) return invalidValue(matchPath, matches, PROBLEMS.nginxHeaderCount);
  return firstErrorOf(matches, (match, index) => nginxCharactersError(match, `${matchPath}[${index}]`));
};

const mirrorRouteWithoutRouter: Check<StepSubject> = ({ step, canary: { trafficRouting }, path }) => {
  if (step.setMirrorRoute === undefined) return null;
  const mirrors =
    trafficRouting !== undefined &&
    (trafficRouting.istio !== undefined || trafficRouting.gatewayAPI !== undefined || hasPlugins(trafficRouting));
  return mirrors ? null : invalidValue(`${path}.setMirrorRoute`, step.setMirrorRoute, PROBLEMS.mirrorRouteRouter);
};

const mirrorMatchInvalid: Check<StepSubject> = ({ step, path }) =>
  firstErrorOf(step.setMirrorRoute?.match, ({ method, path: urlPath, headers }, index) => {
    const matchPath = `${path}.setMirrorRoute.match[${index}]`;
    const present = [method, urlPath, ...Object.values(headers ?? {})].filter((match) => match !== undefined);
    return firstErrorOf(present, (match) => stringMatchError(match, matchPath));
  });

const managedRoutesMissing: Check<StepSubject> = ({ step, canary: { trafficRouting } }) =>
  (step.setHeaderRoute !== undefined || step.setMirrorRoute !== undefined) &&
  trafficRouting !== undefined &&
  trafficRouting.managedRoutes === undefined
    ? requiredValue('spec.strategy.trafficRouting.managedRoutes', PROBLEMS.managedRoutesMissing)
    : null;

const headerRouteUnmanaged: Check<StepSubject> = ({ step, canary, path }) =>
  step.setHeaderRoute === undefined ? null : unmanagedError(canary, step.setHeaderRoute.name, `${path}.setHeaderRoute`);

const mirrorRouteUnmanaged: Check<StepSubject> = ({ step, canary, path }) =>
  step.setMirrorRoute === undefined ? null : unmanagedError(canary, step.setMirrorRoute.name, `${path}.setMirrorRoute`);

const experimentWeightImpossible: Check<StepSubject> = ({ step, canary: { trafficRouting }, path }) =>
  firstErrorOf(step.experiment?.templates, ({ weight }, index) => {
    if (weight === undefined) return null;
    const weightPath = `${path}.experiment.templates[${index}].weight`;
    if (trafficRouting === undefined) {
      return invalidValue(weightPath, weight, PROBLEMS.experimentWeightWithoutRouter);
    }
    const routers = [trafficRouting.smi, trafficRouting.alb, trafficRouting.istio];
    return routers.some((router) => router !== undefined) || hasPlugins(trafficRouting)
      ? null
      : invalidValue(weightPath, weight, PROBLEMS.experimentWeightRouter);
  });

/** The metadata fields that an argument may refer to, as in the downward API. */
const METADATA_FIELD = /^metadata\.(?:name|namespace|uid|labels|annotations|(?:labels|annotations)\['[^']+'\])$/;

const analysisArgumentInvalid: Check<StepSubject> = ({ step, path }) => {
  const args = [
    ...(step.experiment?.analyses ?? []).flatMap((analysis) => analysis.args ?? []),
    ...(step.analysis?.args ?? []),
  ];
  return firstErrorOf(args, ({ valueFrom }) => {
    const fieldPath = valueFrom?.fieldRef?.fieldPath;
    return fieldPath?.startsWith('metadata') === true && !METADATA_FIELD.test(fieldPath)
      ? invalidValue(`${path}.analyses`, args, PROBLEMS.analysisArgument)
      : null;
  });
};

const STEP_CHECKS: readonly Check<StepSubject>[] = [
  verbsMultiple,
  verbMissing,
  weightOutOfRange,
  pauseUnreadable,
  canaryScaleWithoutRouter,
  canaryScaleNegative,
  headerRouteWithoutRouter,
  headerMatchInvalid,
  nginxHeaderImpossible,
  mirrorRouteWithoutRouter,
  mirrorMatchInvalid,
  managedRoutesMissing,
  headerRouteUnmanaged,
  mirrorRouteUnmanaged,
  experimentWeightImpossible,
  analysisArgumentInvalid,
];

/** The first error of each step. */
export function stepsErrors(canary: CanaryStrategy): Iterable<FieldError> {
  return errorsAmong(canary.steps, (step, index) =>
    firstError(STEP_CHECKS, { step, canary, path: `spec.strategy.steps[${index}]` }),
  );
}

function stringMatchError(match: StringMatch | undefined, path: string): FieldError | null {
  const kinds = match === undefined ? 0 : matchKinds(match);
  if (kinds === 1) return null;
  return invalidValue(path, match ?? null, kinds === 0 ? PROBLEMS.matchMissing : PROBLEMS.matchMultiple);
}

function albMatchError(match: StringMatch | undefined, path: string): FieldError | null {
  if (match === undefined) return invalidValue(path, null, PROBLEMS.matchMissing);
  return isSet(match.exact) && matchKinds(match) === 1 ? null : invalidValue(path, match, PROBLEMS.albMatch);
}

function nginxCharactersError({ headerName, headerValue }: HeaderRouteMatch, path: string): FieldError | null {
  const { exact, prefix, regex } = headerValue ?? {};
  const plain = [headerName, exact, prefix].filter(isSet);
  const accepted =
    headerName !== '' &&
    plain.every((text) => NGINX_HEADER_TEXT.test(text)) &&
    (!isSet(regex) || NGINX_HEADER_PATTERN.test(regex));
  return accepted ? null : invalidValue(path, { headerName, headerValue }, PROBLEMS.nginxHeaderCharacters);
}

function unmanagedError(canary: CanaryStrategy, name: string | undefined, path: string): FieldError | null {
  const managed = canary.trafficRouting?.managedRoutes;
  return managed === undefined || managed.some((route) => route.name === name)
    ? null
    : invalidValue(path, name ?? '', PROBLEMS.routeUnmanaged);
}

/** An empty text counts as absent. */
function matchKinds({ exact, prefix, regex }: StringMatch): number {
  return [exact, prefix, regex].filter(isSet).length;
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
