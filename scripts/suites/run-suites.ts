/**
 * Runs suites side by side where they need not wait for each other, and continues after one that failed, so that a
 * person sees all failures at once. However this process ends, no suite outlives it.
 */
import { startReaper } from '../../test/testbed/cluster/reaper.ts';
import { runSuite, type Result, type Suite } from './suite.ts';

/** Prints every line under the name of its suite, and how all went as the last line. Resolves with the exit code. */
export async function runSuites(suites: readonly Suite[], print: (line: string) => void): Promise<number> {
  const reaper = await startReaper();
  const width = Math.max(...suites.map(({ name }) => name.length));
  const ends = new Map<string, Promise<Result>>();

  const run = async (suite: Suite): Promise<Result> => {
    await Promise.all(suite.after.flatMap((name) => ends.get(name) ?? []));
    const startedAt = performance.now();
    print(`==> ${suite.name}: ${suite.command.join(' ')}`);
    const result = await runSuite(suite, reaper, (line) => {
      if (line.trim() !== '') print(`${suite.name.padEnd(width)} | ${line}`);
    });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    print(`==> ${suite.name}: ${told(result)} in ${seconds} s`);
    return result;
  };
  for (const suite of suites) ends.set(suite.name, run(suite));

  const results = await Promise.all(ends.values());
  await reaper.close();
  const bad = suites.filter((_, index) => results[index]?.failed !== 0);
  if (bad.length > 0) print(`==> failed: ${bad.map(({ name }) => name).join(', ')}`);
  const sum = (of: keyof Result) => results.reduce((total, result) => total + result[of], 0);
  print(told({ passed: sum('passed'), failed: sum('failed') }));
  return bad.length === 0 ? 0 : 1;
}

function told({ passed, failed }: Result): string {
  return `${passed} passed, ${failed} failed`;
}
