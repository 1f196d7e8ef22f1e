/**
 * Refreshes the snapshots of Kubernetes' own schemas from a running API server:
 *   node scripts/refresh-pod-template-schema.ts --server https://127.0.0.1:6443 --token TOKEN [--insecure]
 * The CRDs are generated from the snapshots, so `npm run generate` comes after it.
 */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { parseArgs } from 'node:util';
import { openApiSnapshot } from '../src/api/crd/openapi-snapshot.ts';
import type { Snapshot } from '../src/api/pod-template.ts';
import type { JsonObject } from '../src/kube/json.ts';

/** Which schema of which document becomes which snapshot. */
const SOURCES: Readonly<Record<Snapshot, { readonly document: string; readonly schema: string }>> = {
  'pod-template': { document: '/openapi/v3/apis/apps/v1', schema: 'io.k8s.api.core.v1.PodTemplateSpec' },
  'job-spec': { document: '/openapi/v3/apis/batch/v1', schema: 'io.k8s.api.batch.v1.JobSpec' },
};

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    token: { type: 'string', default: '' },
    insecure: { type: 'boolean', default: false },
  },
});
if (values.server === undefined) {
  throw new Error('--server is missing: the address of an API server, such as https://127.0.0.1:6443');
}
const server = new URL(values.server);

for (const [snapshot, { document, schema }] of Object.entries(SOURCES)) {
  const file = new URL(`../src/api/snapshot/${snapshot}.schema.json`, import.meta.url);
  await writeFile(file, `${JSON.stringify(openApiSnapshot(await fetchJson(document), schema), null, 1)}\n`);
  console.log(`wrote ${file.pathname}`);
}

function fetchJson(path: string): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${values.token}`, accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, server), { headers, rejectUnauthorized: !values.insecure }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as JsonObject);
        else reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
