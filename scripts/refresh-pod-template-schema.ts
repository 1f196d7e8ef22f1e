/**
 * Refreshes the snapshots of Kubernetes' own schemas, from a running API server or from its source, which has the
 * same documents:
 *   node scripts/refresh-pod-template-schema.ts --server https://127.0.0.1:6443 --token TOKEN [--insecure]
 *   node scripts/refresh-pod-template-schema.ts --source FOLDER_OF_KUBERNETES
 * The CRDs are generated from the snapshots, so `npm run generate` comes after it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openApiSnapshot } from './crd/openapi-snapshot.ts';
import type { Snapshot } from '../src/api/schema/pod-template.ts';
import type { JsonObject } from '../src/kube/json.ts';

/** Which schema of which document becomes which snapshot. */
const SOURCES: Readonly<Record<Snapshot, { readonly document: string; readonly schema: string }>> = {
  'pod-template': { document: 'apis/apps/v1', schema: 'io.k8s.api.core.v1.PodTemplateSpec' },
  'job-spec': { document: 'apis/batch/v1', schema: 'io.k8s.api.batch.v1.JobSpec' },
};

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    token: { type: 'string', default: '' },
    insecure: { type: 'boolean', default: false },
    source: { type: 'string' },
  },
});
const read = reader();

for (const [snapshot, { document, schema }] of Object.entries(SOURCES)) {
  const file = new URL(`../src/api/definitions/snapshot/${snapshot}.schema.json`, import.meta.url);
  await writeFile(file, `${JSON.stringify(openApiSnapshot(await read(document), schema), null, 1)}\n`);
  console.log(`wrote ${file.pathname}`);
}

function reader(): (document: string) => Promise<JsonObject> {
  const { server, source } = values;
  if (source !== undefined) return (document) => readSource(source, document);
  if (server !== undefined) return (document) => fetchJson(new URL(`/openapi/v3/${document}`, server));
  throw new Error('--server or --source is missing: the address of an API server, or a folder with its source');
}

async function readSource(folder: string, document: string): Promise<JsonObject> {
  const name = `${document.replaceAll('/', '__')}_openapi.json`;
  return JSON.parse(await readFile(join(folder, 'api', 'openapi-spec', 'v3', name), 'utf8')) as JsonObject;
}

function fetchJson(address: URL): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${values.token}`, accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(address, { headers, rejectUnauthorized: !values.insecure }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as JsonObject);
        else reject(new Error(`${address.pathname} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
