/** The manifests of other tools that people start from, as docs/migrating.md and their tutorials have them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** For the Deployment of examples/echoserver.yaml. */
export const KRUISE_V1ALPHA1 = fixture('kruise-rollout-v1alpha1.yaml');
export const KRUISE_V1BETA1 = fixture('kruise-rollout-v1beta1.yaml');

/** The Canary and the MetricTemplate of docs/migrating.md. */
export const FLAGGER_CANARY = canaryOfPage();

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

function canaryOfPage(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/migrating.md'), 'utf8');
  const [, text] = /```yaml\n(apiVersion: flagger\.app[\s\S]*?)```/.exec(page) ?? [];
  if (text === undefined) throw new Error('docs/migrating.md has no Canary');
  return text;
}
