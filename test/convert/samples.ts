/** Inputs with as many fields as go together. */
import type { InputObject } from '../../src/convert/input.ts';
import { manifests } from './converted.ts';

export const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { team: a } }
spec:
  replicas: 4
  minReadySeconds: 3
  revisionHistoryLimit: 7
  progressDeadlineSeconds: 500
  paused: false
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 25% } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{ name: http, containerPort: 8080 }, { name: admin, containerPort: 9090 }]
`;

export const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
`;

export const INGRESS = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: web.example.com
      http:
        paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }]
`;

export const KRUISE_BETA = `
apiVersion: rollouts.kruise.io/v1beta1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  disabled: false
  strategy:
    paused: false
    canary:
      enableExtraWorkloadForCanary: true
      failureThreshold: 20%
      patchPodTemplateMetadata: { labels: { track: canary }, annotations: { seen: 'yes' } }
      steps:
        - { traffic: 5%, replicas: 2, pause: { duration: 30 } }
        - { replicas: 1, matches: [{ headers: [{ type: Exact, name: x-tester, value: 'alice' }] }] }
        - { traffic: 50%, replicas: 50%, pause: {} }
      trafficRoutings:
        - { service: web, ingress: { classType: nginx, name: web } }
`;

export const KRUISE_BLUE_GREEN = `
apiVersion: rollouts.kruise.io/v1beta1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  strategy:
    blueGreen:
      failureThreshold: 10%
      steps:
        - { traffic: 0%, replicas: 100%, matches: [{ headers: [{ type: Exact, name: x-tester, value: 'alice' }] }] }
        - { traffic: 50%, replicas: 100%, pause: { duration: 10 } }
        - { traffic: 100%, replicas: 100% }
      trafficRoutings:
        - { service: web, ingress: { classType: nginx, name: web } }
`;

export const KRUISE_ALPHA = `
apiVersion: rollouts.kruise.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  objectRef: { type: workloadRef, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web } }
  strategy:
    paused: false
    type: canary
    canary:
      failureThreshold: 20%
      patchPodTemplateMetadata: { labels: { track: canary }, annotations: { seen: 'yes' } }
      steps:
        - { weight: 5, replicas: 2, pause: { duration: 30 } }
        - { replicas: 1, matches: [{ headers: [{ type: Exact, name: x-tester, value: 'alice' }] }] }
        - { weight: 50, pause: {} }
      trafficRoutings:
        - { service: web, ingress: { name: web } }
`;

export const METRIC_TEMPLATE = `
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: { name: errors, namespace: monitoring }
spec:
  provider: { type: prometheus, address: 'http://prometheus:9090' }
  query: sum(rate(errors{pod=~"{{ target }}-.*", zone="{{ variables.zone }}"}[{{ interval }}]))
`;

/** Weights, every kind of hook, and metrics of all kinds. */
export const FLAGGER = `
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: web, namespace: shop }
spec:
  provider: nginx
  metricsServer: http://prometheus:9090
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  autoscalerRef: { apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: web }
  ingressRef: { apiVersion: networking.k8s.io/v1, kind: Ingress, name: web }
  progressDeadlineSeconds: 120
  suspend: false
  service: { name: web, port: 80, targetPort: 8080, portName: http, appProtocol: http, portDiscovery: true }
  analysis:
    interval: 30s
    threshold: 3
    maxWeight: 40
    stepWeight: 20
    canaryReadyThreshold: 80
    metrics:
      - { name: request-success-rate, thresholdRange: { min: 99 }, interval: 1m }
      - { name: request-duration, threshold: 500 }
      - name: errors
        templateRef: { name: errors, namespace: monitoring }
        templateVariables: { zone: eu }
        thresholdRange: { min: 1, max: 5 }
      - { name: older, query: 'vector(1)', threshold: 2 }
    webhooks:
      - { type: confirm-rollout, name: start, url: 'http://gate/start' }
      - { type: pre-rollout, name: smoke, url: 'http://tester/', timeout: 30s, metadata: { type: bash, cmd: 'curl -sf http://web-canary/' }, retries: 1 }
      - { name: load, url: 'http://tester/', timeout: 15s, metadata: { cmd: 'hey -z 1m http://web/' } }
      - { type: confirm-traffic-increase, name: more, url: 'https://gate/more', disableTLS: true, metadata: { channel: a } }
      - { type: confirm-promotion, name: promote, url: 'http://gate/promote' }
      - { type: post-rollout, name: done, url: 'http://tester/done', retries: 1 }
      - { type: rollback, name: back, url: 'http://gate/back' }
`;

/** Requests with a header and a cookie, in the older field. */
export const FLAGGER_MATCH = `
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: web, namespace: shop }
spec:
  targetRef: { name: web }
  ingressRef: { name: web }
  service: { port: 80 }
  canaryAnalysis:
    interval: 1m
    threshold: 2
    iterations: 10
    match: [{ headers: { x-tester: { exact: alice } } }, { headers: { cookie: { exact: tester } } }]
`;

export const FLAGGER_BLUE_GREEN = `
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: web, namespace: shop }
spec:
  provider: kubernetes
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  service: { port: 80, headless: true, trafficDistribution: PreferClose, apex: { labels: { a: b } }, canary: { annotations: { c: d } } }
  analysis:
    interval: 30s
    threshold: 2
    iterations: 10
    metrics:
      - name: errors
        templateRef: { name: errors, namespace: monitoring }
        templateVariables: { zone: eu }
        thresholdRange: { max: 5 }
    webhooks:
      - { type: confirm-rollout, name: start, url: 'http://gate/start' }
      - { type: confirm-promotion, name: promote, url: 'http://gate/promote' }
      - { type: post-rollout, name: done, url: 'http://tester/done' }
      - { type: rollout, name: load, url: 'http://tester/' }
`;

export function together(...texts: readonly string[]): readonly InputObject[] {
  return manifests(texts.join('---\n'));
}
