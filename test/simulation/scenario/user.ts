/**
 * The user's hands: what people and their tools send to the API server, in the words of the command line
 * (spec 6.1). When it is sent is decided elsewhere.
 */
import { LABELS } from '../../../src/api/labels.ts';
import type { Rollout } from '../../../src/api/rollout.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import type { Store } from '../cluster/store.ts';
import type { Ledger } from '../ledger.ts';
import { ROLLOUT_NAME, templateOf } from './rollout-spec.ts';

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

  /** Takes away what may be wrong with the spec. */
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
    this.edit({ template: templateOf(image) });
    return image;
  }

  applyTemplate(template: JsonObject): void {
    // A merge patch would keep what the old template had and the new one has not.
    this.edit({ template: null });
    this.edit({ template });
  }

  /** What `undo` puts into the spec: the template of a ReplicaSet with all that was added to it but the hash. */
  templateOf(replicaSet: ReplicaSet): JsonObject {
    const { metadata, spec } = replicaSet.spec.template;
    const { [LABELS.podTemplateHash]: _hash, ...labels } = metadata?.labels ?? {};
    return { metadata: { ...metadata, labels }, spec: spec ?? {} };
  }

  /** What `promote` sends, computed from what it reads now and sent when the returned function is called. */
  readForPromote(): () => void {
    const { pauseConditions = [], currentStepIndex = 0 } = this.status;
    if (pauseConditions.length > 0) return () => this.resume();
    const count = this.stepCount;
    if (count === 0) return () => {};
    return () => this.patchStatus({ pauseConditions: null, currentStepIndex: Math.min(currentStepIndex + 1, count) });
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
