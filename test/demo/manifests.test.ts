import { expect, test } from 'vitest';
import { colourOf, imageAfter } from './manifests.ts';

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
  ['argoproj/rollouts-demo:v1', undefined],
  ['blue', undefined],
])('the colour of %s is %s', (image, colour) => {
  expect(colourOf(image)).toBe(colour);
});
