import { expect, test } from 'vitest';
import { fieldErrorText } from '../../../src/api/words/field-error.ts';
import { propagationTimeError, propagationTimeOf } from '../../../src/api/schema/propagation-time.ts';
import { rollout } from '../sample-rollout.ts';

const KEY = 'serin.dev/traffic-propagation-time';

function saying(text: string) {
  const plain = rollout({});
  return { ...plain, metadata: { ...plain.metadata, annotations: { [KEY]: text } } };
}

test('a Rollout need not say anything', () => {
  expect(propagationTimeOf(rollout({}))).toBeNull();
  expect(propagationTimeError(rollout({}))).toBeNull();
});

test.each([
  { text: '0', ms: 0 },
  { text: '10s', ms: 10_000 },
  { text: '1m30s', ms: 90_000 },
  { text: '1h', ms: 3_600_000 },
])('$text is $ms ms', ({ text, ms }) => {
  expect(propagationTimeOf(saying(text))).toBe(ms);
  expect(propagationTimeError(saying(text))).toBeNull();
});

test.each(['', '10', 'soon', '-1s', '61m'])('"%s" is refused', (text) => {
  const error = propagationTimeError(saying(text));
  expect(error === null ? '' : fieldErrorText(error)).toBe(
    `metadata.annotations[${KEY}]: Invalid value: ${JSON.stringify(text)}: must be a duration from 0s to 1h`,
  );
});
