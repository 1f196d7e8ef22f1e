/** Which bad version is released and when, and how its template differs from a good one. */
import { describe, expect, test } from 'vitest';
import { badImageFor, whyNoBadVersion } from '../../examples/demo/bad-version.ts';
import { badImagePatch, imagePatch } from '../../examples/demo/tell.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutView } from '../../src/core/view/view.ts';

function viewOf(stable: string, canary: string | null, progress: RolloutView['progress'] = 'settled'): RolloutView {
  const side = (image: string) => ({ images: [image] });
  return { progress, stable: side(stable), canary: canary === null ? null : side(canary) } as unknown as RolloutView;
}

test.each([
  { stable: 'demo:green', canary: null, image: 'demo:bad-red' },
  { stable: 'demo:red', canary: null, image: 'demo:bad-purple' },
  { stable: 'demo:green', canary: 'demo:bad-red', image: 'demo:bad-purple' },
  { stable: 'demo:red', canary: 'demo:bad-purple', image: 'demo:bad-orange' },
  { stable: 'demo:purple', canary: 'demo:red', image: 'demo:bad-orange' },
])('with $stable stable and $canary asked for, $image is told apart from both', ({ stable, canary, image }) => {
  expect(badImageFor(viewOf(stable, canary))).toBe(image);
});

test.each([
  { when: 'nothing is released', view: viewOf('demo:blue', null), requests: true, why: null },
  { when: 'a release was aborted', view: viewOf('demo:blue', 'demo:red', 'aborted'), requests: true, why: null },
  {
    when: 'a release is running',
    view: viewOf('demo:blue', 'demo:red', 'underWay'),
    requests: true,
    why: 'a release is running',
  },
  { when: 'there is no Rollout', view: null, requests: true, why: 'the Rollout does not exist yet' },
  {
    when: 'no requests are sent',
    view: viewOf('demo:blue', null),
    requests: false,
    why: 'no requests are sent that could be measured',
  },
])('when $when: $why', ({ view, requests, why }) => {
  expect(whyNoBadVersion(view, requests)).toBe(why);
});

describe('the patch of the template', () => {
  const IMAGE = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'demo:x' };
  const path = '/spec/template/spec/containers/0/env';
  const OTHER = { name: 'TEAM', value: 'shop' };
  const RATE = { name: 'ERROR_RATE', value: '30' };

  function rolloutWith(env?: readonly object[]): Rollout {
    const containers = [{ name: 'web', image: 'demo:blue', ...(env === undefined ? {} : { env }) }];
    return { spec: { template: { spec: { containers } } } } as unknown as Rollout;
  }

  test.each([
    { before: 'no environment', env: undefined, value: [RATE] },
    { before: 'another variable', env: [OTHER], value: [OTHER, RATE] },
    { before: 'a bad version', env: [{ ...RATE, value: '15' }], value: [RATE] },
  ])('of a bad version after $before', ({ env, value }) => {
    expect(badImagePatch(rolloutWith(env), 'demo:x', 30)).toEqual({
      kind: 'json',
      patch: [IMAGE, { op: 'add', path, value }],
    });
  });

  test.each([
    { before: 'no environment', env: undefined, change: [] },
    { before: 'another variable', env: [OTHER], change: [] },
    { before: 'a bad version', env: [RATE], change: [{ op: 'remove', path }] },
    {
      before: 'a bad version with another variable',
      env: [RATE, OTHER],
      change: [{ op: 'replace', path, value: [OTHER] }],
    },
  ])('of a good version after $before', ({ env, change }) => {
    expect(imagePatch(rolloutWith(env), 'demo:x')).toEqual({ kind: 'json', patch: [IMAGE, ...change] });
  });
});
