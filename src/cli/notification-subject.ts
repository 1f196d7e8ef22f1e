/** Reads the Rollout that a notification is about, with the AnalysisRuns of its revision. */
import { stat } from 'node:fs/promises';
import { LABELS } from '../api/words/labels.ts';
import { ANNOTATIONS } from '../api/words/labels.ts';
import { readListIfAllowed } from '../clients/read-lists.ts';
import { rolloutOf, readWorkload } from '../clients/read-rollout.ts';
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';
import { ANALYSIS_RUNS, ROLLOUTS } from '../kube/resources.ts';
import type { Subject } from '../notifications/variables.ts';
import type { Cluster } from '../clients/cluster.ts';
import type { Call } from './command.ts';
import { CommandError } from './errors.ts';
import { readManifests } from './manifests.ts';
import { jsonOf } from './notification-input.ts';

type Found = Pick<Subject, 'rollout' | 'analysisRuns'>;

/** `resource` is a file, or else the name of a Rollout. A file knows no AnalysisRuns. */
export async function readSubject(resource: string, call: Pick<Call, 'terminal' | 'cluster'>): Promise<Found> {
  const isFile = await stat(resource).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return { rollout: await rolloutIn(resource, call), analysisRuns: null };
  if (/[/.]ya?ml$|\.json$|\//.test(resource)) throw new CommandError(`there is no file ${resource}`);
  const cluster = await call.cluster();
  const { namespace, client } = cluster;
  const object = await client.get(ROLLOUTS, { namespace, name: resource });
  const analysisRuns = await runsOf(object, cluster, call.terminal.note);
  return { rollout: await withTemplate(object, cluster), analysisRuns };
}

async function rolloutIn(file: string, { terminal }: Pick<Call, 'terminal'>): Promise<JsonObject> {
  const [rollout, ...more] = (await readManifests(file, terminal)).filter(({ kind }) => kind === 'Rollout');
  if (rollout === undefined || more.length > 0) throw new CommandError(`${file}: expected one Rollout`);
  return rollout;
}

/** With the template and the selector of the workload that it refers to. */
async function withTemplate(object: KubeObject, { client }: Cluster): Promise<JsonObject> {
  const json = jsonOf(object);
  const workload = await readWorkload(client, rolloutOf(object, object.metadata.name));
  if (workload === null) return json;
  if ('missing' in workload) throw new CommandError(`the template cannot be read: ${workload.missing}`);
  const { template, selector } = workload;
  const spec = json['spec'] as JsonObject;
  return { ...json, spec: { selector, ...spec, template } as unknown as JsonObject };
}

/** Those of the present revision, the newest first; `null` if there are none of its template. */
async function runsOf(
  rollout: KubeObject,
  { client, namespace }: Cluster,
  note: (text: string) => void,
): Promise<readonly JsonObject[] | null> {
  const hash = (jsonOf(rollout)['status'] as JsonObject | undefined)?.['currentPodHash'];
  if (typeof hash !== 'string') return null;
  const labelSelector = `${LABELS.podTemplateHash}=${hash}`;
  const runs = await readListIfAllowed(client, { resource: ANALYSIS_RUNS, namespace, labelSelector }, note);
  const revisionOf = ({ metadata }: KubeObject): string => metadata.annotations?.[ANNOTATIONS.revision] ?? '';
  const createdAt = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';
  const present = runs.filter((run) => revisionOf(run) === revisionOf(rollout));
  const sorted = present.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)));
  return runs.length === 0 ? null : sorted.map(jsonOf);
}
