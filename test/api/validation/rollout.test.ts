import { describe, expect, test } from 'vitest';
import { fieldErrorText, firstOf, invalidSpecMessage } from '../../../src/api/words/field-error.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import { specErrors } from '../../../src/api/validation/rollout.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { canary, nginxCanary, rollout, withContainer, withPodSpec } from '../sample-rollout.ts';

interface Row {
  readonly name: string;
  readonly rollout: Rollout;
  /** The whole text of the error, or null where nothing is wrong. */
  readonly error: string | null;
}

function check(rows: readonly Row[]): void {
  test.each(rows)('$name', (row) => {
    const error = firstOf(specErrors(row.rollout));
    expect(error === null ? null : fieldErrorText(error)).toBe(row.error);
  });
}

const SERVICES_MISSING = 'Canary service and Stable service must to be set to use Traffic Routing';
const STEP_VERBS = 'Step must have one of the following set: experiment, setWeight, setCanaryScale or pause';

test('the message names the Rollout, the field, the kind of error, the value and the rule', () => {
  const error = firstOf(specErrors(canary({ steps: [{ setWeight: 20 }, { setWeight: 101 }] })));
  expect(error && invalidSpecMessage('web', fieldErrorText(error))).toBe(
    'The Rollout "web" is invalid: spec.strategy.steps[1].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100',
  );
});

describe('spec', () => {
  check([
    { name: 'valid', rollout: rollout(), error: null },
    { name: 'no replicas', rollout: rollout({ replicas: 0 }), error: null },
    {
      name: 'negative replicas',
      rollout: rollout({ replicas: -1 }),
      error: 'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    },
    {
      name: 'empty selector',
      rollout: rollout({ selector: {} }),
      error: 'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    },
    {
      name: 'unknown operator in the selector',
      rollout: rollout({ selector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } }),
      error:
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Like"}]}: "Like" is not a valid label selector operator',
    },
    {
      name: 'template labels beside a workloadRef',
      rollout: rollout({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }),
      error: 'spec.template: Internal error: template must be empty for workload reference rollout',
    },
    {
      name: 'a template without labels beside a workloadRef',
      rollout: rollout({ template: {}, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }),
      error: null,
    },
    {
      name: 'negative minReadySeconds',
      rollout: rollout({ minReadySeconds: -1 }),
      error: 'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    },
    {
      name: 'negative revisionHistoryLimit',
      rollout: rollout({ revisionHistoryLimit: -2 }),
      error: 'spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
    },
    { name: 'a time of a restart', rollout: rollout({ restartAt: '2026-01-02T03:04:05.5+02:00' }), error: null },
    {
      name: 'a time of a restart that the API server takes and nobody can read',
      rollout: rollout({ restartAt: '2026-01-02t03:04:05z' }),
      error: 'spec.restartAt: Invalid value: "2026-01-02t03:04:05z": must be a time such as 2026-01-02T03:04:05Z',
    },
    {
      name: 'a deadline that is over before a pod can be available',
      rollout: rollout({ progressDeadlineSeconds: 30, minReadySeconds: 30 }),
      error: 'spec.progressDeadlineSeconds: Invalid value: 30: must be greater than minReadySeconds',
    },
    {
      name: 'minReadySeconds beyond the default deadline',
      rollout: rollout({ minReadySeconds: 600 }),
      error: 'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    },
    {
      name: 'no strategy',
      rollout: rollout({ strategy: {} }),
      error:
        "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
    },
    {
      name: 'both strategies',
      rollout: rollout({ strategy: { canary: {}, blueGreen: { activeService: 'web' } } }),
      error:
        'spec.strategy.strategy: Invalid value: "blueGreen: true canary: true": Multiple Strategies can not be listed',
    },
    {
      name: 'of two errors the earlier one',
      rollout: rollout({ replicas: -1, strategy: {} }),
      error: 'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    },
  ]);

  test('a selector is needed', () => {
    const { selector: _, ...spec } = rollout().spec;
    const error = firstOf(specErrors({ ...rollout(), spec }));
    expect(error && fieldErrorText(error)).toBe(
      "spec.selector: Required value: Rollout has missing field '.spec.selector'",
    );
  });
});

describe('blueGreen', () => {
  check([
    {
      name: 'two different services',
      rollout: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'web-preview' } } }),
      error: null,
    },
    {
      name: 'the same service twice',
      rollout: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'web' } } }),
      error:
        'spec.strategy.activeService: Invalid value: "web": This rollout uses the same service for the active and preview services, but two different services are required.',
    },
    {
      name: 'more delayed revisions than are kept',
      rollout: rollout({
        revisionHistoryLimit: 1,
        strategy: { blueGreen: { activeService: 'web', scaleDownDelayRevisionLimit: 2 } },
      }),
      error:
        "spec.strategy.scaleDownDelayRevisionLimit: Invalid value: 2: This rollout's revision history limit can not be smaller than the rollout's scale down limit",
    },
  ]);
});

describe('canary', () => {
  check([
    { name: 'without anything', rollout: canary({}), error: null },
    { name: 'with nginx', rollout: nginxCanary(), error: null },
    { name: 'with a router block that names no router', rollout: canary({ trafficRouting: {} }), error: null },
    { name: 'no surge but some unavailable', rollout: canary({ maxSurge: 0 }), error: null },
    {
      name: 'neither surge nor unavailable',
      rollout: canary({ maxSurge: 0, maxUnavailable: '0%' }),
      error: 'spec.strategy.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero',
    },
    {
      name: 'the same service twice',
      rollout: nginxCanary({ canaryService: 'web' }),
      error:
        'spec.strategy.stableService: Invalid value: "web": This rollout uses the same service for the stable and canary services, but two different services are required.',
    },
    {
      name: 'nginx without a stable service',
      rollout: nginxCanary({ stableService: '' }),
      error: `spec.strategy.stableService: Invalid value: "": ${SERVICES_MISSING}`,
    },
    {
      name: 'nginx without a canary service',
      rollout: nginxCanary({ canaryService: '' }),
      error: `spec.strategy.canaryService: Invalid value: "": ${SERVICES_MISSING}`,
    },
    {
      name: 'istio without services',
      rollout: canary({ trafficRouting: { istio: {} } }),
      error: `spec.strategy.stableService: Invalid value: "": ${SERVICES_MISSING}`,
    },
    {
      name: 'istio with subsets in place of services',
      rollout: canary({
        trafficRouting: {
          istio: { destinationRule: { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' } },
        },
      }),
      error: null,
    },
    { name: 'a plugin without services', rollout: canary({ trafficRouting: { plugins: { 'a/b': {} } } }), error: null },
    {
      name: 'ping-pong with nginx',
      rollout: nginxCanary({ pingPong: { pingService: 'ping', pongService: 'pong' } }),
      error:
        'spec.strategy.trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB, Istio and plugin traffic routing only',
    },
    {
      name: 'ping-pong without a ping service',
      rollout: canary({ pingPong: { pingService: '', pongService: 'pong' } }),
      error:
        'spec.strategy.pingPong.pingService: Invalid value: "": Ping service and Pong service must to be set to use Ping-Pong feature',
    },
    {
      name: 'ping-pong without a pong service',
      rollout: canary({ pingPong: { pingService: 'ping', pongService: '' } }),
      error:
        'spec.strategy.pingPong.pongService: Invalid value: "": Ping service and Pong service must to be set to use Ping-Pong feature',
    },
    {
      name: 'ping-pong with one service',
      rollout: canary({ pingPong: { pingService: 'ping', pongService: 'ping' } }),
      error:
        'spec.strategy.pingPong.pingService: Invalid value: "ping": This rollout uses the same service for the ping and pong services, but two different services are required.',
    },
    {
      name: 'ping-pong with ALB and no root service',
      rollout: canary({
        pingPong: { pingService: 'ping', pongService: 'pong' },
        trafficRouting: { alb: { ingress: 'web', servicePort: 80 } },
      }),
      error:
        'spec.strategy.trafficRouting.alb.rootService: Invalid value: "": Root service field is required for the configuration with ALB and ping-pong feature enabled',
    },
    {
      name: 'scaleDownDelaySeconds without a router',
      rollout: canary({ scaleDownDelaySeconds: 0 }),
      error:
        'spec.strategy.scaleDownDelaySeconds: Invalid value: 0: Canary scaleDownDelaySeconds can only be used with traffic routing',
    },
    {
      name: 'dynamicStableScale without a router',
      rollout: canary({ dynamicStableScale: true }),
      error:
        'spec.strategy.dynamicStableScale: Invalid value: true: Canary dynamicStableScale can only be used with traffic routing',
    },
    {
      name: 'dynamicStableScale with scaleDownDelaySeconds',
      rollout: nginxCanary({ dynamicStableScale: true, scaleDownDelaySeconds: 10 }),
      error:
        'spec.strategy.dynamicStableScale: Invalid value: true: Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
    },
    {
      name: 'maxTrafficWeight with a router that has no total',
      rollout: canary({ trafficRouting: { maxTrafficWeight: 1000 } }),
      error:
        'spec.strategy.trafficRouting.maxTrafficWeight: Invalid value: 1000: Canary maxTrafficWeight in traffic routing only support in Nginx and Plugins',
    },
    {
      name: 'anti-affinity without a kind',
      rollout: canary({ antiAffinity: {} }),
      error: 'spec.strategy.antiAffinity: Invalid value: {}: AntiAffinity must have exactly one strategy listed',
    },
    {
      name: 'anti-affinity with a weight out of range',
      rollout: canary({ antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 0 } } }),
      error: 'spec.strategy.antiAffinity.weight: Invalid value: 0: AntiAffinity weight must be between 1-100',
    },
    {
      name: 'required anti-affinity',
      rollout: canary({ antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }),
      error: null,
    },
  ]);
});

describe('steps', () => {
  check([
    {
      name: 'no verb',
      rollout: canary({ steps: [{}] }),
      error: `spec.strategy.steps[0]: Invalid value: {}: ${STEP_VERBS}`,
    },
    {
      name: 'two exclusive verbs',
      rollout: canary({ steps: [{ setWeight: 10, pause: {} }] }),
      error: `spec.strategy.steps[0]: Invalid value: {"setWeight":10,"pause":{}}: ${STEP_VERBS}`,
    },
    {
      name: 'two verbs that go together',
      rollout: nginxCanary({ steps: [{ setWeight: 10, setCanaryScale: { replicas: 1 } }] }),
      error: null,
    },
    {
      name: 'negative weight',
      rollout: canary({ steps: [{ setWeight: -1 }] }),
      error: 'spec.strategy.steps[0].setWeight: Invalid value: -1: SetWeight needs to be between 0 and 100',
    },
    {
      name: 'weight up to maxTrafficWeight',
      rollout: nginxCanary({
        trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 },
        steps: [{ setWeight: 1000 }],
      }),
      error: null,
    },
    {
      name: 'weight above maxTrafficWeight',
      rollout: nginxCanary({
        trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 1000 },
        steps: [{ setWeight: 1001 }],
      }),
      error: 'spec.strategy.steps[0].setWeight: Invalid value: 1001: SetWeight needs to be between 0 and 1000',
    },
    { name: 'pause of 0', rollout: canary({ steps: [{ pause: { duration: 0 } }] }), error: null },
    { name: 'pause of 1h30m', rollout: canary({ steps: [{ pause: { duration: '1h30m' } }] }), error: null },
    {
      name: 'unreadable pause',
      rollout: canary({ steps: [{ pause: { duration: '10 minutes' } }] }),
      error: 'spec.strategy.steps[0].pause.duration: Invalid value: -1: Duration needs to be greater than 0',
    },
    {
      name: 'setCanaryScale without a router',
      rollout: canary({ steps: [{ setCanaryScale: { replicas: 1 } }] }),
      error: 'spec.strategy.trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set',
    },
    {
      name: 'setMirrorRoute with nginx',
      rollout: nginxCanary({ steps: [{ setMirrorRoute: { name: 'mirror' } }] }),
      error:
        'spec.strategy.steps[0].setMirrorRoute: Invalid value: {"name":"mirror"}: SetMirrorRoute requires TrafficRouting, supports Istio and plugins',
    },
    {
      name: 'experiment weight without a router',
      rollout: canary({
        steps: [{ experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] } }],
      }),
      error:
        'spec.strategy.steps[0].experiment.templates[0].weight: Invalid value: 5: Experiment template weight cannot be set unless TrafficRouting is enabled',
    },
    {
      name: 'experiment weight with nginx',
      rollout: nginxCanary({
        steps: [{ experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] } }],
      }),
      error:
        'spec.strategy.steps[0].experiment.templates[0].weight: Invalid value: 5: Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and plugins',
    },
    {
      name: 'argument from a label',
      rollout: canary({
        steps: [
          { analysis: { args: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] } },
        ],
      }),
      error: null,
    },
    {
      name: 'argument from metadata that cannot be had',
      rollout: canary({
        steps: [{ analysis: { args: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.generation' } } }] } }],
      }),
      error:
        'spec.strategy.steps[0].analyses: Invalid value: [{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.generation"}}}]: Analyses arguments must refer to valid object metadata supported by downwardAPI',
    },
    {
      name: 'steps are checked one after the other',
      rollout: canary({ steps: [{ pause: { duration: 'x' } }, {}] }),
      error: 'spec.strategy.steps[0].pause.duration: Invalid value: -1: Duration needs to be greater than 0',
    },
  ]);
});

describe('header routes on nginx', () => {
  const route = (match: NonNullable<CanaryStep['setHeaderRoute']>['match']) =>
    nginxCanary({
      trafficRouting: { nginx: { stableIngress: 'web' }, managedRoutes: [{ name: 'beta' }] },
      steps: [{ setHeaderRoute: { name: 'beta', ...(match === undefined ? {} : { match }) } }],
    });
  const AT = 'spec.strategy.steps[0].setHeaderRoute.match';
  check([
    { name: 'exact', rollout: route([{ headerName: 'X-Beta', headerValue: { exact: 'yes' } }]), error: null },
    { name: 'prefix', rollout: route([{ headerName: 'X-Beta', headerValue: { prefix: 'v1.' } }]), error: null },
    { name: 'regex', rollout: route([{ headerName: 'X-Beta', headerValue: { regex: '^(a|b)+$' } }]), error: null },
    { name: 'removal', rollout: route(undefined), error: null },
    {
      name: 'without a value',
      rollout: route([{ headerName: 'X-Beta' }]),
      error: `${AT}[0]: Invalid value: null: StringMatch value missed, match value must have one of the following: exact, regex, prefix`,
    },
    {
      name: 'with two kinds of value',
      rollout: route([{ headerName: 'X-Beta', headerValue: { exact: 'a', regex: 'b' } }]),
      error: `${AT}[0]: Invalid value: {"exact":"a","regex":"b"}: StringMatch match value must have exactly one of the following: exact, regex, prefix`,
    },
    {
      name: 'with two headers',
      rollout: route([
        { headerName: 'X-A', headerValue: { exact: 'a' } },
        { headerName: 'X-B', headerValue: { exact: 'b' } },
      ]),
      error: `${AT}: Invalid value: [{"headerName":"X-A","headerValue":{"exact":"a"}},{"headerName":"X-B","headerValue":{"exact":"b"}}]: Nginx can match only one header, but match has more than one entry`,
    },
    {
      name: 'with a value that nginx would drop',
      rollout: route([{ headerName: 'X-Beta', headerValue: { exact: 'two words' } }]),
      error: `${AT}[0]: Invalid value: {"headerName":"X-Beta","headerValue":{"exact":"two words"}}: Nginx accepts only letters, digits and the characters - . _ ~ / : in a header name or value`,
    },
    {
      name: 'with a pattern that nginx would drop',
      rollout: route([{ headerName: 'X-Beta', headerValue: { regex: 'a"b' } }]),
      error: `${AT}[0]: Invalid value: {"headerName":"X-Beta","headerValue":{"regex":"a\\"b"}}: Nginx accepts only letters, digits and the characters - . _ ~ / : in a header name or value`,
    },
    {
      name: 'without managedRoutes',
      rollout: nginxCanary({ steps: [{ setHeaderRoute: { name: 'beta' } }] }),
      error:
        "spec.strategy.trafficRouting.managedRoutes: Required value: Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
    },
    {
      name: 'not among managedRoutes',
      rollout: nginxCanary({
        trafficRouting: { nginx: { stableIngress: 'web' }, managedRoutes: [{ name: 'alpha' }] },
        steps: [{ setHeaderRoute: { name: 'beta' } }],
      }),
      error:
        'spec.strategy.steps[0].setHeaderRoute: Invalid value: "beta": Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes',
    },
    {
      name: 'without a router',
      rollout: canary({ steps: [{ setHeaderRoute: { name: 'beta' } }] }),
      error:
        'spec.strategy.steps[0].setHeaderRoute: Invalid value: {"name":"beta"}: SetHeaderRoute requires TrafficRouting, supports Istio, ALB, Apisix, Nginx and plugins',
    },
    {
      name: 'more than exact with ALB',
      rollout: canary({
        stableService: 'a',
        canaryService: 'b',
        trafficRouting: { alb: { ingress: 'web', servicePort: 80 }, managedRoutes: [{ name: 'beta' }] },
        steps: [{ setHeaderRoute: { name: 'beta', match: [{ headerName: 'X', headerValue: { prefix: 'a' } }] } }],
      }),
      error: `${AT}[0]: Invalid value: {"prefix":"a"}: SetHeaderRoute match value invalid. ALB supports 'exact' value only`,
    },
  ]);
});

describe('pod template', () => {
  const POD = 'spec.template.spec';
  const WEB = `${POD}.containers[0]`;
  check([
    {
      name: 'labels that the selector does not match',
      rollout: rollout({ template: { metadata: { labels: { app: 'other' } }, spec: { containers: [] } } }),
      error:
        'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    },
    {
      name: 'no template',
      rollout: rollout({ template: {} }),
      error: 'spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`',
    },
    {
      name: 'a label key that is none',
      rollout: rollout({ template: { metadata: { labels: { app: 'web', '-x': '' } } } }),
      error: 'spec.template.metadata.labels: Invalid value: "-x": is not a valid label key',
    },
    {
      name: 'a label value that is none',
      rollout: rollout({ template: { metadata: { labels: { app: 'web', x: 'two words' } } } }),
      error: 'spec.template.metadata.labels: Invalid value: "two words": is not a valid label value',
    },
    {
      name: 'an annotation key that is none',
      rollout: rollout({ template: { metadata: { labels: { app: 'web' }, annotations: { 'a b': '' } } } }),
      error: 'spec.template.metadata.annotations: Invalid value: "a b": is not a valid annotation key',
    },
    {
      name: 'empty values that the API server fills in',
      rollout: withPodSpec({
        restartPolicy: '',
        containers: [
          {
            name: 'web',
            image: 'web:1',
            imagePullPolicy: '',
            ports: [{ containerPort: 80, hostPort: 0, protocol: '' }],
          },
        ],
      }),
      error: null,
    },
    { name: 'no containers', rollout: withPodSpec({ containers: [] }), error: `${POD}.containers: Required value` },
    {
      name: 'container without a name',
      rollout: withPodSpec({ containers: [{ image: 'web:1' }] }),
      error: `${WEB}.name: Required value`,
    },
    {
      name: 'container name in upper case',
      rollout: withContainer({ name: 'Web' }),
      error: `${WEB}.name: Invalid value: "Web": must be at most 63 lower case letters, digits and dashes, and start and end with a letter or digit`,
    },
    {
      name: 'two containers of one name',
      rollout: withPodSpec({
        containers: [
          { name: 'web', image: 'a' },
          { name: 'web', image: 'b' },
        ],
      }),
      error: `${POD}.containers[1].name: Duplicate value: "web"`,
    },
    {
      name: 'an init container with the name of a container',
      rollout: withPodSpec({ initContainers: [{ name: 'web', image: 'a' }] }),
      error: `${POD}.initContainers[0].name: Duplicate value: "web"`,
    },
    { name: 'no image', rollout: withContainer({ image: '' }), error: `${WEB}.image: Required value` },
    {
      name: 'image with a blank behind it',
      rollout: withContainer({ image: 'web:1 ' }),
      error: `${WEB}.image: Invalid value: "web:1 ": must not have leading or trailing whitespace`,
    },
    {
      name: 'unknown pull policy',
      rollout: withContainer({ imagePullPolicy: 'Sometimes' }),
      error: `${WEB}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
    },
    {
      name: 'port out of range',
      rollout: withContainer({ ports: [{ containerPort: 65_536 }] }),
      error: `${WEB}.ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive`,
    },
    {
      name: 'port name that is too long',
      rollout: withContainer({ ports: [{ containerPort: 80, name: 'a-port-name-of-20-ch' }] }),
      error: `${WEB}.ports[0].name: Invalid value: "a-port-name-of-20-ch": must be at most 15 lower case letters, digits and single dashes with at least one letter`,
    },
    {
      name: 'two ports of one name',
      rollout: withContainer({
        ports: [
          { containerPort: 80, name: 'http' },
          { containerPort: 81, name: 'http' },
        ],
      }),
      error: `${WEB}.ports[1].name: Duplicate value: "http"`,
    },
    {
      name: 'unknown protocol',
      rollout: withContainer({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
      error: `${WEB}.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
    },
    {
      name: 'environment variable without a name',
      rollout: withContainer({ env: [{ value: 'x' }] }),
      error: `${WEB}.env[0].name: Required value`,
    },
    {
      name: 'environment variable with two sources',
      rollout: withContainer({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'a' } } }] }),
      error: `${WEB}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
    },
    {
      name: 'mount of a volume that is not there',
      rollout: withContainer({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      error: `${WEB}.volumeMounts[0].name: Not found: "data"`,
    },
    {
      name: 'two mounts at one path',
      rollout: withContainer(
        {
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'data', mountPath: '/data' },
          ],
        },
        { volumes: [{ name: 'data', emptyDir: {} }] },
      ),
      error: `${WEB}.volumeMounts[1].mountPath: Invalid value: "/data": must be unique`,
    },
    {
      name: 'two volumes of one name',
      rollout: withPodSpec({ volumes: [{ name: 'data' }, { name: 'data' }] }),
      error: `${POD}.volumes[1].name: Duplicate value: "data"`,
    },
    {
      name: 'probe without a handler',
      rollout: withContainer({ readinessProbe: { periodSeconds: 1 } }),
      error: `${WEB}.readinessProbe: Required value: must specify a handler type`,
    },
    {
      name: 'probe with two handlers',
      rollout: withContainer({ readinessProbe: { httpGet: { port: 80 }, exec: { command: ['true'] } } }),
      error: `${WEB}.readinessProbe.httpGet: Forbidden: may not specify more than 1 handler type`,
    },
    {
      name: 'probe with a negative count',
      rollout: withContainer({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: -1 } }),
      error: `${WEB}.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
    },
    {
      name: 'quantities in every spelling',
      rollout: withContainer({
        resources: { requests: { cpu: 0.001, memory: '0.001' }, limits: { cpu: '1m', memory: '1e3' } },
      }),
      error: null,
    },
    {
      name: 'a quantity that is none',
      rollout: withContainer({ resources: { limits: { memory: '128 MB' } } }),
      error: `${WEB}.resources.limits[memory]: Invalid value: "128 MB": must be a quantity such as 100m, 0.5 or 128Mi`,
    },
    {
      name: 'a negative quantity',
      rollout: withContainer({ resources: { requests: { cpu: '-1' } } }),
      error: `${WEB}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    },
    {
      name: 'a request above its limit',
      rollout: withContainer({ resources: { requests: { memory: '1Gi' }, limits: { memory: '1G' } } }),
      error: `${WEB}.resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 1G`,
    },
    {
      name: 'negative grace period',
      rollout: withPodSpec({ terminationGracePeriodSeconds: -1 }),
      error: `${POD}.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0`,
    },
    {
      name: 'a pod that is not restarted',
      rollout: withPodSpec({ restartPolicy: 'Never' }),
      error: `${POD}.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
    },
    {
      name: 'a pod that ends by itself',
      rollout: withPodSpec({ activeDeadlineSeconds: 5 }),
      error: `${POD}.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported`,
    },
    {
      name: 'privileged containers and fields that nobody here knows',
      rollout: withContainer({ securityContext: { privileged: true }, future: { items: [1, null] } }),
      error: null,
    },
  ]);
});

describe('numbers', () => {
  const NEGATIVE = 'must be greater than or equal to 0';
  const SHARE = 'must be a number of pods or a percentage such as 25%';
  const error = (field: string, value: unknown, problem = NEGATIVE) =>
    `spec.${field}: Invalid value: ${JSON.stringify(value)}: ${problem}`;

  test.each([
    { value: 0 },
    { value: 3 },
    { value: '0%' },
    { value: '+5%' },
    { value: '25', name: 'a share without its sign' },
    { value: '100%' },
    { value: '150%', problems: { maxUnavailable: 'must not be greater than 100%' } },
    { value: -1, problems: NEGATIVE },
    { value: 2 ** 31, problems: 'must be less than or equal to 2147483647' },
    { value: '-1', problems: SHARE },
    { value: '-5%', problems: SHARE },
    { value: '5%%', problems: SHARE },
    { value: '1.5%', problems: SHARE },
    { value: 'abc', problems: SHARE },
    { value: '', problems: SHARE },
  ])('$value as maxSurge and maxUnavailable', ({ value, problems }) => {
    const textOf = (one: Rollout) => {
      const found = firstOf(specErrors(one));
      return found === null ? null : fieldErrorText(found);
    };
    const expected = (field: 'maxSurge' | 'maxUnavailable') => {
      const problem = typeof problems === 'object' ? (problems as Record<string, string>)[field] : problems;
      return problem === undefined ? null : error(`strategy.${field}`, value, problem);
    };
    expect(textOf(canary({ maxSurge: value }))).toBe(expected('maxSurge'));
    expect(textOf(canary({ maxUnavailable: value }))).toBe(expected('maxUnavailable'));
    expect(textOf(rollout({ strategy: { blueGreen: { activeService: 'web', maxUnavailable: value } } }))).toBe(
      expected('maxUnavailable'),
    );
  });

  check([
    ...(['scaleDownDelaySeconds', 'scaleDownDelayRevisionLimit', 'abortScaleDownDelaySeconds'] as const).flatMap(
      (field) => [
        {
          name: `canary: ${field} below 0`,
          rollout: nginxCanary({ [field]: -1 }),
          error: error(`strategy.${field}`, -1),
        },
        {
          name: `blue-green: ${field} below 0`,
          rollout: rollout({ strategy: { blueGreen: { activeService: 'web', [field]: -1 } } }),
          error: error(`strategy.${field}`, -1),
        },
      ],
    ),
    ...(['previewReplicaCount', 'autoPromotionSeconds'] as const).map((field) => ({
      name: `blue-green: ${field} below 0`,
      rollout: rollout({ strategy: { blueGreen: { activeService: 'web', [field]: -1 } } }),
      error: error(`strategy.${field}`, -1),
    })),
    {
      name: 'minPodsPerReplicaSet below 0',
      rollout: nginxCanary({ minPodsPerReplicaSet: -1 }),
      error: error('strategy.minPodsPerReplicaSet', -1),
    },
    ...(['weight', 'replicas'] as const).map((field) => ({
      name: `setCanaryScale.${field} below 0`,
      rollout: nginxCanary({ steps: [{ setCanaryScale: { [field]: -1 } }] }),
      error: error(`strategy.steps[0].setCanaryScale.${field}`, -1),
    })),
    {
      name: 'a rollback window below 0',
      rollout: rollout({ rollbackWindow: { revisions: -1 } }),
      error: error('rollbackWindow.revisions', -1),
    },
    ...(['successfulRunHistoryLimit', 'unsuccessfulRunHistoryLimit'] as const).map((field) => ({
      name: `${field} below 0`,
      rollout: rollout({ analysis: { [field]: -1 } }),
      error: error(`analysis.${field}`, -1),
    })),
    {
      name: 'a progress threshold below 0, which turns it off',
      rollout: nginxCanary({ replicaProgressThreshold: { type: 'Pods', value: -1 } }),
      error: null,
    },
    {
      name: 'a pause that no int32 of seconds holds',
      rollout: canary({ steps: [{ pause: { duration: '596523h14m8s' } }] }),
      error: error('strategy.steps[0].pause.duration', -1, 'Duration needs to be greater than 0'),
    },
  ]);
});

describe('amounts anywhere in a pod template', () => {
  const POD = 'spec.template.spec';
  const problem = 'must be a quantity such as 100m, 0.5 or 128Mi';
  const web = { name: 'web', image: 'web:1' };
  const claim = (requests: JsonObject) => ({
    volumes: [{ name: 'data', ephemeral: { volumeClaimTemplate: { spec: { resources: { requests } } } } }],
  });
  check([
    {
      name: 'overhead',
      rollout: withPodSpec({ overhead: { cpu: 'x' } }),
      error: `${POD}.overhead[cpu]: Invalid value: "x": ${problem}`,
    },
    {
      name: 'the size of an empty directory',
      rollout: withPodSpec({ volumes: [{ name: 'a', emptyDir: { sizeLimit: '1GB' } }] }),
      error: `${POD}.volumes[0].emptyDir.sizeLimit: Invalid value: "1GB": ${problem}`,
    },
    {
      name: 'resources of the pod',
      rollout: withPodSpec({ resources: { limits: { memory: -1 } } }),
      error: `${POD}.resources.limits[memory]: Invalid value: -1: must be greater than or equal to 0`,
    },
    {
      name: 'a divisor',
      rollout: withPodSpec({
        containers: [
          { ...web, env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'a', divisor: 'b' } } }] },
        ],
      }),
      error: `${POD}.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "b": ${problem}`,
    },
    {
      name: 'a claim for a volume',
      rollout: withPodSpec(claim({ storage: true })),
      error: `${POD}.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: Invalid value: true: ${problem}`,
    },
    {
      name: 'readable ones',
      rollout: withPodSpec({ ...claim({ storage: '1Gi' }), overhead: { cpu: null } }),
      error: null,
    },
    { name: 'something else of that name', rollout: withPodSpec({ nodeSelector: { sizeLimit: 'x' } }), error: null },
    {
      name: 'shapes that do not fit',
      rollout: withPodSpec({ volumes: [{ name: 'a', emptyDir: [] }], overhead: 1, constructor: { limits: 'x' } }),
      error: null,
    },
  ]);
});
