/**
 * `__complete`: what can come next on a command line, as kubectl and shells ask it. The answer is a line for each word,
 * with a description behind a tab, and a last line that says what the shell may do: 4, offer no files, or 0, offer files.
 */
import type { AnyCommand, NamedKind } from './command.ts';
import { CONFIG_MAP } from '../notifications/names.ts';
import type { Cluster } from '../clients/cluster.ts';
import { ANALYSIS_RUNS, CONFIG_MAPS, EXPERIMENTS, NAMESPACES, ROLLOUTS, type Resource } from '../kube/resources.ts';
import { GLOBAL_OPTIONS, type GlobalOptions } from './global-options.ts';
import { defaultsOf, type OptionTable } from './options.ts';
import { COMMANDS, GROUPS } from './registry.ts';
import { respelled } from './spelling.ts';

const FILES = ':0';
const NO_FILES = ':4';

type CompletedKind = NamedKind | 'namespaces';

export interface Completer {
  /** Names of objects in the cluster that these options lead to; none where they cannot be read. */
  readonly names: (kind: CompletedKind, options: GlobalOptions) => Promise<readonly string[]>;
}

/** `words` is what stands behind the program's name; the last one is being typed. */
export async function completions(words: readonly string[], { names }: Completer): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const { command, path, args, waiting, given } = understood(respelled(words.slice(0, -1), GLOBAL_OPTIONS));
  const global = { ...defaultsOf(GLOBAL_OPTIONS), ...given } as GlobalOptions;
  // Of `--namespace=shop` shells complete what stands behind the equals sign.
  const [option, current] = waiting === null ? valueIn(tableOf(command), typed) : [waiting, typed];
  const found = async (): Promise<readonly string[]> => {
    if (option !== null) return option === 'namespace' ? names('namespaces', global) : valuesOf(command, option);
    if (current.startsWith('-')) return optionsOf(command);
    const behind = wordsBehind(path);
    if (command === null || behind.length > 0) return behind;
    const kind = kindAt(command, args.length);
    return kind === null ? [] : names(kind, global);
  };
  const takesPath =
    option === null ? argumentAt(command, args.length).includes('FILE') : tableOf(command)[option]?.isPath;
  const fitting = (await found()).filter((one) => one.startsWith(current) && !args.includes(one));
  return [...fitting, takesPath === true ? FILES : NO_FILES];
}

/** The option and the part of its value that have been typed in one word; no option when it is no such word. */
function valueIn(table: OptionTable, typed: string): readonly [string | null, string] {
  if (!/^-.+=/.test(typed)) return [null, typed];
  const [name, value] = optionIn(table, typed);
  return [name, String(value)];
}

interface Understood {
  /** `null` while only words of a group have been typed. */
  readonly command: AnyCommand | null;
  readonly path: readonly string[];
  readonly args: readonly string[];
  /** The option whose value comes next. */
  readonly waiting: string | null;
  /** Options with their values, as far as they have been typed. */
  readonly given: Readonly<Record<string, unknown>>;
}

function understood(words: readonly string[]): Understood {
  const path: string[] = [];
  const args: string[] = [];
  const given: Record<string, unknown> = {};
  let command: AnyCommand | null = null;
  let waiting: string | null = null;
  for (const word of words) {
    if (waiting !== null) {
      given[waiting] = valueOf(tableOf(command), waiting, word);
      waiting = null;
    } else if (word.startsWith('-')) {
      const [name, value] = optionIn(tableOf(command), word);
      if (value === null) waiting = name;
      else given[name] = valueOf(tableOf(command), name, value);
    } else if (command !== null && commandOf([...path, word]) === null) args.push(word);
    else {
      path.push(word);
      command = commandOf(path);
    }
  }
  return { command, path, args, waiting, given };
}

function valueOf(table: OptionTable, name: string, value: string | boolean): unknown {
  return table[name]?.kind === 'list' ? [value] : value;
}

/** The name of an option and its value; `null` when that is the next word. */
function optionIn(table: OptionTable, word: string): readonly [string, string | boolean | null] {
  const equals = word.indexOf('=');
  const spelling = equals === -1 ? word : word.slice(0, equals);
  const isLetter = !spelling.startsWith('--');
  const letterOf = (name: string) => table[name]?.letter === spelling.slice(1);
  const name = isLetter ? (Object.keys(table).find(letterOf) ?? '') : spelling.slice(2);
  if (equals !== -1) return [name, word.slice(equals + 1)];
  const option = table[name];
  return [name, option === undefined || option.kind === 'switch' ? true : null];
}

function commandOf(path: readonly string[]): AnyCommand | null {
  const [last, group] = [path.at(-1) ?? '', path.slice(0, -1).join(' ')];
  const fits = (one: AnyCommand) =>
    one.path.slice(0, -1).join(' ') === group && (one.path.at(-1) === last || (one.aliases ?? []).includes(last));
  return COMMANDS.find(fits) ?? null;
}

function wordsBehind(path: readonly string[]): readonly string[] {
  const level = path.length;
  const behind = COMMANDS.filter((one) => path.every((word, index) => one.path[index] === word));
  const described = behind.flatMap((one): readonly (readonly [string, string])[] => {
    const word = one.path[level];
    if (word === undefined) return [];
    return [[word, one.path.length === level + 1 ? one.summary : (GROUPS[[...path, word].join(' ')] ?? '')]];
  });
  return [...new Map(described)].map(([word, summary]) => `${word}\t${summary}`);
}

function optionsOf(command: AnyCommand | null): readonly string[] {
  return Object.entries(tableOf(command))
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, { help }]) => `--${name}\t${help}`);
}

function valuesOf(command: AnyCommand | null, name: string): readonly string[] {
  const option = tableOf(command)[name];
  return option?.kind === 'text' ? (option.choices ?? []) : [];
}

function tableOf(command: AnyCommand | null): OptionTable {
  return { ...command?.options, ...GLOBAL_OPTIONS };
}

/** What the argument is called that comes after so many others; the last one may be repeated. */
function argumentAt(command: AnyCommand | null, count: number): string {
  const args = command?.args ?? [];
  const last = args.at(-1) ?? '';
  return args[count] ?? (last.includes('...') ? last : '');
}

/** What the word that is being typed names; `null` if it is no name of an object. */
function kindAt({ names, args }: AnyCommand, count: number): CompletedKind | null {
  if (names === undefined) return null;
  if (typeof names !== 'string') return names[count] ?? null;
  return count === 0 || (args[0] ?? '').endsWith('...') ? names : null;
}

/** Names from the cluster. */
export async function namesIn({ client, namespace }: Cluster, kind: CompletedKind): Promise<readonly string[]> {
  if (kind === 'templates' || kind === 'triggers') {
    const { data = {} } = (await client.get(CONFIG_MAPS, { namespace, name: CONFIG_MAP })) as Partial<ConfigMap>;
    const prefix = kind === 'templates' ? 'template.' : 'trigger.';
    return Object.keys(data).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  }
  const scope = kind === 'namespaces' ? {} : { namespace };
  const { items } = await client.list(RESOURCES[kind], { ...scope, metadataOnly: true });
  return (items as readonly { readonly metadata: { readonly name: string } }[]).map(({ metadata }) => metadata.name);
}

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

const RESOURCES: Readonly<Record<Exclude<CompletedKind, 'templates' | 'triggers'>, Resource>> = {
  rollouts: ROLLOUTS,
  experiments: EXPERIMENTS,
  analysisruns: ANALYSIS_RUNS,
  namespaces: NAMESPACES,
};
