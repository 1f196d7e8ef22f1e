/**
 * The demo as people run it: unattended, and in a terminal where somebody presses keys and types the
 * commands that it prints into another one. Its pauses are shorter here; nothing else differs.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { DEMO, DemoProcess, examplesWithPause, LIMIT_MS, trafficFlows } from './demo-process.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';

const run = promisify(execFile);
const SHARE = String.raw`[\d.]+ % of \d{3,} requests at weight`;
const MEASURED = new RegExp(`measured +[\\d.]+ s {2}green got ${SHARE} 20, ${SHARE} 50, ${SHARE} 70$`);

/** With the address of the page in the first row. */
const MEASURED_SCREEN =
  /^ Serin .* http:\/\/127\.0\.0\.1:\d+\/ [^]*Traffic +[\d,]+ requests, 0 failed\n.*\n.*asked +stable 80 % +canary 20 %\n.*measured +stable (?:79|8\d)\.\d % +canary [12]\d\.\d %/;

/** The end of the story: the analysis gives the bad version up, and nothing of it is left. */
const BAD_STORY = [
  /bad version +[\d.]+ s {2}argoproj\/rollouts-demo:bad-red gets requests, and fails 30 % of them/,
  /goes back +[\d.]+ s {2}weight 0, by itself: Metric "failed-requests" assessed Failed due to failed \(3\) > failureLimit \(2\): .* 3 failed, 2 allowed \(measured .*\d %\)/,
  /heal again +[\d.]+ s {2}the stable manifest applied again, argoproj\/rollouts-demo:green is Healthy/,
  /failures +[\d.]+ s {2}\d+ requests failed, all at red; the last \d+ came from green/,
  /tidy +[\d.]+ s {2}argoproj\/rollouts-demo:bad-red has no pods, nothing is measured any more, 1 pod serves/,
];

test(
  'unattended: promoted, aborted, healed, measured, a bad version gone back by itself, and ended with success',
  async () => {
    const flows = await trafficFlows();
    // It goes on when a share can be judged, however long that takes here.
    const examples = await examplesWithPause(flows ? 'until promoted' : 1);
    const scratch = await mkdtemp(join(tmpdir(), 'serin-demo-scratch-'));
    onTestFinished(() => rm(scratch, { recursive: true, force: true }));
    const { stdout } = await run(process.execPath, [DEMO, '--auto', '--examples', examples], {
      env: { ...process.env, TMPDIR: scratch },
    });
    const chapters = stdout.split('\n').filter((line) => line.startsWith(' ✓ '));
    const expected = [
      /control plane +[\d.]+ s {2}etcd, kube-apiserver, kube-controller-manager/,
      /deploy +[\d.]+ s {2}argoproj\/rollouts-demo:blue is Healthy/,
      /update +[\d.]+ s {2}argoproj\/rollouts-demo:green is paused with weight 20/,
      /promote +[\d.]+ s {2}weight 20 → 50 → 70 .*→ 0, argoproj\/rollouts-demo:green is Healthy/,
      ...(flows ? [MEASURED] : []),
      /update again +[\d.]+ s {2}argoproj\/rollouts-demo:blue is paused with weight 20/,
      /abort +[\d.]+ s {2}weight 0, argoproj\/rollouts-demo:green serves alone/,
      /heal +[\d.]+ s {2}the stable manifest applied again, argoproj\/rollouts-demo:green is Healthy/,
      ...(flows ? [/requests +[\d.]+ s {2}[\d,]+ requests, 0 failed/, ...BAD_STORY] : []),
    ];
    expect(chapters).toEqual(
      expect.arrayContaining(expected.map((pattern): unknown => expect.stringMatching(pattern))),
    );
    const found = expected.map((pattern) => chapters.findIndex((line) => pattern.test(line)));
    expect(found.toSorted((a, b) => a - b)).toEqual(found);
    expect(stdout.includes('No requests are sent: ')).toBe(!flows);
    expect(await readdir(scratch)).toEqual([]);
    expect(await commandLinesWith(scratch)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'unattended: where no network namespace can be made, it says so; what does not happen in time is named, and the demo fails',
  async () => {
    const examples = await examplesWithPause(1);
    const failed = run(process.execPath, [DEMO, '--auto', '--examples', examples, '--limit', '1ms'], {
      // There is no program in that folder.
      env: { ...process.env, PATH: examples },
    });
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^No requests are sent: .* unshare --net: .*ENOENT/m),
      stderr: expect.stringMatching(
        /"deploy" did not come true: waited 0.001 s for .*rollouts-demo:blue to be Healthy/,
      ),
    });
  },
  LIMIT_MS,
);

test(
  'killed while it plays: everything that it has started ends, and nothing is left',
  async () => {
    const demo = new DemoProcess(await examplesWithPause(1));
    const kubeconfig = await demo.printed(/--kubeconfig=(\S+)/);
    const scratch = dirname(kubeconfig);
    const remnants = (): Promise<readonly string[]> => commandLinesWith(scratch);
    expect(await remnants()).not.toEqual([]);
    expect(await demo.end('SIGKILL')).toBe('SIGKILL');
    await waitFor(remnants, { what: 'all processes to end', until: (left) => left.length === 0 });
    await waitFor(() => !existsSync(scratch), { what: 'the scratch to be removed' });
  },
  LIMIT_MS,
);

test.each([
  { args: ['--nope'], code: 2, said: 'unknown flag: --nope' },
  { args: ['--examples', '/does/not/exist'], code: 1, said: '/does/not/exist/canary-demo-rollout.yaml' },
])('$args is refused', async ({ args, code, said }) => {
  const stderr: unknown = expect.stringContaining(said);
  await expect(run(process.execPath, [DEMO, ...args])).rejects.toMatchObject({ code, stderr });
});

test('--help names the flags', async () => {
  const { stdout } = await run(process.execPath, [DEMO, '--help']);
  expect(stdout).toMatch(/--auto\n[\s\S]*--examples\n/);
});

test(
  'attended: the printed commands, typed elsewhere, and keys steer what the screen shows',
  async () => {
    const flows = await trafficFlows();
    const examples = await examplesWithPause(1);
    const terminal = new PseudoTerminal(`${process.execPath} ${DEMO} --examples ${examples}`, REPOSITORY);
    try {
      await shows(terminal, /paused at step 2 since .*, promote to go on/);
      expect(terminal.screen).toMatch(/stable 80 % +canary 20 %/);
      expect(terminal.screen).toMatch(/nginx\.ingress\.kubernetes\.io\/canary-weight: 20\n/);
      expect(terminal.screen).toContain('retry: ');
      expect(terminal.rows.length).toBe(40);
      await shows(terminal, flows ? MEASURED_SCREEN : /Traffic\n/);
      await shows(terminal, flows ? /Analysis ✓ 0\.0 % +at most 10 %/ : /^((?!Analysis)[^])*$/);
      expect(terminal.screen).toMatch(flows ? / b: a release is running/ : / b: no requests are sent/);

      await typeElsewhere(printedCommand(terminal, 'promote: '));
      await shows(terminal, /● Healthy[\s\S]*stable +1\/1 +2 +\w+ +rollouts-demo:green/);

      terminal.press('n');
      await shows(terminal, /paused at step 2[\s\S]* abort: /);
      expect(terminal.screen).toContain('rollouts-demo:yellow');
      await typeElsewhere(printedCommand(terminal, 'abort: '));
      await shows(terminal, /● Degraded[\s\S]*RolloutAborted: [\s\S]*heal: /);

      terminal.press('r');
      await shows(terminal, /paused at step 2[\s\S]* abort: /);
      terminal.press('a');
      await shows(terminal, /● Degraded[\s\S]*heal: /);

      const heal = printedCommand(terminal, 'heal: ');
      const kubeconfig = /--kubeconfig=(\S+)/.exec(heal)?.[1] ?? '';
      expect(existsSync(kubeconfig)).toBe(true);
      await typeElsewhere(heal);
      await shows(terminal, /● Healthy[\s\S]*nothing, all is well/);
      if (flows) await goesBackByItself(terminal);

      terminal.press('q');
      expect(await terminal.exited()).toBe(0);
      expect(existsSync(kubeconfig)).toBe(false);
      const leavesAlternateScreen = terminal.output.lastIndexOf('\u001B[?1049l');
      expect(leavesAlternateScreen).toBeGreaterThan(terminal.output.lastIndexOf('\u001B[?1049h'));
    } finally {
      await terminal.close();
    }
  },
  LIMIT_MS,
);

/** A key releases a bad version; the screen says why it went back, and the printed command heals. */
async function goesBackByItself(terminal: PseudoTerminal): Promise<void> {
  terminal.press('b');
  await shows(terminal, /rollouts-demo:bad-red/);
  await shows(
    terminal,
    /● Degraded[\s\S]*Analysis +Failed\n +Went back by itself: Metric "failed-requests" assessed Failed[\s\S]*heal: /,
  );
  await typeElsewhere(printedCommand(terminal, 'heal: '));
  await shows(terminal, /● Healthy[\s\S]*nothing, all is well/);
}

async function shows(terminal: PseudoTerminal, pattern: RegExp): Promise<void> {
  await waitFor(() => terminal.screen, {
    what: `the screen to show ${pattern}`,
    until: (screen) => pattern.test(screen),
    timeoutMs: LIMIT_MS / 3,
  });
}

/** Of the processes that were told about that path. */
async function commandLinesWith(path: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-eo', 'args', '-ww']);
  return stdout.split('\n').filter((line) => line.includes(path));
}

/** Only with what every shell has: the command brings the rest itself. */
async function typeElsewhere(command: string): Promise<void> {
  await run('sh', ['-c', command], { env: { PATH: process.env.PATH, HOME: tmpdir() } });
}

/** The command below that title, as a person would copy it. */
function printedCommand({ rows }: PseudoTerminal, title: string): string {
  const start = rows.findIndex((row) => row.trimStart().startsWith(title)) + 1;
  const command = rows.slice(start);
  const end = command.findIndex((row) => !row.endsWith('\\'));
  return command.slice(0, end + 1).join('\n');
}
