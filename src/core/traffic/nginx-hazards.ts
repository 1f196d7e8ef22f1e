/**
 * What makes requests go elsewhere than the Rollout says although everything is written as it asks
 * (field/pains 5, 6, 11, 17 and 10): told before it bites, and never a reason to wait. What can never
 * work is refused by validation, and a canary of somebody else blocks (`nginx.ts`).
 */
import { NGINX_CANARY_ANNOTATIONS as KEY } from '../../api/labels.ts';
import type { NginxTrafficRouting } from '../../api/traffic-routing.ts';
import type { Ingress } from '../../kube/objects.ts';
import type { Hazard } from '../rollout/hazard.ts';
import type { Situation } from '../rollout/situation.ts';
import { backendServices } from './backends.ts';
import { classNameOf, dialectOf, unknownControllerOf, type Dialect } from './dialect.ts';
import { annotationPrefix, lentAnnotations, stableIngressNames } from './nginx-ingress.ts';

/** What the checks look at. */
interface Scene {
  readonly situation: Situation;
  readonly nginx: NginxTrafficRouting;
  readonly prefix: string;
  readonly stableService: string;
  readonly canaryService: string;
  /** Those of the spec that exist. */
  readonly stableIngresses: readonly Ingress[];
  /** All others that are no canaries and are served by the same proxies. */
  readonly otherIngresses: readonly Ingress[];
  /** Of each stable Ingress, without repetition. */
  readonly dialects: readonly Dialect[];
}

export function nginxHazards(situation: Situation, nginx: NginxTrafficRouting): readonly Hazard[] {
  const scene = sceneOf(situation, nginx);
  return CHECKS.flatMap((check) => check(scene));
}

function sceneOf(situation: Situation, nginx: NginxTrafficRouting): Scene {
  const { ingresses, ingressClasses, rollout } = situation.world;
  const { stableService = '', canaryService = '' } = rollout.spec.strategy?.canary ?? {};
  const prefix = annotationPrefix(nginx);
  const names = stableIngressNames(nginx);
  const stableIngresses = names.flatMap((name) => ingresses.get(name) ?? []);
  const classes = new Set(stableIngresses.map(classNameOf));
  const otherIngresses = [...ingresses.values()].filter(
    (one) =>
      !names.includes(one.metadata.name) &&
      one.metadata.annotations?.[`${prefix}/${KEY.canary}`] !== 'true' &&
      classes.has(classNameOf(one)),
  );
  const dialects = [...new Set(stableIngresses.map((one) => dialectOf(ingressClasses, one)))];
  return { situation, nginx, prefix, stableService, canaryService, stableIngresses, otherIngresses, dialects };
}

const sharedBackend = ({ otherIngresses, stableService }: Scene): Hazard[] =>
  otherIngresses
    .filter((one) => backendServices(one).has(stableService))
    .map((one) => ({
      reason: 'SharedBackend',
      message: `Ingress ${one.metadata.name} leads to Service ${stableService} as well, so its requests are split with those of the stable Ingress; give it a Service of its own, or name it in stableIngresses`,
    }));

const canaryServiceExposed = ({ otherIngresses, stableIngresses, canaryService }: Scene): Hazard[] =>
  [...otherIngresses, ...stableIngresses]
    .filter((one) => backendServices(one).has(canaryService))
    .map((one) => ({
      reason: 'CanaryServiceExposed',
      message: `Ingress ${one.metadata.name} leads to the canary Service ${canaryService}, and a proxy takes one of the two, that route or the canary, for void; give it another Service with the same selector`,
    }));

/** Whoever wrote down what is to become of bound clients has made the choice. */
const sessionAffinity = ({ nginx, prefix, stableIngresses }: Scene): Hazard[] =>
  stableIngresses
    .filter(
      ({ metadata: { annotations = {} } }) =>
        annotations[`${prefix}/affinity`] === 'cookie' &&
        annotations[`${prefix}/affinity-canary-behavior`] === undefined &&
        lentAnnotations(nginx)[`${prefix}/affinity-canary-behavior`] === undefined,
    )
    .map((one) => ({
      reason: 'SessionAffinity',
      message: `Ingress ${one.metadata.name} binds clients by a cookie, and bound clients stay where they are whatever the weight and the headers; say so with ${prefix}/affinity-canary-behavior: sticky, or choose legacy`,
    }));

const weightTotal = ({ situation, nginx, prefix }: Scene): Hazard[] => {
  const total = lentAnnotations(nginx)[`${prefix}/${KEY.weightTotal}`];
  const asked = situation.rollout.spec.strategy?.canary?.trafficRouting?.maxTrafficWeight;
  if (total === undefined) return [];
  if (asked !== undefined) {
    return total === String(asked)
      ? []
      : [
          {
            reason: 'WeightTotalIgnored',
            message: `${KEY.weightTotal}: ${quoted(total)} gives way to maxTrafficWeight ${asked}`,
          },
        ];
  }
  if (total === '100') return [];
  return Number(total) > 100
    ? [
        {
          reason: 'WeightTotalIgnored',
          message: `${KEY.weightTotal}: ${quoted(total)} makes each weight a share of ${total} and the steps count to 100; write maxTrafficWeight: ${total} instead`,
        },
      ]
    : [
        {
          reason: 'WeightTotalIgnored',
          message: `${KEY.weightTotal}: ${quoted(total)} is read as 100, because proxies take no total below that`,
        },
      ];
};

const headerRules = ({ nginx, prefix, dialects }: Scene): Hazard[] => {
  const lent = lentAnnotations(nginx);
  const ignored = (why: string): Hazard => ({ reason: 'HeaderRuleIgnored', message: why });
  const { [`${prefix}/${KEY.byHeader}`]: header, [`${prefix}/${KEY.byHeaderValue}`]: value } = lent;
  const pattern = lent[`${prefix}/${KEY.byHeaderPattern}`];
  const found: Hazard[] = [];
  if (header === undefined && value !== undefined)
    found.push(ignored(`${KEY.byHeaderValue} means nothing without ${KEY.byHeader}`));
  if (header === undefined && pattern !== undefined)
    found.push(ignored(`${KEY.byHeaderPattern} means nothing without ${KEY.byHeader}`));
  if (value !== undefined && pattern !== undefined)
    found.push(ignored(`${KEY.byHeaderPattern} gives way to ${KEY.byHeaderValue}`));
  for (const { name, headerText, patterns } of dialects) {
    for (const [key, text] of [
      [KEY.byHeader, header],
      [KEY.byHeaderValue, value],
    ] as const) {
      if (text !== undefined && headerText?.test(text) === false)
        found.push(ignored(`${name} drops ${key}: ${quoted(text)} for a character that it does not take`));
    }
    if (patterns === 'RE2' && pattern !== undefined && NOT_IN_RE2.test(pattern))
      found.push(
        ignored(`${name} does not read ${KEY.byHeaderPattern}: ${quoted(pattern)}, its patterns have no look-around`),
      );
  }
  return found;
};

/** Look-around and back-references. */
const NOT_IN_RE2 = /\(\?<?[=!]|\\[1-9]/;

const hiddenWeight = ({ situation, nginx, prefix, dialects }: Scene): Hazard[] => {
  const { steps = [] } = situation.rollout.spec.strategy?.canary ?? {};
  const lent = lentAnnotations(nginx);
  const hasRules =
    lent[`${prefix}/${KEY.byHeader}`] !== undefined ||
    lent[`${prefix}/${KEY.byCookie}`] !== undefined ||
    steps.some((step) => (step.setHeaderRoute?.match ?? []).length > 0);
  if (!hasRules || !steps.some((step) => (step.setWeight ?? 0) > 0)) return [];
  return dialects
    .filter((one) => !one.weightBesideRules)
    .map(({ name }) => ({
      reason: 'WeightIgnored',
      message: `${name} gives a canary with a header or a cookie no share of the other requests, so the weights of the steps have no effect beside them`,
    }));
};

/** Whoever names a prefix knows his proxy. */
const unknownDialect = ({ situation, nginx, stableIngresses }: Scene): Hazard[] =>
  nginx.annotationPrefix !== undefined && nginx.annotationPrefix !== ''
    ? []
    : stableIngresses.flatMap((one) => {
        const controller = unknownControllerOf(situation.world.ingressClasses, one);
        return controller === null
          ? []
          : [
              {
                reason: 'ProxyUnknown',
                message: `Ingress ${one.metadata.name} is served by ${controller}, of which it is not known that it reads canary annotations; make sure that a weight divides requests before you rely on it`,
              },
            ];
      });

const CHECKS: readonly ((scene: Scene) => Hazard[])[] = [
  sharedBackend,
  canaryServiceExposed,
  sessionAffinity,
  weightTotal,
  headerRules,
  hiddenWeight,
  unknownDialect,
];

function quoted(text: string): string {
  return JSON.stringify(text);
}
