/** Where the objects of the namespace `shop` lie on an API server. */
const NAMESPACED = 'namespaces/shop';

export const paths = {
  rollout: (name: string) => `/apis/argoproj.io/v1alpha1/${NAMESPACED}/rollouts/${name}`,
  replicaSet: (name: string) => `/apis/apps/v1/${NAMESPACED}/replicasets/${name}`,
  deployment: (name: string) => `/apis/apps/v1/${NAMESPACED}/deployments/${name}`,
  pod: (name: string) => `/api/v1/${NAMESPACED}/pods/${name}`,
  service: (name: string) => `/api/v1/${NAMESPACED}/services/${name}`,
  endpointSlice: (name: string) => `/apis/discovery.k8s.io/v1/${NAMESPACED}/endpointslices/${name}`,
  httpRoute: (name: string) => `/apis/gateway.networking.k8s.io/v1/${NAMESPACED}/httproutes/${name}`,
  traefikService: (name: string) => `/apis/traefik.io/v1alpha1/${NAMESPACED}/traefikservices/${name}`,
  ingress: (name: string) => `/apis/networking.k8s.io/v1/${NAMESPACED}/ingresses/${name}`,
} as const;
