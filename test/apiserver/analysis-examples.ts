/** The manifests of examples/analysis/ for tests, and what they need: templates of the cluster, and a right for Jobs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import type { Session } from './session.ts';

/** The objects of a file of the repository, after a change of its text. */
export async function manifestsIn(
  file: string,
  change: (text: string) => string = (text) => text,
): Promise<readonly object[]> {
  const text = change(await readFile(join(REPOSITORY, file), 'utf8'));
  return parseAllDocuments(text).map((document) => document.toJS() as object);
}

/** The controller may create Jobs in the namespace of the session, by the component for that. */
export async function allowJobs(session: Session): Promise<void> {
  for (const file of ['role', 'role-binding']) {
    await session.apply(...(await manifestsIn(`deploy/components/analysis-jobs/${file}.yaml`)));
  }
}

/**
 * `kubectl apply -k` of deploy/analysis-templates/ or a folder below it, and what it printed. The templates belong to the
 * cluster, so another file may create them at the same moment. Then kubectl finds them when it looks once more.
 */
export async function applyTemplates(session: Session, folder = 'deploy/analysis-templates'): Promise<string> {
  const { code, stderr, stdout } = await session.tryKubectl(['apply', '-k', folder]);
  if (code === 0) return stdout;
  if (!stderr.includes('(AlreadyExists)')) throw new Error(`kubectl apply -k ${folder} ended with ${code}: ${stderr}`);
  return session.kubectl('apply', '-k', folder);
}
