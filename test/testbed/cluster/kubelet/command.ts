/**
 * What a container's command line would do, as far as tests need it. Nothing is executed: a few words of
 * the shell are understood, and every other program counts as unknown.
 *
 * | words                                   | effect                                              |
 * |-----------------------------------------|-----------------------------------------------------|
 * | `sleep N`, `sleep Nm`, `sleep infinity` | takes N seconds, N minutes, or runs for ever         |
 * | `exit N`, `true`, `false`, `:`          | that code                                           |
 * | `echo ...`, `printf ...`                | code 0 at once                                      |
 * | `while ...`, `for ...`, `until ...`     | runs for ever                                       |
 * | a program named `*does-not-exist*`      | cannot be started; inside a script: code 127        |
 * | `sh -c SCRIPT` (also bash, /bin/sh)     | the script's words, joined by `;`, `&&`, `||`, lines |
 */

export type CommandOutcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'runs' }
  | { readonly kind: 'cannot-start'; readonly program: string }
  | { readonly kind: 'exits'; readonly afterSeconds: number; readonly code: number };

/** In a program's name: the program is not in the image. */
const MISSING_PROGRAM = 'does-not-exist';
const SHELL = /^(?:.*\/)?(?:sh|bash|ash|dash)$/;
const SHELL_SCRIPT_FLAG = /^-[a-z]*c$/;
const SEPARATORS = /(;|&&|\|\||\n)/;

export function outcomeOf(commandLine: readonly string[]): CommandOutcome {
  const [program, ...args] = commandLine;
  if (program === undefined) return { kind: 'unknown' };
  if (program.includes(MISSING_PROGRAM)) return { kind: 'cannot-start', program };
  const scriptAt = args.findIndex((arg) => SHELL_SCRIPT_FLAG.test(arg)) + 1;
  if (SHELL.test(program) && scriptAt > 0) return outcomeOfScript(args[scriptAt] ?? '');
  const effect = effectOf(commandLine);
  return typeof effect === 'string' ? { kind: effect } : { kind: 'exits', ...effect };
}

function outcomeOfScript(script: string): CommandOutcome {
  let afterSeconds = 0;
  let code = 0;
  let separator = ';';
  for (const part of script.split(SEPARATORS).map((part) => part.trim())) {
    if (part === '' || SEPARATORS.test(part)) {
      if (part !== '') separator = part;
      continue;
    }
    const skipped = (separator === '&&' && code !== 0) || (separator === '||' && code === 0);
    separator = ';';
    if (skipped) continue;
    const words = part.split(/\s+/).filter((word) => word !== 'exec');
    const effect = effectOf(words);
    if (typeof effect === 'string') return { kind: effect };
    afterSeconds += effect.afterSeconds;
    code = effect.code;
    if (words[0] === 'exit') break;
  }
  return { kind: 'exits', afterSeconds, code };
}

function effectOf(words: readonly string[]): 'runs' | 'unknown' | { afterSeconds: number; code: number } {
  const [program = '', argument] = words;
  if (program.includes(MISSING_PROGRAM)) return { afterSeconds: 0, code: 127 };
  switch (program.replace(/^.*\//, '')) {
    case 'sleep': {
      const [, amount, unit] = /^([\d.]+)([smh]?)$/.exec(argument ?? '') ?? [];
      if (amount === undefined) return 'runs';
      return { afterSeconds: Number(amount) * (unit === 'h' ? 3_600 : unit === 'm' ? 60 : 1), code: 0 };
    }
    case 'exit':
      return { afterSeconds: 0, code: Number(argument ?? 0) };
    case 'false':
      return { afterSeconds: 0, code: 1 };
    case 'true':
    case ':':
    case 'echo':
    case 'printf':
      return { afterSeconds: 0, code: 0 };
    case 'while':
    case 'for':
    case 'until':
      return 'runs';
    default:
      return 'unknown';
  }
}
