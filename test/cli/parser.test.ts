/** What people type, and what commands get of it. */
import { describe, expect, test } from 'vitest';
import { CommandError } from '../../src/cli/errors.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { run } from '../../src/cli/run.ts';
import { recordedTerminal } from './recorded-terminal.ts';

async function parsed(line: string) {
  const result = await parseCommandLine(line.split(' '), recordedTerminal());
  if (result === null) throw new Error(`${line}: nothing to run`);
  return { ...result, path: result.command.path.join(' ') };
}

describe('a command line that is understood', () => {
  test.each([
    { line: 'get rollout web', path: 'get rollout', args: ['web'] },
    { line: 'get ro web', path: 'get rollout', args: ['web'] },
    { line: 'get rollouts web', path: 'get rollout', args: ['web'] },
    { line: 'list ro', path: 'list rollouts', args: [] },
    { line: 'get exp probe', path: 'get experiment', args: ['probe'] },
    { line: 'abort one two', path: 'abort', args: ['one', 'two'] },
    { line: 'retry rollouts web', path: 'retry rollout', args: ['web'] },
    { line: 'terminate ar run', path: 'terminate analysisrun', args: ['run'] },
    { line: 'set image web web=web:2', path: 'set image', args: ['web', 'web=web:2'] },
    { line: 'create ar --from=base', path: 'create analysisrun', args: [] },
    { line: '-n shop status web', path: 'status', args: ['web'] },
    { line: 'status -- web', path: 'status', args: ['web'] },
  ])('$line', async ({ line, path, args }) => {
    expect(await parsed(line)).toMatchObject({ path, args });
  });

  test.each([
    { line: 'status web', options: { watch: true, timeout: 0 } },
    { line: 'status web --watch=false', options: { watch: false } },
    { line: 'status web -w=false --timeout=1m30s', options: { watch: false, timeout: 90_000 } },
    { line: 'status -t 10s web', options: { timeout: 10_000 } },
    { line: 'get rollout web -w', options: { watch: true, 'no-color': false, output: '' } },
    { line: 'get rollout web --no-color -ojson', options: { watch: false, 'no-color': true, output: 'json' } },
    { line: 'get rollout web --watch=T --timeout-seconds 5', options: { watch: true, 'timeout-seconds': 5 } },
    { line: 'list rollouts -A --name web', options: { 'all-namespaces': true, name: 'web', timestamps: false } },
    { line: 'undo web --to-revision=3', options: { 'to-revision': 3 } },
    { line: 'create -f a.yaml -f=b.yaml -w', options: { filename: ['a.yaml', 'b.yaml'], watch: true } },
    { line: 'create ar --from base -a x=1=2 --argument y=3', options: { argument: ['x=1=2', 'y=3'] } },
  ])('$line', async ({ line, options }) => {
    expect((await parsed(line)).options).toMatchObject(options);
  });

  test.each([
    { line: 'get rollout web', global: { namespace: '', 'as-group': [], kloglevel: 0, loglevel: 'info' } },
    { line: 'get rollout web -n=shop -v=6', global: { namespace: 'shop', kloglevel: 6 } },
    { line: '-nshop --context east get rollout web', global: { namespace: 'shop', context: 'east' } },
    { line: 'version --as-group a --as-group=b --as me', global: { 'as-group': ['a', 'b'], as: 'me' } },
    { line: 'version --insecure-skip-tls-verify=true', global: { 'insecure-skip-tls-verify': true } },
    { line: 'version --request-timeout=5s --cache-dir /tmp', global: { 'request-timeout': '5s' } },
  ])('$line', async ({ line, global }) => {
    expect((await parsed(line)).global).toMatchObject(global);
  });
});

describe('a command line that is not understood', () => {
  test.each([
    { line: 'get rollout', says: "missing required argument 'NAME'" },
    { line: 'get rollout web api', says: 'too many arguments' },
    { line: 'abort', says: "missing required argument 'NAME'" },
    { line: 'set image web', says: "missing required argument 'CONTAINER=IMAGE'" },
    { line: 'fly', says: "unknown command 'fly'" },
    { line: 'get pod web', says: "unknown command 'pod'" },
    { line: 'version --colour', says: "unknown option '--colour'" },
    { line: 'undo web --to-revision=last', says: '--to-revision must be a whole number, not "last"' },
    { line: 'status web -t soon', says: '--timeout must be a duration such as 15s or 1m30s, not "soon"' },
    { line: 'status web --watch=perhaps', says: '--watch must be true or false, not "perhaps"' },
    { line: 'get rollout web -o yaml', says: '--output must be one of json, not "yaml"' },
    { line: 'version --loglevel=loud', says: '--loglevel must be one of panic,' },
    { line: 'restart web --in=soon', says: '--in must be a duration such as 10m, not "soon"' },
    { line: 'set image web web', says: 'expected CONTAINER=IMAGE, not "web"' },
    { line: 'set image web web=a=b', says: 'expected CONTAINER=IMAGE, not "web=a=b"' },
    { line: 'promote web --full -c', says: 'exclude each other' },
    { line: 'notifications trigger run on-x', says: "missing required argument 'ROLLOUT|FILE'" },
    { line: 'notifications template get -o table', says: '--output must be one of wide, name, json, yaml' },
    { line: 'create', says: '--filename must name a file' },
    { line: 'create analysisrun', says: 'exactly one of --from and --from-file' },
    { line: 'completion tcsh', says: 'expected one of bash, zsh, fish, powershell, not tcsh' },
  ])('$line', async ({ line, says }) => {
    const terminal = recordedTerminal();
    expect(await run(line.split(' '), terminal)).toBe(1);
    expect(terminal.out()).toBe('');
    expect(terminal.err()).toMatch(/^Error: /);
    expect(terminal.err()).toContain(says);
  });
});

test('help and the version are results', async () => {
  for (const line of ['--help', 'get --help', 'help promote', 'version --short']) {
    const terminal = recordedTerminal();
    const code = await run(line.split(' '), terminal);
    expect({ line, code, err: terminal.err() }).toEqual({ line, code: 0, err: '' });
    expect(terminal.out()).not.toBe('');
  }
});

test('a call without any word prints the help and fails', async () => {
  const terminal = recordedTerminal();
  expect(await run([], terminal)).toBe(1);
  expect(terminal.err()).toContain('Usage: kubectl argo rollouts');
});

test('every command is reached by its own words', async () => {
  for (const { path, args } of COMMANDS) {
    const line = [...path, ...args.map(() => 'x')];
    const { command } = await parsed(line.join(' '));
    expect(command.path).toBe(path);
  }
});

test('an error of the parser is one of the command line', async () => {
  await expect(parseCommandLine(['fly'], recordedTerminal())).rejects.toBeInstanceOf(CommandError);
});
