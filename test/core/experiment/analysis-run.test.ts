/** The AnalysisRun that an analysis of an Experiment asks for (spec C.2, 5). */
import { describe, expect, test } from 'vitest';
import type { AnalysisRunSpec } from '../../../src/api/schema/analysis-run.ts';
import type { AnalysisTemplateSpec } from '../../../src/api/schema/analysis-template.ts';
import type { ExperimentSpec } from '../../../src/api/schema/experiment.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { experimentRunFor } from '../../../src/core/experiment/analysis-run.ts';
import { EXPERIMENTS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { NOW, RATE, template, Trial } from './trial.ts';

type Analysis = NonNullable<ExperimentSpec['analyses']>[number];

const SECRET = { secretKeyRef: { name: 'metrics', key: 'token' } };

/** What the first analysis asks for, with the pods available. */
function wanted(spec: Partial<ExperimentSpec>, templates: Readonly<Record<string, AnalysisTemplateSpec>>) {
  const trial = new Trial(spec, templates);
  trial.settle();
  for (const [name, size] of Object.entries(trial.sizes)) trial.setAvailable(name, size);
  trial.look();
  const [analysis] = spec.analyses ?? [];
  if (analysis === undefined) throw new Error('there is no analysis');
  return { trial, run: experimentRunFor(trial.world, analysis) };
}

describe('the value of an argument', () => {
  function valueOf(args: Analysis['args'], declared: AnalysisTemplateSpec['args'], duration?: string) {
    const analyses = [{ name: 'check', templateName: 'rate', ...(args === undefined ? {} : { args }) }];
    const templates = [template('a'), template('b')];
    const spec = { templates, analyses, ...(duration === undefined ? {} : { duration }) };
    const { trial, run } = wanted(spec, { rate: { ...RATE, ...(declared === undefined ? {} : { args: declared }) } });
    const hashes = trial.status.templateStatuses?.map(({ podTemplateHash }) => podTemplateHash) ?? [];
    return { hashes, args: 'problem' in run ? run.problem : run.spec.args };
  }

  test('is the hash of a template', () => {
    const { hashes, args } = valueOf(
      [{ name: 'x', value: 'a-{{ templates.a.podTemplateHash }}-{{templates.b.podTemplateHash}}' }],
      [{ name: 'x' }],
    );
    expect(args).toEqual([{ name: 'x', value: `a-${hashes[0]}-${hashes[1]}` }]);
  });

  test.each([
    ['the name of a ReplicaSet', '{{templates.b.replicaset.name}}', 'trial-b'],
    ['when the pods were available', '{{experiment.availableAt}}', formatTime(NOW)],
    ['when the experiment ends', '{{experiment.finishedAt}}', formatTime(NOW + 60_000)],
    ['a text', 'plain', 'plain'],
  ])('is %s', (_what, value, expected) => {
    expect(valueOf([{ name: 'x', value }], [{ name: 'x' }], '1m').args).toEqual([{ name: 'x', value: expected }]);
  });

  test.each<[string, Analysis['args'], AnalysisTemplateSpec['args'], unknown]>([
    ['comes from the template otherwise', [], [{ name: 'x', value: 'default' }], [{ name: 'x', value: 'default' }]],
    ['stays in its Secret', [], [{ name: 'x', valueFrom: SECRET }], [{ name: 'x', valueFrom: SECRET }]],
    [
      'may be in a Secret that the experiment names',
      [{ name: 'x', valueFrom: SECRET }],
      [{ name: 'x' }],
      [{ name: 'x', valueFrom: SECRET }],
    ],
    ['is not passed on when no template declares it', [{ name: 'y', value: '1' }], [], undefined],
    ['must be there', [], [{ name: 'x' }], 'args.x was not resolved'],
    [
      'cannot refer to what is not known',
      [{ name: 'x', value: '{{experiment.finishedAt}}' }],
      [{ name: 'x' }],
      'args.x: failed to resolve {{experiment.finishedAt}}',
    ],
  ])('%s', (_what, args, declared, expected) => {
    expect(valueOf(args, declared).args).toEqual(expected);
  });
});

describe('rules for metrics', () => {
  const TEMPLATES = {
    rate: { metrics: [{ ...RATE.metrics?.[0], name: 'rate' }] },
    latency: { metrics: [{ ...RATE.metrics?.[0], name: 'latency' }], dryRun: [{ metricName: 'latency' }] },
  } as Record<string, AnalysisTemplateSpec>;

  function specOf(first: string, spec: Partial<ExperimentSpec>): AnalysisRunSpec {
    const names = [first, ...Object.keys(TEMPLATES).filter((name) => name !== first)];
    const analyses = names.map((name) => ({ name, templateName: name }));
    const { run } = wanted({ analyses, ...spec }, TEMPLATES);
    if ('problem' in run) throw new Error(run.problem);
    return run.spec;
  }

  test.each<[string, string, string, readonly string[] | undefined]>([
    ['go to the run whose metric they name', 'rate', 'rate', ['rate']],
    ['do not go to another, which they would be a mistake for', 'latency', 'rate', ['latency']],
    ['go to every run when they name all', 'rate', '.*', ['.*']],
    ['go to every run when they name none, so that it says so', 'rate', 'other', ['other']],
    ['come before those of the template', 'latency', '.*', ['.*', 'latency']],
  ])('%s', (_what, analysis, metricName, expected) => {
    expect(specOf(analysis, { dryRun: [{ metricName }] }).dryRun?.map((rule) => rule.metricName)).toEqual(expected);
  });

  test('are for what is kept as well', () => {
    const measurementRetention = [{ metricName: 'rate', limit: 2 }];
    expect(specOf('rate', { measurementRetention }).measurementRetention).toEqual(measurementRetention);
    expect(specOf('latency', { measurementRetention }).measurementRetention).toBeUndefined();
  });
});

test('its labels are those that the experiment gives, and that of its instance', () => {
  const trial = new Trial({
    analyses: [{ name: 'check', templateName: 'rate' }],
    analysisRunMetadata: { labels: { team: 'shop', [LABELS.instanceId]: 'other' }, annotations: { why: 'test' } },
  });
  trial.addTemplate('rate', RATE);
  const { metadata, ...rest } = trial.experiment;
  trial.put(EXPERIMENTS, { ...rest, metadata: { ...metadata, labels: { [LABELS.instanceId]: 'blue' } } });
  trial.settle();
  trial.setAvailable('trial-a', 1).settle();
  expect(trial.run().metadata).toMatchObject({
    labels: { team: 'shop', [LABELS.instanceId]: 'blue' },
    annotations: { why: 'test' },
  });
  expect(trial.replicaSet('trial-a').metadata.labels).toMatchObject({ [LABELS.instanceId]: 'blue' });
});
