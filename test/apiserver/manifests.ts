/** Manifests that tests apply: a Rollout `web` with one small container, with or without nginx in front of it. */
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { RolloutSpec } from '../../src/api/schema/rollout.ts';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { Ingress } from '../../src/kube/objects.ts';
import type { JsonObject } from '../../src/kube/json.ts';

export interface RolloutManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: RolloutSpec;
}

interface Wishes extends Partial<RolloutSpec> {
  readonly name?: string;
  readonly image?: string;
  /** Fields of the container beside name and image. */
  readonly container?: JsonObject;
  readonly canary?: CanaryStrategy;
}

/** A Rollout whose pods alone divide the traffic. */
export function basicRollout(wishes: Wishes = {}): RolloutManifest {
  const { name = 'web', image = 'web:1', container = {}, canary = {}, ...spec } = wishes;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }], ...container }] },
      },
      strategy: { canary },
      ...spec,
    },
  };
}

/** A Rollout behind nginx; it needs {@link routing} of the same name. */
export function routedRollout(wishes: Wishes = {}): RolloutManifest {
  const { name = 'web' } = wishes;
  return basicRollout({
    ...wishes,
    canary: {
      stableService: name,
      canaryService: `${name}-canary`,
      trafficRouting: { nginx: { stableIngress: name } },
      ...wishes.canary,
    },
  });
}

/** Two whole stacks behind an active and a preview Service; it needs {@link twoServices} of the same name. */
export function blueGreenRollout({
  blueGreen = {},
  ...wishes
}: Wishes & { readonly blueGreen?: Partial<BlueGreenStrategy> } = {}): RolloutManifest {
  const { name = 'web' } = wishes;
  const strategy = { blueGreen: { activeService: name, previewService: `${name}-preview`, ...blueGreen } };
  return basicRollout({ strategy, ...wishes });
}

/** The Services of a {@link blueGreenRollout}. */
export function twoServices(name = 'web'): readonly object[] {
  return [service(name, name), service(`${name}-preview`, name)];
}

/** The two Services and the stable Ingress of a {@link routedRollout}. */
export function routing(name = 'web'): readonly object[] {
  return [service(name, name), service(`${name}-canary`, name), ingress(name)];
}

export function service(name: string, app: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  };
}

type IngressSpec = NonNullable<Ingress['spec']>;

export function ingress(name: string, spec: Partial<IngressSpec> = {}, serviceName = name): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: `${name}.example.com`, http: { paths: [path('/', serviceName)] } }],
      ...spec,
    },
  };
}

export function path(
  value: string,
  serviceName: string,
): { path: string; pathType: string; backend: { service: { name: string; port: { name: string } } } } {
  return { path: value, pathType: 'Prefix', backend: { service: { name: serviceName, port: { name: 'http' } } } };
}

/** The same Rollout with annotations on its pods, which also steer the kubelet that plays them. */
export function withPodAnnotations(
  manifest: RolloutManifest,
  annotations: Readonly<Record<string, string>>,
): RolloutManifest {
  const { template } = manifest.spec;
  return {
    ...manifest,
    spec: { ...manifest.spec, template: { ...template, metadata: { ...template?.metadata, annotations } } },
  };
}

/** For tests without a proxy, which look at no pod that stays for one. */
export function hasty(manifest: RolloutManifest): RolloutManifest {
  const annotations = { [ANNOTATIONS.trafficPropagationTime]: '1s' };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
