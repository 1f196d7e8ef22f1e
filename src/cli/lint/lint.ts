/**
 * Everything that is wrong with a set of manifests: what the API server would refuse by the definitions, and what the
 * controller would call invalid.
 */
import { customResourceDefinitions } from '../../api/definitions/custom-resources.ts';
import { SNAPSHOTS } from '../../api/definitions/snapshots.ts';
import type { JsonObject } from '../../kube/json.ts';
import { apiVersionOf, ROLLOUTS } from '../../kube/resources.ts';
import { readText, type Place, type WrittenObject } from './documents.ts';
import { pathText, writtenPath } from './field-paths.ts';
import { asStored, lookupAmong } from './manifest-set.ts';
import { misfitsOf, type Misfit } from './misfits.ts';
import { mistakesIn } from './rules.ts';

export interface Finding extends Place {
  /** An `absence` is what is referred to and is not among the manifests: it may be in the cluster. */
  readonly severity: 'problem' | 'absence';
  readonly message: string;
  /** '' where the text cannot be read. */
  readonly kind: string;
  readonly name: string;
  /** The file of a chart that the object was rendered from; '' when that is not known. */
  readonly origin: string;
}

export interface LintedText {
  readonly file: string;
  readonly text: string;
}

export interface LintResult {
  /** In the order of the texts, and of the lines of each. */
  readonly findings: readonly Finding[];
  /** How many objects are of a kind that is checked. */
  readonly checked: number;
}

export function lint(texts: readonly LintedText[], defaultNamespace: string): LintResult {
  const schemas = schemasByKind();
  const read = texts.map(({ file, text }) => readText(file, text));
  const written = read.flatMap(({ objects }) => objects);
  const lookup = lookupAmong(written, defaultNamespace);
  let checked = 0;
  const findings = read.flatMap(({ objects, unreadable }): readonly Finding[] => {
    const found: Finding[] = unreadable.map(({ place, problem }) => ({
      ...place,
      severity: 'problem',
      message: problem,
      kind: '',
      name: '',
      origin: '',
    }));
    for (const one of objects) {
      const schema = one.apiVersion === API_VERSION ? schemas.get(one.kind) : undefined;
      if (schema === undefined) continue;
      checked++;
      found.push(
        ...findingsIn(one, schema, (object) => mistakesIn(one.kind, asStored(object, defaultNamespace), lookup)),
      );
    }
    return found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  });
  return { findings, checked };
}

const API_VERSION = apiVersionOf(ROLLOUTS);

type Mistakes = (object: WrittenObject) => ReturnType<typeof mistakesIn>;

function findingsIn(one: WrittenObject, schema: JsonObject, mistakes: Mistakes): readonly Finding[] {
  const { kind, name, origin } = one;
  const finding = (place: Place, message: string, severity: Finding['severity'] = 'problem'): Finding => ({
    ...place,
    severity,
    message,
    kind,
    name,
    origin,
  });
  const misfits = misfitsOf(schema, one.json).map((misfit) => finding(one.placeOf(misfit.path), misfitText(misfit)));
  const repeated = one.repeated.map(({ key, place }) => finding(place, `key "${key}" stands twice in this map`));
  // What the schema says about a field need not be said again.
  const isNew = ({ line, column }: Place) => !misfits.some((other) => other.line === line && other.column === column);
  const mistaken = mistakes(one).flatMap(({ path, message, isAbsence }) => {
    const place = one.placeOf(writtenPath(path, one.json));
    if (!isAbsence) return isNew(place) ? [finding(place, message)] : [];
    return [finding(place, `${message} among these manifests`, 'absence')];
  });
  return [...repeated, ...misfits, ...mistaken];
}

function misfitText({ path, problem, isUnknown }: Misfit): string {
  const field = pathText(path);
  if (isUnknown !== true) return `${field}: ${problem}`;
  return `unknown field "${field}"${problem === '' ? '' : `, ${problem}`}`;
}

let known: ReadonlyMap<string, JsonObject> | undefined;

/** The schemas of the definitions by kind, with the metadata that the API server itself checks. A status is not applied. */
function schemasByKind(): ReadonlyMap<string, JsonObject> {
  return (known ??= readSchemas());
}

function readSchemas(): ReadonlyMap<string, JsonObject> {
  const definitions = Object.values(customResourceDefinitions(SNAPSHOTS)) as unknown as readonly Definition[];
  return new Map(
    definitions.map(({ spec: { names, versions } }) => {
      const { openAPIV3Schema: schema } = versions[0].schema;
      const properties = { ...(schema['properties'] as JsonObject), metadata: METADATA, status: ANYTHING };
      return [names.kind, { ...schema, required: ['metadata', 'spec'], properties }];
    }),
  );
}

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: JsonObject } }];
  };
}

const ANYTHING: JsonObject = { 'x-kubernetes-preserve-unknown-fields': true };
const METADATA = (SNAPSHOTS['pod-template']['properties'] as JsonObject)['metadata'] as JsonObject;
