/**
 * Hazards: setups in which requests may not go where the Rollout says, although every write succeeds
 * (field/pains 5, 6, 11, 17 and 10). They are reported, and no rollout waits for them. Validation refuses
 * what can never work, and a canary of another owner blocks (`router.ts`).
 */
import { NGINX_CANARY_ANNOTATIONS as KEY } from '../../../api/words/labels.ts';
import type { NginxTrafficRouting } from '../../../api/schema/traffic-routing.ts';
import type { Ingress } from '../../../kube/objects.ts';
import type { Hazard } from '../../acts/hazard.ts';
import type { Situation } from '../../observed/situation.ts';
import { rolesApart } from '../roles-apart.ts';
import { backendServices } from './backends.ts';
import { classNameOf, dialectOf, unknownControllerOf, type Dialect } from './dialect.ts';
import { annotationPrefix, lentAnnotations, stableIngressNames } from './ingress.ts';
import { ingressClassesIn, ingressesIn } from './observed.ts';

/** The input of the checks. */
interface Scene {
  readonly situation: Situation;
  readonly nginx: NginxTrafficRouting;
  readonly prefix: string;
  readonly stableService: string;
  readonly canaryService: string;
  /** The existing ones of the spec. */
  readonly stableIngresses: readonly Ingress[];
  /** All others that are not canaries, served by the same proxies. */
  readonly otherIngresses: readonly Ingress[];
  /** The dialects of the stable Ingresses, without repetition. */
  readonly dialects: readonly Dialect[];
}

export function nginxHazards(situation: Situation, nginx: NginxTrafficRouting): readonly Hazard[] {
  const scene = sceneOf(situation, nginx);
  return CHECKS.flatMap((check) => check(scene));
}

function sceneOf(situation: Situation, nginx: NginxTrafficRouting): Scene {
  const { rollout } = situation.world;
  const ingresses = ingressesIn(situation.world);
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
  const dialects = [...new Set(stableIngresses.map((one) => dialectOf(ingressClassesIn(situation.world), one)))];
  return { situation, nginx, prefix, stableService, canaryService, stableIngresses, otherIngresses, dialects };
}

const sharedBackend = ({ otherIngresses, stableService }: Scene): Hazard[] =>
  otherIngresses
    .filter((one) => backendServices(one).has(stableService))
    .map((one) => ({
      reason: 'SharedBackend',
      message: `Ingress ${one.metadata.name} also leads to Service ${stableService}, so its requests are split, too; give it a Service of its own, or add it to stableIngresses`,
    }));

const canaryServiceExposed = ({ otherIngresses, stableIngresses, canaryService }: Scene): Hazard[] =>
  [...otherIngresses, ...stableIngresses]
    .filter((one) => backendServices(one).has(canaryService))
    .map((one) => ({
      reason: 'CanaryServiceExposed',
      message: `Ingress ${one.metadata.name} leads to the canary Service ${canaryService}, and a proxy ignores either that route or the canary; give it another Service with the same selector`,
    }));

const apart = ({ situation }: Scene): readonly Hazard[] => rolesApart(situation);

/**
 * An explicit `affinity-canary-behavior` means that the author has made the choice. `legacy` is one on the canary Ingress
 * alone: on the stable one it has no effect.
 */
const sessionAffinity = ({ nginx, prefix, stableIngresses }: Scene): Hazard[] =>
  stableIngresses
    .filter(
      ({ metadata: { annotations = {} } }) =>
        annotations[`${prefix}/affinity`] === 'cookie' &&
        annotations[`${prefix}/affinity-canary-behavior`] !== 'sticky' &&
        lentAnnotations(nginx)[`${prefix}/affinity-canary-behavior`] === undefined,
    )
    .map((one) => ({
      reason: 'SessionAffinity',
      message: `Ingress ${one.metadata.name} binds clients with a cookie, and neither weight nor header moves a client that is bound to the stable pods; if that is meant set ${prefix}/affinity-canary-behavior: sticky, or legacy in additionalIngressAnnotations, with which the canary binds nobody`,
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
            message: `${KEY.weightTotal}: ${quoted(total)} is overridden by maxTrafficWeight ${asked}`,
          },
        ];
  }
  if (total === '100') return [];
  return Number(total) > 100
    ? [
        {
          reason: 'WeightTotalIgnored',
          message: `${KEY.weightTotal}: ${quoted(total)} makes each weight a share of ${total}, but the steps count to 100; set maxTrafficWeight: ${total} instead`,
        },
      ]
    : [
        {
          reason: 'WeightTotalIgnored',
          message: `${KEY.weightTotal}: ${quoted(total)} is read as 100, because proxies accept no smaller total`,
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
    found.push(ignored(`${KEY.byHeaderValue} has no effect without ${KEY.byHeader}`));
  if (header === undefined && pattern !== undefined)
    found.push(ignored(`${KEY.byHeaderPattern} has no effect without ${KEY.byHeader}`));
  if (value !== undefined && pattern !== undefined)
    found.push(ignored(`${KEY.byHeaderPattern} is overridden by ${KEY.byHeaderValue}`));
  for (const { name, headerText, patterns } of dialects) {
    for (const [key, text] of [
      [KEY.byHeader, header],
      [KEY.byHeaderValue, value],
    ] as const) {
      if (text !== undefined && headerText?.test(text) === false)
        found.push(ignored(`${name} ignores ${key}: ${quoted(text)} because of a character that it does not accept`));
    }
    if (patterns === 'RE2' && pattern !== undefined && NOT_IN_RE2.test(pattern))
      found.push(
        ignored(
          `${name} cannot read ${KEY.byHeaderPattern}: ${quoted(pattern)}, it has no look-around and no back-references`,
        ),
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
      message: `with a header or cookie rule ${name} sends no other requests to the canary, so the weights of the steps have no effect`,
    }));
};

/** An explicit prefix means that the author knows the proxy. */
const unknownDialect = ({ situation, nginx, stableIngresses }: Scene): Hazard[] =>
  nginx.annotationPrefix !== undefined && nginx.annotationPrefix !== ''
    ? []
    : stableIngresses.flatMap((one) => {
        const controller = unknownControllerOf(ingressClassesIn(situation.world), one);
        return controller === null
          ? []
          : [
              {
                reason: 'ProxyUnknown',
                message: `Ingress ${one.metadata.name} is served by ${controller}, which is not known to support canary annotations; check that a weight splits requests before you rely on it`,
              },
            ];
      });

const CHECKS: readonly ((scene: Scene) => readonly Hazard[])[] = [
  sharedBackend,
  canaryServiceExposed,
  apart,
  sessionAffinity,
  weightTotal,
  headerRules,
  hiddenWeight,
  unknownDialect,
];

function quoted(text: string): string {
  return JSON.stringify(text);
}
