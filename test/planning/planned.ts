/** Plans of the manifests in examples/, and of changes to them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { RolloutSpec } from '../../src/api/schema/rollout.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { Store } from '../../src/planning/model/store.ts';
import { planRelease, type PlannedStage, type ReleasePlan, type ReleaseRequest } from '../../src/planning/release.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
export const NOW = Date.parse('2026-01-05T08:00:00Z');

export function example(...files: readonly string[]): readonly KubeObject[] {
  return files.flatMap((file) =>
    [...parseAllDocuments(readFileSync(join(EXAMPLES, file), 'utf8'))].map((one) => one.toJS() as KubeObject),
  );
}

/** What runs before is `base`; then come `changes` or a new image. */
export function planned(request: Partial<ReleaseRequest> & Pick<ReleaseRequest, 'name'>): ReleasePlan {
  const plan = planRelease({
    namespace: 'shop',
    scene: new Store(NOW),
    base: [],
    changes: [],
    images: [],
    template: null,
    longestStartMs: 60_000,
    ...request,
  });
  if ('problem' in plan) throw new Error(plan.problem);
  return plan;
}

/** The release of `app:2` on what `base` describes. */
export function releasedImage(
  name: string,
  base: readonly KubeObject[],
  wishes: Partial<ReleaseRequest> = {},
): ReleasePlan {
  return planned({ name, base, images: [{ container: '*', image: 'app:2' }], ...wishes });
}

/** A Rollout `web` of `app:1`. */
export function web(spec: Partial<RolloutSpec>, template: object = {}): KubeObject {
  const labels = { app: 'web' };
  const containers = [{ name: 'web', image: 'app:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web' },
    spec: {
      replicas: 4,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...template } },
      ...spec,
    },
  } as object as KubeObject;
}

export function service(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' } },
  } as object as KubeObject;
}

/** A stage in short: what it is, the sizes of stable and new revision, the weight, and when it is over. */
export function brief({ kind, text, state, pods, weight, person, earliestMs, latestMs }: PlannedStage): string {
  const size = (role: string): number => pods.find((one) => one.role === role)?.desired ?? 0;
  const time = (ms: number | null): string => (ms === null ? 'open' : `${ms / 1000}s`);
  return [
    kind === 'step' ? text : kind,
    ...(state === 'planned'
      ? [`${size('stable')}+${size('new')}`, `${Math.round(weight ?? -1)}%`, `${time(earliestMs)}-${time(latestMs)}`]
      : [state]),
    ...(person ? ['person'] : []),
  ].join(' ');
}
