/** The objects of one case: a stable and a canary Service with their Ingresses, on a host of its own. */
import { ingress, path, service } from '../../apiserver/manifests.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

export interface Layout {
  /** Annotations of each Ingress, without their prefix; `canary: "true"` is added. */
  readonly canary: Readonly<Record<string, string>>;
  readonly stable?: Readonly<Record<string, string>>;
  /** Which of the Deployments they lead to: `blue` and `green` by default. */
  readonly stableSelector?: string;
  readonly canarySelector?: string;
  readonly noCanaryService?: boolean;
  readonly stablePaths?: readonly string[];
  readonly canaryPaths?: readonly string[];
  /** An ordinary Ingress for another host that leads to one of the Services. */
  readonly preview?: { readonly service: 'stable' | 'canary'; readonly created: 'first' | 'last' };
  readonly canaryFirst?: boolean;
}

export function hostOf(name: string): string {
  return `${name}.example.com`;
}

/** In the order in which they have to be created, each group a second later: the age of an Ingress is in seconds. */
export function objectsOf(name: string, layout: Layout): readonly (readonly object[])[] {
  const { stableSelector = 'blue', canarySelector = 'green', noCanaryService = false } = layout;
  const { stablePaths = ['/'], canaryPaths = stablePaths, preview, canaryFirst = false } = layout;
  const to = { stable: name, canary: `${name}-canary` };
  const services = [
    service(to.stable, stableSelector),
    ...(noCanaryService ? [] : [service(to.canary, canarySelector)]),
  ];
  const stable = annotated(ingress(name, rulesOf(name, stablePaths, to.stable)), layout.stable ?? {});
  const canary = annotated(ingress(to.canary, rulesOf(name, canaryPaths, to.canary)), {
    canary: 'true',
    ...layout.canary,
  });
  const previews = (when: 'first' | 'last'): readonly object[] =>
    preview?.created === when
      ? [ingress(`preview-${name}`, rulesOf(`preview-${name}`, ['/'], to[preview.service]))]
      : [];
  return [
    [...services, ...previews('first'), ...(canaryFirst ? [canary] : [])],
    [stable],
    canaryFirst ? [] : [canary],
    previews('last'),
  ];
}

function rulesOf(name: string, paths: readonly string[], to: string): Parameters<typeof ingress>[1] {
  return { rules: [{ host: hostOf(name), http: { paths: paths.map((one) => path(one, to)) } }] };
}

function annotated(object: object, annotations: Readonly<Record<string, string>>): object {
  const { metadata } = object as { readonly metadata: object };
  const prefixed = Object.entries(annotations).map(([key, value]) => [`${PREFIX}${key}`, value]);
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(prefixed) as unknown } };
}
