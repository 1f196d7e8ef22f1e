/**
 * Writes the files in the repository that are generated from the code: the CRDs from the schemas of the API.
 * `npm run generate`; a unit test fails when it was forgotten.
 */
import { writeFile } from 'node:fs/promises';
import { customResourceFiles } from './crd/custom-resource-files.ts';

for (const [file, text] of Object.entries(customResourceFiles())) {
  await writeFile(new URL(`../crds/${file}`, import.meta.url), text);
  console.log(`wrote crds/${file}`);
}
