import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { badImageIn, colourOf, imageAfter, imageIn, readManifests } from '../../examples/demo/manifests.ts';

test.each([
  ['argoproj/rollouts-demo:blue', 'argoproj/rollouts-demo:green'],
  ['argoproj/rollouts-demo:red', 'argoproj/rollouts-demo:blue'],
  ['registry:5000/demo', 'registry:5000/demo:blue'],
  ['registry:5000/demo:blue', 'registry:5000/demo:green'],
  ['demo:v1', 'demo:blue'],
])('the image after %s is %s', (image, next) => {
  expect(imageAfter(image)).toBe(next);
});

test.each([
  ['argoproj/rollouts-demo:purple', 'purple'],
  ['argoproj/rollouts-demo:bad-red', 'red'],
  ['argoproj/rollouts-demo:v1', undefined],
  ['blue', undefined],
])('the colour of %s is %s', (image, colour) => {
  expect(colourOf(image)).toBe(colour);
});

test('the same image in another colour', () => {
  expect(imageIn('red', 'registry:5000/demo:bad-blue')).toBe('registry:5000/demo:red');
});

test('the same image in another colour, in its bad form', () => {
  expect(badImageIn('red', 'registry:5000/demo:blue')).toBe('registry:5000/demo:bad-red');
});

test('the examples say what the demo has to know', async () => {
  expect(await readManifests(join(REPOSITORY, 'examples'))).toMatchObject({
    rolloutName: 'canary-demo',
    host: 'canary.auto',
    first: { image: 'argoproj/rollouts-demo:blue' },
    second: { image: 'argoproj/rollouts-demo:green' },
  });
});
