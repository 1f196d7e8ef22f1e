import { expect, test } from 'vitest';
import { compareResourceVersions } from '../../src/kube/resource-version.ts';

test.each([
  ['the same', '42', '42', 0],
  ['one digit more', '100', '99', 1],
  ['one digit less', '99', '100', -1],
  ['same length', '123', '124', -1],
  ['beyond the integers of JavaScript', '9007199254740993', '9007199254740992', 1],
  ['nothing is older than everything', '', '0', -1],
])('%s', (_name, a, b, sign) => {
  expect(Math.sign(compareResourceVersions(a, b))).toBe(sign);
  expect(Math.sign(compareResourceVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});
