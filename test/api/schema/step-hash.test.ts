import { describe, expect, test } from 'vitest';
import { fnv1aHash } from '../../../src/kube/hash.ts';
import { isStepHash, stepHash } from '../../../src/api/schema/step-hash.ts';

const THE_RELEASES_BEFORE_1_10 = '[{"analysis":{"templates":[{"templateName":"t"}],"analysisRunMetadata":{}}}]';

describe('published vectors', () => {
  test.each([
    { name: 'no steps', steps: undefined, hash: '5ffbfbbd64' },
    { name: 'an empty list', steps: [], hash: '5ffbfbbd64' },
    { name: 'one pause', steps: [{ pause: {} }], hash: '6b9b86fbd5' },
    { name: 'two pauses', steps: [{ pause: {} }, { pause: {} }], hash: '79c9b9f6bf' },
    { name: 'a weight and a pause', steps: [{ setWeight: 20 }, { pause: {} }], hash: '54649b9f5c' },
    { name: 'a duration as text', steps: [{ setWeight: 10 }, { pause: { duration: '10s' } }], hash: '7c69795dc6' },
    { name: 'a duration as a number', steps: [{ setWeight: 10 }, { pause: { duration: 10 } }], hash: '78f6ffd7ff' },
    { name: 'a canary scale', steps: [{ setCanaryScale: { replicas: 1 } }, { pause: {} }], hash: '5db8f9b897' },
  ])('$name', ({ steps, hash }) => {
    expect(stepHash(steps)).toBe(hash);
  });
});

describe('the text that is hashed', () => {
  test.each([
    {
      name: 'verbs come in the order of the API, not of the manifest',
      step: { pause: { duration: 0 }, setWeight: 0 },
      text: '{"setWeight":0,"pause":{"duration":0}}',
    },
    {
      name: 'a false switch is left out, a zero count is not',
      step: { setCanaryScale: { matchTrafficWeight: false, replicas: 0, weight: 0 } },
      text: '{"setCanaryScale":{"weight":0,"replicas":0}}',
    },
    {
      name: 'header routes',
      step: {
        setHeaderRoute: { match: [{ headerValue: { regex: '.*', exact: 'a' }, headerName: 'X' }, {}], name: 'route' },
      },
      text:
        '{"setHeaderRoute":{"name":"route","match":[{"headerName":"X","headerValue":{"exact":"a","regex":".*"}},' +
        '{"headerName":"","headerValue":null}]}}',
    },
    {
      name: 'mirror routes, headers in alphabetical order',
      step: {
        setMirrorRoute: {
          percentage: 0,
          match: [
            { headers: { b: { exact: '1' }, a: { prefix: '2' } }, path: { prefix: '/' }, method: { exact: 'GET' } },
          ],
        },
      },
      text:
        '{"setMirrorRoute":{"name":"","match":[{"method":{"exact":"GET"},"path":{"prefix":"/"},' +
        '"headers":{"a":{"prefix":"2"},"b":{"exact":"1"}}}],"percentage":0}}',
    },
    {
      name: 'the settings of a plugin, keys sorted at every depth and values as they are',
      step: { plugin: { config: { b: [{ z: null, y: 1.5 }], a: { d: false, c: '' } }, name: 'p' } },
      text: '{"plugin":{"name":"p","config":{"a":{"c":"","d":false},"b":[{"y":1.5,"z":null}]}}}',
    },
    {
      name: 'an analysis',
      step: {
        analysis: {
          measurementRetention: [{ limit: 0, metricName: 'm' }],
          dryRun: [{ metricName: '.*' }],
          args: [
            { value: '', name: 'a' },
            { valueFrom: { podTemplateHashValue: 'Latest' }, name: 'b' },
            { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } }, name: 'c' },
          ],
          templates: [
            { clusterScope: true, templateName: 't' },
            { clusterScope: false, templateName: 'u' },
          ],
          analysisRunMetadata: { labels: { a: 'b' } },
        },
      },
      text:
        '{"analysis":{"templates":[{"templateName":"t","clusterScope":true},{"templateName":"u"}],' +
        '"args":[{"name":"a"},{"name":"b","valueFrom":{"podTemplateHashValue":"Latest"}},' +
        '{"name":"c","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],"dryRun":[{"metricName":".*"}],' +
        '"measurementRetention":[{"metricName":"m","limit":0}],"analysisRunMetadata":{"labels":{"a":"b"}}}}',
    },
    {
      name: 'an experiment, whose metadata is always written',
      step: {
        experiment: {
          scaleDownDelaySeconds: 0,
          duration: '5m',
          analyses: [{ templateName: 't', name: 'n', requiredForCompletion: true }],
          templates: [{ specRef: 'canary', name: 'c', weight: 5, replicas: 1, service: {}, selector: {} }],
        },
      },
      text:
        '{"experiment":{"templates":[{"name":"c","specRef":"canary","replicas":1,"metadata":{},"selector":{},' +
        '"weight":5,"service":{}}],"duration":"5m",' +
        '"analyses":[{"name":"n","templateName":"t","requiredForCompletion":true}],' +
        '"analysisRunMetadata":{},"scaleDownDelaySeconds":0}}',
    },
    {
      name: 'an experiment without templates',
      step: { experiment: {} },
      text: '{"experiment":{"templates":null,"analysisRunMetadata":{}}}',
    },
    {
      name: 'a verb that this version does not know still counts',
      step: { setNothing: { b: 1, a: 2 }, setWeight: 1 },
      text: '{"setWeight":1,"setNothing":{"a":2,"b":1}}',
    },
    { name: 'a step that is not an object', step: 'pause', text: '"pause"' },
  ])('$name', ({ step, text }) => {
    expect(stepHash([step])).toBe(fnv1aHash(`[${text}]`));
  });
});

test('a duration keeps its type: a number and its digits are different steps', () => {
  expect(stepHash([{ pause: { duration: 10 } }])).not.toBe(stepHash([{ pause: { duration: '10' } }]));
});

describe('recognising a recorded hash', () => {
  const steps = [{ analysis: { templates: [{ templateName: 't' }] } }];

  test.each([
    { name: 'our own', hash: stepHash(steps), isKnown: true },
    { name: 'of a release before 1.10', hash: fnv1aHash(THE_RELEASES_BEFORE_1_10), isKnown: true },
    { name: 'of other steps', hash: stepHash([{ pause: {} }]), isKnown: false },
    { name: 'none', hash: '', isKnown: false },
  ])('$name: $isKnown', ({ hash, isKnown }) => {
    expect(isStepHash(hash, steps)).toBe(isKnown);
  });

  test('the two are different hashes', () => {
    expect(stepHash(steps)).not.toBe(fnv1aHash(THE_RELEASES_BEFORE_1_10));
  });
});

test('a list that is not frozen may change between two questions', () => {
  const steps = [{ setWeight: 1 }];
  const before = stepHash(steps);
  steps[0] = { setWeight: 2 };
  expect(stepHash(steps)).not.toBe(before);
});
