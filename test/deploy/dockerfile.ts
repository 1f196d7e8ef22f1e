/**
 * Reads a Dockerfile and does its steps in plain folders, one for each stage, so that an image can be tried where
 * no container engine is. Only what our Dockerfile uses is understood; anything else is an error.
 * The base image is played: a folder with the Node that runs the tests, and the tools of this machine behind it.
 */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';

export interface Instruction {
  readonly verb: string;
  /** The rest of the line, continued lines joined. */
  readonly text: string;
}

export function parseDockerfile(text: string): Instruction[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [verb = '', ...rest] = line.split(/\s+/);
      return { verb, text: rest.join(' ') };
    });
}

/** A stage: where its files lie, and the configuration that its instructions have left. */
export interface Stage {
  readonly base: string;
  readonly root: string;
  workdir: string;
  user: string;
  entrypoint: readonly string[];
  readonly ports: string[];
  readonly env: Record<string, string>;
}

/** Does all steps below `scratch` and returns the last stage, which is the image. */
export async function buildImage(folder: string, scratch: string): Promise<Stage> {
  const context = await buildContext(folder, join(scratch, 'context'));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { verb, text } of parseDockerfile(await readFile(join(folder, 'Dockerfile'), 'utf8'))) {
    if (verb === 'FROM') {
      const [base = '', , name = String(stages.size)] = text.split(' ');
      stage = await startStage(base, join(scratch, `stage-${stages.size}`));
      stages.set(name, stage);
      continue;
    }
    if (stage === undefined) throw new Error(`${verb} before FROM`);
    await doStep(stage, { verb, text }, context, stages);
  }
  if (stage === undefined) throw new Error('the Dockerfile has no FROM');
  return stage;
}

/** Runs the image's entry point with arguments, as its user where this process may become another one. */
export function runImage(stage: Stage, args: readonly string[]): SpawnSyncReturns<string> {
  const [command = '', ...first] = stage.entrypoint;
  return spawnSync(command, [...first, ...args], {
    cwd: join(stage.root, stage.workdir),
    env: { ...stage.env, PATH: join(stage.root, 'usr/local/bin') },
    encoding: 'utf8',
    ...identityOf(stage),
  });
}

interface Running extends AsyncDisposable {
  /** Resolves with the first match in what the program prints on stderr; rejects when it ends before. */
  says(pattern: RegExp): Promise<string>;
}

/** Starts another command of the image, as its user and with nothing but Node on its path. */
export function startImage(stage: Stage, [command = '', ...args]: readonly string[]): Running {
  const child = spawn(command, args, {
    cwd: join(stage.root, stage.workdir),
    env: { ...stage.env, PATH: join(stage.root, 'usr/local/bin') },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...identityOf(stage),
  });
  const ended = once(child, 'exit');
  return {
    async says(pattern) {
      let text = '';
      for await (const chunk of child.stderr) {
        text += String(chunk);
        const found = pattern.exec(text);
        if (found !== null) return found[0];
      }
      throw new Error(`the program has ended: ${text}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The stage's user and group; this process's own where it may not become another one. */
function identityOf(stage: Stage): { readonly uid?: number; readonly gid?: number } {
  const [uid = 0, gid = 0] = stage.user.split(':').map(Number);
  return process.getuid?.() === 0 ? { uid, gid } : {};
}

/** What a container engine would be sent: the entries that .dockerignore lets through. */
async function buildContext(folder: string, context: string): Promise<string> {
  const [everything, ...exceptions] = (await readFile(join(folder, '.dockerignore'), 'utf8')).trim().split('\n');
  if (everything !== '*' || exceptions.some((line) => !line.startsWith('!')))
    throw new Error('.dockerignore is not a list of exceptions from *');
  for (const entry of exceptions.map((line) => line.slice(1)))
    await cp(join(folder, entry), join(context, entry), { recursive: true });
  return context;
}

async function startStage(base: string, root: string): Promise<Stage> {
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
  return { base, root, workdir: '/', user: '0', entrypoint: [], ports: [], env: {} };
}

async function doStep(
  stage: Stage,
  { verb, text }: Instruction,
  context: string,
  stages: ReadonlyMap<string, Stage>,
): Promise<void> {
  switch (verb) {
    case 'WORKDIR':
      stage.workdir = text;
      await mkdir(join(stage.root, text), { recursive: true });
      return;
    case 'COPY':
      return copy(stage, text, context, stages);
    case 'RUN':
      return run(stage, text);
    case 'ENV': {
      const [name = '', value = ''] = text.split('=');
      stage.env[name] = value;
      return;
    }
    case 'USER':
      stage.user = text;
      return;
    case 'EXPOSE':
      stage.ports.push(...text.split(' '));
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = JSON.parse(text) as string[];
      return;
    default:
      throw new Error(`no rule for ${verb} ${text}`);
  }
}

async function copy(stage: Stage, text: string, context: string, stages: ReadonlyMap<string, Stage>): Promise<void> {
  const words = text.split(' ');
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
  const origin = from === undefined ? context : stages.get(from)?.root;
  if (origin === undefined) throw new Error(`COPY from a stage that does not exist: ${text}`);
  const target = words.pop() ?? '';
  const destination = join(stage.root, resolve(stage.workdir, target));
  for (const source of words) {
    const path = join(origin, source);
    const isFile = (await stat(path)).isFile();
    await cp(path, isFile ? join(destination, basename(source)) : destination, { recursive: true });
  }
}

function run(stage: Stage, command: string): void {
  const result = spawnSync('sh', ['-c', command], {
    cwd: join(stage.root, stage.workdir),
    // The machine's own settings stay, because they say where packages come from.
    env: { ...process.env, ...stage.env, PATH: `${join(stage.root, 'usr/local/bin')}:${process.env.PATH}` },
    encoding: 'utf8',
    ...identityOf(stage),
  });
  if (result.status !== 0) throw new Error(`RUN ${command} ended with ${result.status}:\n${result.stderr}`);
}
