/** A query of a MetricTemplate, with the arguments of an AnalysisTemplate in the place of Flagger's variables. */

export interface QueryNames {
  readonly service: string;
  readonly ingress: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface TranslatedQuery {
  readonly query: string;
  /** Whether it measures the old version as well, because a variable says the name of the Deployment alone. */
  readonly ofBoth: boolean;
}

/** The pods of the new version: their names begin so, and those of the old one do not. */
const POD_PREFIX = /\{\{\s*target\s*\}\}-/g;
const VARIABLE = /\{\{-?\s*([^}]*?)\s*-?\}\}/g;
const PODS = '{{args.rollout}}-{{args.hash}}-';

export function translatedQuery(text: string, names: QueryNames): TranslatedQuery | { readonly problem: string } {
  const unknown: string[] = [];
  let ofBoth = false;
  const value = (variable: string): string => {
    if (variable === 'namespace') return '{{args.namespace}}';
    if (variable === 'interval') return '{{args.window}}';
    if (variable === 'service') return names.service;
    if (variable === 'ingress') return names.ingress;
    if (variable === 'name') return '{{args.rollout}}';
    if (variable === 'target') {
      ofBoth = true;
      return '{{args.rollout}}';
    }
    const [, own = ''] = /^variables\.(\S+)$/.exec(variable) ?? [];
    if (names.variables[own] !== undefined) return names.variables[own];
    unknown.push(variable);
    return '';
  };
  // The arguments that are put in look like variables themselves.
  const parts = text
    .split(POD_PREFIX)
    .map((part) => part.replaceAll(VARIABLE, (_, variable: string) => value(variable)));
  if (unknown.length > 0) return { problem: `no value is known for {{ ${unknown.join(' }}, {{ ')} }}` };
  return { query: parts.join(PODS), ofBoth };
}
