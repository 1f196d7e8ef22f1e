/** What shells are offered at each place of a command line. */
import { expect, test } from 'vitest';
import { completions, type Completer } from '../../src/cli/complete.ts';

const names: Completer['names'] = (kind, { namespace }) => Promise.resolve([`${kind}-a`, `${kind}-b@${namespace}`]);

async function offered(line: string, lastLine = ':4'): Promise<readonly string[]> {
  const answer = await completions(line.split(' '), { names });
  expect(answer.at(-1)).toBe(lastLine);
  return answer.slice(0, -1).map((one) => one.split('\t')[0] ?? '');
}

test.each([
  { line: 'pro', words: ['promote'] },
  { line: 're', words: ['record', 'replay', 'restart', 'retry'] },
  { line: 'record ', words: ['rollouts-a', 'rollouts-b@'] },
  { line: 'history ', words: ['rollouts-a', 'rollouts-b@'] },
  { line: 'get ', words: ['experiment', 'rollout'] },
  { line: 'get r', words: ['rollout'] },
  { line: 'create ', words: ['analysisrun'] },
  { line: 'fly ', words: [] },
  { line: 'promote ', words: ['rollouts-a', 'rollouts-b@'] },
  { line: 'get ro rollouts-b', words: ['rollouts-b@'] },
  { line: 'promote -n shop ', words: ['rollouts-a', 'rollouts-b@shop'] },
  { line: '--namespace=shop status -w=false ', words: ['rollouts-a', 'rollouts-b@shop'] },
  { line: 'promote web ', words: [] },
  { line: 'abort rollouts-a ', words: ['rollouts-b@'] },
  { line: 'terminate ar ', words: ['analysisruns-a', 'analysisruns-b@'] },
  { line: 'retry experiment ', words: ['experiments-a', 'experiments-b@'] },
  { line: 'promote -n ', words: ['namespaces-a', 'namespaces-b@'] },
  { line: 'get rollout web -o ', words: ['json'] },
  { line: 'status --ti', words: ['--timeout'] },
  { line: 'promote --skip', words: [] },
  { line: 'promote --namespace=', words: ['namespaces-a', 'namespaces-b@'] },
  { line: 'promote -n=namespaces-b', words: ['namespaces-b@'] },
  { line: 'get rollout web --output=j', words: ['json'] },
])('"$line"', async ({ line, words }) => {
  expect(await offered(line)).toEqual(words);
});

test.each([
  'create -f ',
  'create -f a.yaml --filename=b',
  'lint ',
  'lint a.yaml ',
  'lint -k ',
  'replay ',
  'create analysisrun --from-file ',
  'promote web --kubeconfig ',
])('"%s" is continued with the name of a file', async (line) => {
  expect(await offered(line, ':0')).toEqual([]);
});
