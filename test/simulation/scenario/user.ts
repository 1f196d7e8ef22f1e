/**
 * What people and their tools send to the API server, as the command line sends it (spec 6.1).
 */
import { LABELS } from '../../../src/api/words/labels.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { Json, JsonObject } from '../../../src/kube/json.ts';
import { deepEqual, mergePatchBetween } from '../../../src/kube/merge-patch.ts';
import type { KubeObject, PodTemplate, ReplicaSet } from '../../../src/kube/objects.ts';
import { DEPLOYMENTS, ROLLOUTS } from '../../../src/kube/resources.ts';
import type { Deployment } from '../cluster/deployment-controller.ts';
import type { Store } from '../cluster/store.ts';
import type { Ledger } from '../ledger.ts';
import { TEMPLATES } from './analysis-spec.ts';
import { DEPLOYMENT, ROLLOUT_NAME, templateOf } from './rollout-spec.ts';

export class User {
  readonly #store: Store;
  readonly #ledger: Ledger;
  #images = 1;

  constructor(store: Store, ledger: Ledger) {
    this.#store = store;
    this.#ledger = ledger;
  }

  get rollout(): Rollout {
    const rollout = this.#store.get<Rollout>(ROLLOUTS.plural, ROLLOUT_NAME);
    if (rollout === undefined) throw new Error('The Rollout is gone');
    return rollout;
  }

  get status(): NonNullable<Rollout['status']> {
    return this.rollout.status ?? {};
  }

  /** What the Rollout is to run, its own or that of its Deployment. */
  get template(): PodTemplate {
    return this.rollout.spec.workloadRef === undefined
      ? (this.rollout.spec.template ?? {})
      : (this.#deployment?.spec.template ?? this.#lastTemplate());
  }

  get #deployment(): Deployment | undefined {
    return this.#store.get<Deployment>(DEPLOYMENTS.plural, DEPLOYMENT);
  }

  get stepCount(): number {
    return this.rollout.spec.strategy?.canary?.steps?.length ?? 0;
  }

  /** `kubectl patch rollout`, a merge patch of the spec. */
  edit(spec: JsonObject): void {
    this.#store.patch(ROLLOUTS.plural, ROLLOUT_NAME, { spec }, 'user');
  }

  editCanary(canary: JsonObject): void {
    this.edit({ strategy: { canary } });
  }

  /** Removes what may be wrong with the spec. */
  simplify(): void {
    if (this.rollout.spec.strategy?.canary !== undefined) this.editCanary({ steps: [] });
    else this.edit({ strategy: { blueGreen: { scaleDownDelayRevisionLimit: null } } });
  }

  patchStatus(status: JsonObject): void {
    if (status['pauseConditions'] === null && (this.status.pauseConditions ?? []).length > 0) this.#ledger.noteResume();
    this.#store.patch(ROLLOUTS.plural, ROLLOUT_NAME, { status }, 'user', { subresource: 'status' });
  }

  /** An image that was never run before; how its pods behave is in its name. */
  setImage(kind: '' | '-bad' | '-slow' | '-flaky'): string {
    this.#images += 1;
    const image = `web:${this.#images}${kind}`;
    // What an undo has brought along is removed by the next release, as it is where manifests are kept in Git.
    const { metadata } = this.#ledger.templates[0] ?? {};
    this.#writeTemplate(templateOf(image, metadata));
    return image;
  }

  applyTemplate(template: JsonObject): void {
    // A merge patch would keep what the old template had and the new one has not.
    this.#writeTemplate(null);
    this.#writeTemplate(template);
  }

  /** A Deployment that was deleted comes back as it was, and the reference leads to it. */
  restoreWorkload(): void {
    const { workloadRef } = this.rollout.spec;
    if (workloadRef === undefined) return;
    const template = this.#lastTemplate() as unknown as Json;
    const spec = { replicas: 2, selector: { matchLabels: { app: ROLLOUT_NAME } }, template };
    this.#store.create(DEPLOYMENTS.plural, DEPLOYMENT, { spec }, 'user');
    this.edit({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: DEPLOYMENT, scaleDown: 'never' } });
  }

  /** All templates of analyses are there, as they were at first. */
  restoreTemplates(): void {
    for (const { resource, name, spec } of TEMPLATES) {
      const present = this.#store.get<KubeObject & { readonly spec: object }>(resource.plural, name);
      if (deepEqual(present?.spec, spec)) continue;
      this.#store.delete(resource.plural, name, 'user');
      this.#store.create(resource.plural, name, { spec }, 'user');
    }
  }

  #lastTemplate(): PodTemplate {
    return this.#ledger.templates.at(-1) ?? {};
  }

  #writeTemplate(template: JsonObject | null): void {
    const isLost = this.rollout.spec.workloadRef !== undefined && this.#deployment === undefined;
    if (this.rollout.spec.workloadRef === undefined) this.edit({ template });
    // The API server lets no Deployment be without a template.
    else if (template !== null) this.#replaceDeploymentTemplate(template);
    // What a merge patch has kept is in it as well.
    if (template !== null) this.#ledger.noteTemplate(isLost ? template : this.template);
  }

  #replaceDeploymentTemplate(template: JsonObject): void {
    const present = this.#deployment;
    if (present === undefined) return;
    const patch = mergePatchBetween(present.spec as unknown as JsonObject, { ...(present.spec as object), template });
    if (patch !== null) this.#store.patch(DEPLOYMENTS.plural, DEPLOYMENT, { spec: patch }, 'user');
  }

  /** What `undo` puts into the spec: the template of a ReplicaSet with all that was added to it but the hash. */
  templateOf(replicaSet: ReplicaSet): JsonObject {
    const { metadata, spec } = replicaSet.spec.template;
    const { [LABELS.podTemplateHash]: _hash, ...labels } = metadata?.labels ?? {};
    return { metadata: { ...metadata, labels }, spec: spec ?? {} };
  }

  /** What `promote` sends, computed from what it reads now and sent when the returned function is called. */
  readForPromote(): () => void {
    const { pauseConditions = [], currentStepIndex = 0, canary } = this.status;
    const count = this.stepCount;
    const next = { pauseConditions: null, currentStepIndex: Math.min(currentStepIndex + 1, count) };
    if (pauseConditions.length > 0 && canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive')
      return () => this.patchStatus({ ...next, controllerPause: false });
    if (pauseConditions.length > 0) return () => this.resume();
    return count === 0 ? () => {} : () => this.patchStatus(next);
  }

  resume(): void {
    this.patchStatus({ pauseConditions: null });
  }

  /** What the action of a GitOps tool sends: pause and step in one, and the controller's own flag left alone. */
  skipCurrentStep(): void {
    const { currentStepIndex = 0 } = this.status;
    this.patchStatus({ pauseConditions: null, currentStepIndex: Math.min(currentStepIndex + 1, this.stepCount) });
  }

  promoteFull(): void {
    const { currentPodHash, stableRS } = this.status;
    if (currentPodHash !== stableRS) this.patchStatus({ promoteFull: true });
    if (this.rollout.spec.paused === true) this.edit({ paused: false });
  }

  abort(): void {
    this.patchStatus({ abort: true });
  }

  retry(): void {
    this.patchStatus({ abort: false });
  }
}
