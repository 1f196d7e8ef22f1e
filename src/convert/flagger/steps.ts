/** The steps of a Canary, and where its measurements start. */
import { NGINX_HEADER_PATTERN, NGINX_HEADER_TEXT } from '../../api/words/nginx-headers.ts';
import { goDurationSeconds } from '../../kube/duration.ts';
import { note, noted, type Draft, type DraftObject } from '../draft.ts';
import { HEADER_CHARACTERS, ONE_HEADER } from '../words.ts';
import type { HookTemplate } from './hook-templates.ts';
import { intervalOf, type FlaggerScene } from './scene.ts';
import type { FlaggerMatch } from './schema.ts';
import { analysisOf, type Webhooks } from './webhooks.ts';

export interface Course {
  readonly steps: readonly Draft[];
  /** Index of the first step in which requests reach the canary. */
  readonly startingStep: number;
  readonly managedRoutes: readonly DraftObject[];
  /** By the cookie that a canary Ingress matches; without prefix. */
  readonly annotations: DraftObject | undefined;
}

export function courseOf(scene: FlaggerScene, hooks: Webhooks): Course {
  const before = [
    ...hooks['confirm-rollout'].map((hook) => hookStep(hook)),
    ...(hooks['pre-rollout'].length === 0 ? [] : smokeSteps(hooks['pre-rollout'])),
  ];
  const { mode } = scene;
  const matched = mode.kind === 'match' ? matchOf(mode.matches, scene) : NO_MATCH;
  const middle =
    mode.kind === 'match'
      ? matchSteps(scene, matched, mode.iterations)
      : mode.kind === 'weights'
        ? weightSteps(scene, mode.weights, hooks['confirm-traffic-increase'])
        : [];
  const after = [
    ...hooks['confirm-promotion'].map((hook) => hookStep(hook)),
    ...(hooks['post-rollout'].length === 0
      ? []
      : [{ setWeight: 100 }, ...hooks['post-rollout'].map((hook) => hookStep(hook))]),
  ];
  return {
    steps: [...before, ...middle, ...after],
    startingStep: before.length,
    managedRoutes: matched.header === null ? [] : [{ name: routeName(scene) }],
    annotations: matched.cookie === null ? undefined : { 'canary-by-cookie': matched.cookie },
  };
}

function hookStep(hook: HookTemplate): DraftObject {
  return { analysis: analysisOf(hook) };
}

/** A pod that no user reaches, for as long as it is asked. */
function smokeSteps(hooks: readonly HookTemplate[]): readonly Draft[] {
  return [
    { setCanaryScale: { replicas: 1 } },
    ...hooks.map((hook) => hookStep(hook)),
    { setCanaryScale: { matchTrafficWeight: true } },
  ];
}

function weightSteps(
  scene: FlaggerScene,
  weights: readonly number[],
  gates: readonly HookTemplate[],
): readonly Draft[] {
  const pause = { pause: { duration: intervalOf(scene.analysis) } };
  return weights.flatMap((weight) => [...gates.map((hook) => hookStep(hook)), { setWeight: weight }, pause]);
}

interface Matched {
  readonly header: DraftObject | null;
  readonly cookie: string | null;
}

const NO_MATCH: Matched = { header: null, cookie: null };

function matchSteps(scene: FlaggerScene, { header }: Matched, iterations: number): readonly Draft[] {
  const seconds = Math.ceil((goDurationSeconds(intervalOf(scene.analysis)) ?? 0) * iterations);
  const scale = noted(
    { setCanaryScale: { weight: 100 } },
    note('Flagger runs as many pods of the canary as of the primary while it compares them.'),
  );
  return [
    scale,
    ...(header === null ? [] : [{ setHeaderRoute: { name: routeName(scene), match: [header] } }]),
    noted({ pause: { duration: `${seconds}s` } }, note(`${iterations} iterations of ${intervalOf(scene.analysis)}.`)),
  ];
}

function routeName({ name }: FlaggerScene): string {
  return `${name}-match`;
}

/** Flagger reads the header `cookie` as the name of a cookie with the value `always`. */
function matchOf(matches: readonly FlaggerMatch[], { path, refusals }: FlaggerScene): Matched {
  const all = matches.flatMap(({ headers = {} }) => Object.entries(headers));
  const cookies = all.filter(([key]) => key.toLowerCase() === 'cookie');
  const headers = all.filter(([key]) => key.toLowerCase() !== 'cookie');
  const refuse = (why: string): Matched => {
    refusals.add(`${path}.match`, why);
    return NO_MATCH;
  };
  if (headers.length > 1 || cookies.length > 1 || all.length === 0) return refuse(ONE_HEADER);
  const cookie = cookies[0]?.[1].exact ?? null;
  if (cookies.length > 0 && (cookie === null || !NGINX_HEADER_TEXT.test(cookie))) {
    return refuse('a cookie is matched by its name (exact), of letters, digits and - . _ ~ / :');
  }
  const [header] = headers;
  if (header === undefined) return { header: null, cookie };
  const [headerName, headerValue] = header;
  const { exact, prefix, regex } = headerValue;
  const kinds = [exact, prefix, regex].filter((one) => one !== undefined);
  if (kinds.length !== 1) return refuse('a header needs exactly one of exact, prefix and regex');
  const plain = [headerName, exact ?? '', prefix ?? ''].every((text) => NGINX_HEADER_TEXT.test(text));
  if (!plain || !NGINX_HEADER_PATTERN.test(regex ?? '')) return refuse(HEADER_CHARACTERS);
  return { header: { headerName, headerValue: { exact, prefix, regex } }, cookie };
}
