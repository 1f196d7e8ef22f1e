/**
 * Everything that a user, a tool or the surroundings may do in the middle of a history. An action that
 * makes no sense at the moment answers `null` and does nothing.
 */
import { LABELS } from '../../../src/api/words/labels.ts';
import { canaryIngressName, stableIngressNames } from '../../../src/core/traffic/nginx/ingress.ts';
import { namedServices } from '../../../src/api/schema/named-services.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Ingress, ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { INGRESSES, PODS, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import { hashOf } from '../cluster/pod.ts';
import type { Action, WeightedActions } from './action.ts';
import { drawSteps, nginxRouting, ROLLOUT_NAME, STABLE_INGRESSES, STABLE_SERVICE } from './rollout-spec.ts';
import { FOREIGN_CANARY, foreignCanary, isForeign, path } from './surroundings.ts';
import { retry } from './steering-actions.ts';

const newImage: Action = ({ user, templates }) => {
  const image = user.setImage('');
  templates.push(user.template as JsonObject);
  return `sets image ${image}`;
};

const troublesomeImage: Action = ({ user, random, roughPods }) => {
  const kinds = roughPods ? (['-bad', '-slow', '-flaky'] as const) : (['-bad', '-slow'] as const);
  return `sets image ${user.setImage(random.pick(kinds))}`;
};

const olderTemplate: Action = ({ user, random, templates }) => {
  const template = random.pick(templates);
  user.applyTemplate(template);
  return `applies an earlier template again`;
};

const undo: Action = ({ user, cluster, random }) => {
  const replicaSets = cluster.store.list<ReplicaSet>(REPLICA_SETS.plural);
  if (replicaSets.length === 0) return null;
  const target = random.pick(replicaSets);
  user.applyTemplate(user.templateOf(target));
  return `undoes to ${target.metadata.name}`;
};

const backToStable: Action = ({ user, cluster }) => {
  const { stableRS } = user.status;
  const stable = cluster.store.list<ReplicaSet>(REPLICA_SETS.plural).find((one) => hashOf(one) === stableRS);
  if (stable === undefined) return null;
  user.applyTemplate(user.templateOf(stable));
  return 'goes back to the stable template';
};

const abort: Action = ({ user }) => {
  user.abort();
  return 'aborts';
};

const promote: Action = ({ user, agenda, random }) => {
  agenda.after(random.pick([0, 0, 30, 400]), user.readForPromote());
  return 'promotes';
};

const skipCurrentStep: Action = ({ user }) => {
  if ((user.status.pauseConditions ?? []).length === 0) return null;
  user.skipCurrentStep();
  return 'skips the current step as a GitOps tool does';
};

const moveIndex: Action = ({ user, random }) => {
  if (user.stepCount === 0) return null;
  const index = random.between(0, user.stepCount);
  user.patchStatus({ currentStepIndex: index });
  return `moves to step ${index}`;
};

const promoteFull: Action = ({ user }) => {
  user.promoteFull();
  return 'promotes in full';
};

const pauseOrUnpause: Action = ({ user }) => {
  const paused = user.rollout.spec.paused !== true;
  user.edit({ paused });
  return paused ? 'pauses the Rollout' : 'unpauses the Rollout';
};

const resize: Action = ({ user, random, ledger }) => {
  const replicas = random.chance(0.1) ? 0 : random.between(1, 10);
  ledger.noteUpheaval('replicas');
  if (replicas === 0) ledger.noteEmptied();
  user.edit({ replicas });
  return `asks for ${replicas} replicas`;
};

const imageAndSize: Action = ({ user, random, ledger }) => {
  const replicas = random.between(1, 10);
  ledger.noteUpheaval('replicas');
  user.edit({ replicas });
  return `asks for ${replicas} replicas and sets image ${user.setImage('')}`;
};

const editSteps: Action = ({ user, random }) => {
  const canary = user.rollout.spec.strategy?.canary;
  const steps = drawSteps(random, canary?.trafficRouting?.nginx !== undefined);
  user.editCanary({ steps });
  return `writes ${steps.length} other steps`;
};

const editLimits: Action = ({ user, random, ledger }) => {
  ledger.noteUpheaval('limits');
  const maxUnavailable = random.pick([1, 2, '50%']);
  user.editCanary({ maxUnavailable });
  return `sets maxUnavailable to ${maxUnavailable}`;
};

const editStableIngress: Action = ({ cluster, random }) => {
  const name = random.pick(STABLE_INGRESSES);
  const host = `${name}.example.com`;
  const tls = random.chance(0.5) ? [{ hosts: [host], secretName: 'tls' }] : null;
  const paths = [path('/', STABLE_SERVICE), path(`/v${random.between(1, 9)}`, STABLE_SERVICE)];
  cluster.store.patch(INGRESSES.plural, name, { spec: { tls, rules: [{ host, http: { paths } }] } }, 'user');
  return `edits Ingress ${name}`;
};

const removeRouter: Action = ({ user, ledger }) => {
  if (user.rollout.spec.strategy?.canary?.trafficRouting === undefined) return null;
  ledger.noteUpheaval('routing');
  user.editCanary({ trafficRouting: null, dynamicStableScale: null, scaleDownDelaySeconds: null });
  return 'removes the traffic router';
};

const addRouter: Action = ({ user, ledger }) => {
  const { trafficRouting, stableService, canaryService } = user.rollout.spec.strategy?.canary ?? {};
  if (trafficRouting !== undefined || stableService === undefined || canaryService === undefined) return null;
  ledger.noteUpheaval('routing');
  user.editCanary({
    trafficRouting: { nginx: nginxRouting(STABLE_INGRESSES.slice(0, 1)), managedRoutes: [{ name: 'preview' }] },
  });
  return 'adds a traffic router';
};

const otherStableIngress: Action = ({ user, random, ledger }) => {
  const nginx = user.rollout.spec.strategy?.canary?.trafficRouting?.nginx;
  if (nginx === undefined) return null;
  ledger.noteUpheaval('routing');
  const names = random.pick([STABLE_INGRESSES, STABLE_INGRESSES.slice(0, 1), STABLE_INGRESSES.slice(1)]);
  const none = { stableIngress: null, stableIngresses: null };
  user.editCanary({ trafficRouting: { nginx: { ...none, ...nginxRouting(names) } } });
  return `routes through ${names.join(' and ')} (before: ${stableIngressNames(nginx).join(' and ')})`;
};

const foreignCanaryComesOrGoes: Action = ({ cluster, random, ledger }) => {
  const present = cluster.store.list<Ingress>(INGRESSES.plural).filter(isForeign);
  if (present.length > 0) {
    for (const { metadata } of present) cluster.store.delete(INGRESSES.plural, metadata.name, 'user');
    return 'deletes a canary Ingress of somebody else';
  }
  const stable = random.pick(STABLE_INGRESSES);
  const name = random.pick([FOREIGN_CANARY, canaryIngressName(ROLLOUT_NAME, stable)]);
  if (name !== FOREIGN_CANARY) ledger.noteUpheaval('weight');
  cluster.store.delete(INGRESSES.plural, name, 'user');
  cluster.store.create(INGRESSES.plural, name, foreignCanary(stable), 'user');
  return name === FOREIGN_CANARY
    ? 'applies another canary Ingress for the same host'
    : `replaces ${name} with an Ingress of somebody else`;
};

const meddleWithCanaryIngress: Action = ({ cluster, random, ledger }) => {
  const name = canaryIngressName(ROLLOUT_NAME, random.pick(STABLE_INGRESSES));
  if (cluster.store.get<Ingress>(INGRESSES.plural, name) === undefined) return null;
  const annotations: JsonObject = random.pick<JsonObject>([
    { 'example.com/note': 'hands off' },
    { 'nginx.ingress.kubernetes.io/canary-by-cookie': 'stray' },
    { 'nginx.ingress.kubernetes.io/canary-weight': '1' },
  ]);
  ledger.noteUpheaval('weight');
  cluster.store.patch(INGRESSES.plural, name, { metadata: { annotations } }, 'user');
  return `annotates ${name} with ${Object.keys(annotations).join()}`;
};

export const stripSelector: Action = ({ cluster, random, ledger, user }) => {
  const services = namedServices(user.rollout);
  if (services.length === 0) return null;
  const { name } = random.pick(services);
  const service = cluster.store.get<Service>(SERVICES.plural, name);
  if (service?.spec.selector?.[LABELS.podTemplateHash] === undefined) return null;
  ledger.noteUpheaval('selector');
  const patch = { spec: { selector: { [LABELS.podTemplateHash]: null } } };
  cluster.store.patch(SERVICES.plural, name, patch, 'user');
  return `strips the hash from the selector of ${name}`;
};

const deletePod: Action = ({ cluster, random, roughPods }) => {
  const pods = cluster.runningPods();
  if (!roughPods || pods.length === 0) return null;
  const pod = random.pick(pods);
  cluster.shake(hashOf(pod));
  const patch = { metadata: { deletionTimestamp: '2026-01-05T08:00:00Z' } };
  cluster.store.patch(PODS.plural, pod.metadata.name, patch, 'user');
  return `deletes pod ${pod.metadata.name}`;
};

const crashPod: Action = ({ cluster, random, roughPods }) => {
  const pods = cluster.runningPods().filter((pod) => pod.status.ready);
  if (!roughPods || pods.length === 0) return null;
  const pod = random.pick(pods);
  cluster.kubelet.crash(pod.metadata.name, random.between(300, 20_000));
  return `sees pod ${pod.metadata.name} crash`;
};

const annotateRollout: Action = ({ user, cluster, random }) => {
  const patch = { metadata: { annotations: { 'example.com/ticket': String(random.between(1, 99)) } } };
  cluster.store.patch('rollouts', user.rollout.metadata.name, patch, 'user');
  return 'annotates the Rollout';
};

const editMetadata: Action = ({ user, random }) => {
  const role = random.pick(['canary', 'trial']);
  const canaryMetadata = random.chance(0.4) ? null : { labels: { role }, annotations: null };
  const stableMetadata = random.chance(0.4) ? null : { labels: { role: 'stable' } };
  user.editCanary({ canaryMetadata, stableMetadata });
  return 'edits the metadata of roles';
};

/** For a canary. */
export const CANARY_ACTIONS: WeightedActions = [
  [10, newImage],
  [4, troublesomeImage],
  [3, olderTemplate],
  [1, undo],
  [3, backToStable],
  [6, abort],
  [4, retry],
  [10, promote],
  [2, skipCurrentStep],
  [2, moveIndex],
  [4, promoteFull],
  [3, pauseOrUnpause],
  [6, resize],
  [1, imageAndSize],
  [2, editSteps],
  [1, editLimits],
  [2, editStableIngress],
  [1, removeRouter],
  [1, addRouter],
  [1, otherStableIngress],
  [1, foreignCanaryComesOrGoes],
  [2, meddleWithCanaryIngress],
  [1, stripSelector],
  [3, deletePod],
  [3, crashPod],
  [1, annotateRollout],
  [1, editMetadata],
];

/** What makes sense whatever the strategy. */
export const COMMON_ACTIONS: WeightedActions = [
  [10, newImage],
  [4, troublesomeImage],
  [3, olderTemplate],
  [1, undo],
  [5, backToStable],
  [6, abort],
  [4, retry],
  [10, promote],
  [4, promoteFull],
  [4, pauseOrUnpause],
  [6, resize],
  [1, imageAndSize],
  [3, deletePod],
  [3, crashPod],
  [1, annotateRollout],
];
