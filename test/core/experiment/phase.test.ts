/** The phase of an Experiment, from its templates and its analyses (spec C.2, 6). */
import { expect, test } from 'vitest';
import type { ExperimentStatus } from '../../../src/api/schema/experiment.ts';
import { phaseOf } from '../../../src/core/experiment/phase.ts';
import { experiment } from './trial.ts';

interface Row {
  readonly templates?: string;
  /** Analyses and their phases; one with an exclamation mark is required. */
  readonly analyses?: string;
  readonly status?: ExperimentStatus;
  readonly isOver?: boolean;
  readonly isTerminated?: boolean;
  readonly phase: string;
  readonly message?: string;
}

const AVAILABLE = { phase: 'Running', availableAt: '2026-01-02T03:04:05Z' };

test.each<[string, Row]>([
  ['is Pending while a template progresses', { templates: 'Running Progressing', phase: 'Pending' }],
  ['is Running once all templates run', { templates: 'Running Running', phase: 'Running' }],
  ['stays Running when a pod is lost', { templates: 'Running Progressing', status: AVAILABLE, phase: 'Running' }],
  ['is Failed with a template', { templates: 'Running Failed', phase: 'Failed', message: "Template 't1' is Failed" }],
  [
    'is Error with a template, before Failed',
    { templates: 'Failed Error', phase: 'Error', message: "Template 't1' is Error" },
  ],
  [
    'a lost template comes before an analysis',
    { templates: 'Failed', analyses: 'a=Error', phase: 'Failed', message: "Template 't0' is Failed" },
  ],
  [
    'ends with a bad analysis, required or not',
    { analyses: 'a=Failed', status: AVAILABLE, phase: 'Failed', message: "Analysis 'a' is Failed" },
  ],
  [
    'is Inconclusive with an analysis',
    { analyses: 'a=Inconclusive', status: AVAILABLE, phase: 'Inconclusive', message: "Analysis 'a' is Inconclusive" },
  ],
  [
    'is the worst of several',
    {
      analyses: 'a=Inconclusive b=Failed c=Error',
      status: AVAILABLE,
      phase: 'Failed',
      message: "Analysis 'b' is Failed",
    },
  ],
  [
    'a bad analysis does not wait for a required one',
    { analyses: 'a!=Running b=Error', status: AVAILABLE, phase: 'Error', message: "Analysis 'b' is Error" },
  ],
  [
    'is Successful with all required analyses',
    {
      analyses: 'a!=Successful b!=Successful c=Running',
      status: AVAILABLE,
      phase: 'Successful',
      message: 'Required AnalysisRuns completed',
    },
  ],
  [
    'is Running while one required is missing',
    { analyses: 'a!=Successful b!=Running', status: AVAILABLE, phase: 'Running' },
  ],
  [
    'does not end with an analysis that is not required',
    { analyses: 'a=Successful', status: AVAILABLE, phase: 'Running' },
  ],
  ['is Successful after the duration', { status: AVAILABLE, isOver: true, phase: 'Successful' }],
  [
    'does not wait for an analysis that is not required',
    { analyses: 'a=Running', status: AVAILABLE, isOver: true, phase: 'Successful' },
  ],
  [
    'waits for a required analysis after the duration',
    {
      analyses: 'a!=Running',
      status: AVAILABLE,
      isOver: true,
      phase: 'Running',
      message: "waiting for required analysis 'a'",
    },
  ],
  [
    'waits for a required analysis that has not begun',
    { analyses: 'a!', status: AVAILABLE, isOver: true, phase: 'Running', message: "waiting for required analysis 'a'" },
  ],
  [
    'is Successful when it is ended',
    { isOver: true, isTerminated: true, phase: 'Successful', message: 'ended by spec.terminate' },
  ],
  [
    'waits for a required analysis that it has asked to end',
    {
      analyses: 'a!=Running',
      isOver: true,
      isTerminated: true,
      phase: 'Running',
      message: "waiting for required analysis 'a'",
    },
  ],
  [
    'does not begin a required analysis only to end it',
    { analyses: 'a!', isOver: true, isTerminated: true, phase: 'Successful', message: 'ended by spec.terminate' },
  ],
  [
    'never changes again',
    {
      templates: 'Failed',
      status: { phase: 'Inconclusive', message: 'so it was' },
      phase: 'Inconclusive',
      message: 'so it was',
    },
  ],
  ['has no phase of another kind', { status: { phase: 'Paused' }, phase: 'Running' }],
])(
  '%s',
  (_name, { templates = 'Running', analyses = '', status, isOver = false, isTerminated, phase, message = '' }) => {
    const each = analyses === '' ? [] : analyses.split(' ').map((text) => text.split('='));
    const spec = {
      analyses: each.map(([name = '']) => ({
        name: name.replace('!', ''),
        templateName: 'x',
        requiredForCompletion: name.endsWith('!'),
      })),
      ...(isTerminated === undefined ? {} : { terminate: isTerminated }),
    };
    const verdict = phaseOf(
      experiment(spec, status === undefined ? {} : { status }),
      templates.split(' ').map((state, index) => ({ name: `t${index}`, status: state })),
      each.flatMap(([name = '', phaseOfRun]) =>
        phaseOfRun === undefined ? [] : [{ name: name.replace('!', ''), analysisRun: 'x', phase: phaseOfRun }],
      ),
      isOver,
    );
    expect(verdict).toEqual({ phase, message });
  },
);
