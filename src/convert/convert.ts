/**
 * Turns the objects of other tools into Rollouts and what they need. Pure: objects in, objects with comments out.
 * Every field of an input is translated, commented on, or refused.
 */
import type { Converted, ConvertOptions, Refusal } from './conversion.ts';
import { fromDeployment } from './deployment/deployment.ts';
import type { Sheet } from './draft.ts';
import { fromFlagger } from './flagger/canary.ts';
import { titleOf, typeOf, InputSet, type InputObject } from './input.ts';
import { fromKruise } from './kruise/kruise.ts';
import { rolloutProblem } from './rollout.ts';
import { NO_TRAFFIC_ROUTING } from './words.ts';

export interface Conversion {
  readonly sheets: readonly Sheet[];
  readonly refusals: readonly Refusal[];
  /** Objects that nothing was made of, and that no other one needed: `ConfigMap settings`. */
  readonly unused: readonly string[];
}

type Converter = (set: InputSet, source: InputObject, options: ConvertOptions) => Converted;

/** Deployments come last: those that another source names are used up by then. */
const CONVERTERS: readonly (readonly [type: string, convert: Converter])[] = [
  ['rollouts.kruise.io/Rollout', fromKruise],
  ['flagger.app/Canary', fromFlagger],
  ['apps/Deployment', fromDeployment],
];

/** Kinds of the other tools that mean something, and have no counterpart. */
const REFUSED: Readonly<Record<string, string>> = {
  'rollouts.kruise.io/TrafficRouting': NO_TRAFFIC_ROUTING,
  'rollouts.kruise.io/BatchRelease':
    'Kruise makes it for a release: finish the release first, then convert the Rollout',
  'flagger.app/AlertProvider': 'there are no alerts here: let a program watch the events of the Rollout',
};

export function convert(objects: readonly InputObject[], options: ConvertOptions): Conversion {
  const set = new InputSet(objects);
  const converted = CONVERTERS.flatMap(([type, converter]) =>
    objects
      .filter((one) => typeOf(one) === type && !set.isUsed(one))
      .map((source) => {
        set.use(source);
        return checked(source, converter(set, source, options));
      }),
  );
  const refused = objects.flatMap((one) => {
    const why = REFUSED[typeOf(one)];
    if (why === undefined) return [];
    set.use(one);
    return [{ object: titleOf(one), path: '', why }];
  });
  const { sheets, clashes } = merged(converted.flatMap((one) => one.sheets));
  const refusals = [...converted.flatMap((one) => one.refusals), ...refused, ...clashes];
  return { sheets, refusals: unique(refusals), unused: objects.filter((one) => !set.isUsed(one)).map(titleOf) };
}

/** What the controller would refuse is refused here. */
function checked(source: InputObject, converted: Converted): Converted {
  if (converted.refusals.length > 0) return converted;
  const refusals = converted.sheets.flatMap((sheet) => {
    const problem = sheet.object.kind === 'Rollout' ? rolloutProblem(sheet) : null;
    return problem === null
      ? []
      : [{ object: titleOf(source), path: '', why: `the Rollout would be invalid: ${problem}` }];
  });
  return { ...converted, refusals };
}

/** What several sources need, such as the template of a gate, is printed once. */
function merged(sheets: readonly Sheet[]): { readonly sheets: readonly Sheet[]; readonly clashes: readonly Refusal[] } {
  const byName = new Map<string, Sheet>();
  const clashes: Refusal[] = [];
  for (const sheet of sheets) {
    const { kind, metadata } = sheet.object;
    const key = `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    const former = byName.get(key);
    if (former === undefined) byName.set(key, sheet);
    else if (JSON.stringify(former.object) !== JSON.stringify(sheet.object)) {
      clashes.push({
        object: `${kind} ${metadata.name}`,
        path: '',
        why: 'two different ones would have this name: convert their sources one after the other, and rename one',
      });
    }
  }
  return { sheets: [...byName.values()], clashes };
}

function unique(refusals: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refusals.map((one) => [JSON.stringify(one), one])).values()];
}
