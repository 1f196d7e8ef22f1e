/**
 * The files in crds/, as text.
 */
import { stringify } from 'yaml';
import { customResourceDefinitions } from '../../src/api/definitions/custom-resources.ts';
import { SNAPSHOTS } from '../../src/api/definitions/snapshots.ts';

const HEADER = '# Generated from src/api by `npm run generate`. Do not edit.\n';

/** Each CustomResourceDefinition as YAML, by the name of its file. */
export function customResourceFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(customResourceDefinitions(SNAPSHOTS)).map(([file, definition]) => [
      file,
      HEADER + stringify(definition, { aliasDuplicateObjects: false, lineWidth: 0 }),
    ]),
  );
}
