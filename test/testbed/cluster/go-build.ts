/**
 * Builds one command of a pinned Go module and reports what Go is doing meanwhile.
 */
import { spawn } from 'node:child_process';

const REPORT_EVERY_MS = 5_000;
const LINES_KEPT = 30;

export interface GoBuild {
  /** What people call the binary, for progress and errors. */
  readonly name: string;
  /** Folder of the go.mod that pins it. */
  readonly moduleDir: string;
  readonly packagePath: string;
  readonly ldflags: string;
  /** Build tags, separated by commas. */
  readonly tags?: string;
  /** Path of the binary to write. */
  readonly output: string;
}

/**
 * The binary is at `build.output` afterwards. Progress goes to `log`, a line at a time: what is built,
 * for how many seconds, and the module that Go is fetching. Throws with the remedy when Go is missing,
 * and with Go's last lines when the build fails.
 */
export async function goBuild(build: GoBuild, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
  const lastLines: string[] = [];
  let doing = 'compiling';
  log(`building ${build.name} ...`);
  const report = setInterval(() => log(`building ${build.name}: ${seconds()} s, ${doing}`), REPORT_EVERY_MS);
  const tags = build.tags === undefined ? [] : ['-tags', build.tags];
  const flags = ['-trimpath', ...tags, '-ldflags', build.ldflags, '-o', build.output];
  const child = spawn('go', ['build', ...flags, build.packagePath], {
    cwd: build.moduleDir,
    env: buildEnvironment(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const module = /^go: downloading (.*)/.exec(line)?.[1];
      doing = module === undefined ? 'compiling' : `downloading ${module}`;
      lastLines.push(line);
      if (lastLines.length > LINES_KEPT) lastLines.shift();
    }
  });
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', (error) => reject(notStarted(build.name, error)));
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    if (code !== 0) {
      throw new Error(
        `go build of ${build.name} in ${build.moduleDir} ended with ${code}:\n${[...lastLines, rest].join('\n')}`,
      );
    }
    log(`built ${build.name} in ${seconds()} s`);
  } finally {
    clearInterval(report);
  }
}

/**
 * The caller's environment without what would change the build: a workspace, flags, another target.
 * Proxy settings stay. Setting a variable, rather than removing it, also beats `go env -w`.
 */
export function buildEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = { ...env };
  delete kept.GOOS;
  delete kept.GOARCH;
  return { ...kept, CGO_ENABLED: '0', GO111MODULE: 'on', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'auto', GOWORK: 'off' };
}

function notStarted(name: string, error: Error): Error {
  const missing = 'code' in error && error.code === 'ENOENT';
  const message = missing
    ? `cannot build ${name}: there is no \`go\` on the PATH. Install Go 1.26 or newer (https://go.dev/dl), ` +
      'or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kube-controller-manager.'
    : `cannot build ${name}: \`go\` did not start`;
  return new Error(message, { cause: error });
}
