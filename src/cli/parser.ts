/** The command line as commander parses it: a commander command for each entry of the registry. */
import { Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import type { AnyCommand } from './command.ts';
import { CommandError } from './errors.ts';
import { GLOBAL_OPTIONS, type GlobalOptions } from './global-options.ts';
import { defaultOf, readOption, type Option, type OptionTable, type OptionValues } from './options.ts';
import { COMMANDS, GROUPS } from './registry.ts';
import { oppositeOf, respelled } from './spelling.ts';
import type { Terminal } from './terminal.ts';

export interface Parsed {
  readonly command: AnyCommand;
  readonly args: readonly string[];
  readonly options: OptionValues<OptionTable>;
  readonly global: GlobalOptions;
}

/** `null` when all that was asked for has been printed, such as help. Throws a CommandError that is printed already where `code` says so. */
export async function parseCommandLine(args: readonly string[], terminal: Terminal): Promise<Parsed | null> {
  let parsed: Parsed | null = null;
  const root = rootParser(terminal, (one) => (parsed = one));
  try {
    await root.parseAsync(respelled(args, everyOption()), { from: 'user' });
    return parsed;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new CommandError('', { cause: error });
  }
}

function rootParser({ program, print, note }: Terminal, onParsed: (parsed: Parsed) => void): Parser {
  const root = new Parser(program);
  root
    .description('Steers Rollouts, Experiments and AnalysisRuns (argoproj.io/v1alpha1).')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => note(text.trimEnd()),
      outputError: writeError,
    })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError()
    .helpCommand('help [COMMAND]', 'Show what a command does and its options');
  addOptions(root, GLOBAL_OPTIONS);
  const groups = new Map<string, Parser>();
  for (const one of COMMANDS) {
    const parser = addCommand(groupOf(root, groups, one.path.slice(0, -1)), one, root, onParsed);
    // A command may have others behind it.
    groups.set(one.path.join(' '), parser);
  }
  return root;
}

function writeError(text: string, write: (text: string) => void): void {
  write(text.replace(/^error: /, 'Error: '));
}

function groupOf(root: Parser, groups: Map<string, Parser>, words: readonly string[]): Parser {
  const word = words.at(-1);
  if (word === undefined) return root;
  const path = words.join(' ');
  const known = groups.get(path);
  if (known !== undefined) return known;
  const group = groupOf(root, groups, words.slice(0, -1))
    .command(word)
    .description(GROUPS[path] ?? '');
  groups.set(path, group);
  return group;
}

function addCommand(parent: Parser, one: AnyCommand, root: Parser, onParsed: (parsed: Parsed) => void): Parser {
  const name = one.path.at(-1) ?? '';
  const parser = parent.command(name).description(one.summary);
  if (one.aliases !== undefined) parser.aliases(one.aliases);
  for (const arg of one.args) parser.argument(argumentText(arg));
  addOptions(parser, one.options);
  const examples = (one.examples ?? []).map((line) => `  ${root.name()} ${line}`);
  if (examples.length > 0) parser.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  parser.action(() => {
    const global = valuesOf(GLOBAL_OPTIONS, root.opts()) as GlobalOptions;
    onParsed({ command: one, args: parser.args, options: valuesOf(one.options, parser.opts()), global });
  });
  return parser;
}

/** `NAME...` is one or more, `[NAME]` may be left out. */
function argumentText(arg: string): string {
  return arg.startsWith('[') ? arg : `<${arg}>`;
}

function addOptions(parser: Parser, table: OptionTable): void {
  for (const [name, option] of Object.entries(table)) {
    for (const one of parserOptions(name, option)) parser.addOption(one);
  }
}

function parserOptions(name: string, option: Option): readonly ParserOption[] {
  const letter = option.letter === undefined ? '' : `-${option.letter}, `;
  if (option.kind === 'switch') {
    const off = new ParserOption(`--${oppositeOf(name)}`).hideHelp();
    return [shownIf(option, new ParserOption(`${letter}--${name}`, helpOf(option))), off];
  }
  const one = new ParserOption(`${letter}--${name} <${option.kind}>`, helpOf(option));
  one.argParser((text: string, former: unknown) => {
    const value = readOption(name, option, text);
    return option.kind === 'list' ? [...(Array.isArray(former) ? (former as unknown[]) : []), value] : value;
  });
  return [shownIf(option, one)];
}

function shownIf({ hidden = false }: Option, one: ParserOption): ParserOption {
  return one.hideHelp(hidden);
}

function helpOf(option: Option): string {
  return option.kind === 'switch' && option.default === true ? `${option.help} (default true)` : option.help;
}

/** commander names options in camel case; an option that was not given is absent. */
function valuesOf(table: OptionTable, given: Readonly<Record<string, unknown>>): OptionValues<OptionTable> {
  const entries = Object.entries(table).map(([name, option]) => {
    if (option.kind !== 'switch') return [name, given[camelCase(name)] ?? defaultOf(option)];
    if (isOn(oppositeOf(name), given)) return [name, false];
    return [name, isOn(name, given) || option.default === true];
  });
  return Object.fromEntries(entries) as OptionValues<OptionTable>;
}

/** To commander, `--no-color` switches `color` off. */
function isOn(name: string, given: Readonly<Record<string, unknown>>): boolean {
  return name.startsWith('no-') ? given[camelCase(name.slice(3))] === false : given[camelCase(name)] === true;
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function everyOption(): OptionTable {
  return Object.assign({}, ...COMMANDS.map(({ options }) => options), GLOBAL_OPTIONS) as OptionTable;
}
