import { expect, test } from 'vitest';
import { errorOfNetwork } from '../../src/runtime/api-error.ts';

const attempt = 'list pods';

test.each([
  { name: 'a code', cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), words: 'ECONNREFUSED' },
  {
    name: 'the first cause',
    cause: new Error('no credentials', { cause: new Error('no such file') }),
    words: 'no such file',
  },
  { name: 'whatever was thrown', cause: 'odd', words: 'odd' },
])('a network error tells $name', ({ cause, words }) => {
  expect(errorOfNetwork(attempt, cause).message).toContain(`no complete answer (${words})`);
});
