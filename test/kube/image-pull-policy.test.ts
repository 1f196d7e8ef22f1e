import { expect, test } from 'vitest';
import { defaultPullPolicy } from '../../src/kube/image-pull-policy.ts';

const SHA256 = `sha256:${'ab'.repeat(32)}`;

// Checked against kube-apiserver 1.36.3, see the image rows of the recorded templates.
test.each([
  { image: 'nginx', policy: 'Always' },
  { image: 'nginx:latest', policy: 'Always' },
  { image: 'nginx:1.25', policy: 'IfNotPresent' },
  { image: 'localhost:5000/team/nginx', policy: 'Always' },
  { image: 'localhost:5000/team/nginx:1', policy: 'IfNotPresent' },
  { image: '[::1]:5000/app', policy: 'Always' },
  { image: `nginx@${SHA256}`, policy: 'IfNotPresent' },
  { image: `nginx:latest@${SHA256}`, policy: 'Always' },
  { image: 'UPPER.example/app', policy: 'Always' },
  { image: 'Nginx', policy: 'IfNotPresent' },
  { image: 'nginx@sha256:abcd', policy: 'IfNotPresent' },
  { image: 'ab'.repeat(32), policy: 'IfNotPresent' },
  { image: '', policy: 'IfNotPresent' },
])('$image: $policy', ({ image, policy }) => {
  expect(defaultPullPolicy(image)).toBe(policy);
});
