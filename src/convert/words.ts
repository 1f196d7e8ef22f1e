/** Sentences that several conversions say. */

export const NGINX_ONLY = 'only service meshes and other proxies read it; behind ingress-nginx it has no effect';

export const OTHER_ROUTER =
  'what convert writes splits traffic by the canary annotations of ingress-nginx only (trafficRouting.nginx)';

export const OTHER_WORKLOAD =
  'a Rollout can take its template from a Deployment, a ReplicaSet or a PodTemplate, and convert reads Deployments';

export const ONE_HEADER = 'nginx matches one header at a time: write one match with one header';

export const HEADER_CHARACTERS =
  'ingress-nginx ignores names and values of headers with other characters than letters, digits and - . _ ~ / :';

export const NO_TRAFFIC_ROUTING =
  'a TrafficRouting object has no counterpart: write what it says into the trafficRoutings of the Rollout';
