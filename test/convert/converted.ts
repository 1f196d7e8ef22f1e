/** Conversions of manifests, and whether the controller accepts what comes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseAnalysisTemplate, type AnalysisTemplate } from '../../src/api/schema/analysis-template.ts';
import { analysesOf } from '../../src/api/schema/rollout-analyses.ts';
import { parseRollout, type Rollout } from '../../src/api/schema/rollout.ts';
import { missingServices, unfitServices } from '../../src/api/validation/services.ts';
import { fieldErrorText, type FieldError } from '../../src/api/words/field-error.ts';
import type { ConvertOptions } from '../../src/convert/conversion.ts';
import { convert, type Conversion } from '../../src/convert/convert.ts';
import type { Sheet } from '../../src/convert/draft.ts';
import { inputObjectsOf, type InputObject } from '../../src/convert/input.ts';
import { commentLine } from '../../src/convert/render.ts';
import { analysisMistake } from '../../src/core/analysis/template-problem.ts';
import { mistakesOf } from '../../src/core/rollout/spec-problem.ts';
import type { Service } from '../../src/kube/objects.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

export function manifests(text: string): readonly InputObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const read = inputObjectsOf(document.toJS());
    if ('problem' in read) throw new Error(read.problem);
    return read;
  });
}

export function manifestsIn(file: string): readonly InputObject[] {
  return manifests(readFileSync(join(REPOSITORY, file), 'utf8'));
}

export function converted(objects: readonly InputObject[], options: Partial<ConvertOptions> = {}): Conversion {
  return convert(objects, { copyTemplate: false, ...options });
}

/** The object of a kind, and of a name if there are several. */
export function objectOf({ sheets }: Conversion, kind: string, name?: string): Sheet['object'] {
  const found = sheets.find(
    ({ object }) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found === undefined)
    throw new Error(`no ${kind} ${name ?? ''} among ${sheets.map(({ object }) => object.kind).join(', ')}`);
  return found.object;
}

/** Every comment with its place. */
export function commentsOf({ sheets }: Conversion): readonly string[] {
  return sheets.flatMap((sheet) => sheet.comments.map((comment) => commentLine(sheet, comment)));
}

export function refusalsOf({ refusals }: Conversion): readonly string[] {
  return refusals.map(({ object, path, why }) => `${object} ${path}: ${why}`);
}

const CLUSTER_TEMPLATES = ['success-rate', 'latency'].flatMap((name) =>
  manifestsIn(`deploy/analysis-templates/ingress-nginx/${name}.yaml`),
);

/** What the controller would object to in the result, with the objects of the input beside it. */
export function problemsOf({ sheets }: Conversion, inputs: readonly InputObject[]): readonly string[] {
  const objects = sheets.map(({ object }) => object);
  const templates = [...objects, ...CLUSTER_TEMPLATES]
    .filter(({ kind }) => kind.endsWith('AnalysisTemplate'))
    .map(stored);
  return [
    ...templates.flatMap((one) => {
      const parsed = parseAnalysisTemplate(one);
      return 'problem' in parsed ? [parsed.problem] : [];
    }),
    ...objects
      .filter(({ apiVersion, kind }) => kind === 'Rollout' && apiVersion === 'argoproj.io/v1alpha1')
      .flatMap((one) => rolloutProblems(stored(one), [...objects, ...inputs], templates)),
  ];
}

function rolloutProblems(json: object, objects: readonly object[], templates: readonly object[]): readonly string[] {
  const parsed = parseRollout(json);
  if ('problem' in parsed) return [parsed.problem];
  const { rollout } = parsed;
  const services = new Map(
    (objects as readonly Service[]).filter(({ kind }) => kind === 'Service').map((one) => [one.metadata.name, one]),
  );
  // The labels are those of the Deployment, so only a Rollout with the template can be held against Services.
  const unfit: Iterable<FieldError> = rollout.spec.workloadRef === undefined ? unfitServices(rollout, services) : [];
  return [
    ...[...mistakesOf(rollout), ...missingServices(rollout, services), ...unfit].map(fieldErrorText),
    ...analysisProblems(rollout, templates as readonly AnalysisTemplate[]),
  ];
}

function analysisProblems(rollout: Rollout, templates: readonly AnalysisTemplate[]): readonly string[] {
  const sources = { rollout, latestHash: 'new', stableHash: 'old' };
  return analysesOf(rollout).flatMap((placed) => {
    const mistake = analysisMistake({ ...placed, sources }, ({ kind, name }) => {
      const template = templates.find((one) => one.kind === kind && one.metadata.name === name);
      return template === undefined ? null : { template };
    });
    return mistake === null ? [] : [fieldErrorText(mistake.error)];
  });
}

/** As the API server would have it. */
function stored(object: { readonly metadata: object }): object {
  return { ...object, metadata: { namespace: 'default', uid: 'u', resourceVersion: '1', ...object.metadata } };
}
