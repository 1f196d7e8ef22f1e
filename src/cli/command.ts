/** A command as a value: what people type, what it is for, and what it does. */
import type { Cluster } from '../clients/cluster.ts';
import type { GlobalOptions } from './global-options.ts';
import type { OptionTable, OptionValues } from './options.ts';
import type { Terminal } from './terminal.ts';

export interface Call<Table extends OptionTable = OptionTable> {
  readonly args: readonly string[];
  readonly options: OptionValues<Table>;
  readonly global: GlobalOptions;
  readonly terminal: Terminal;
  /** Connects when it is first called; the connection is closed when the command has ended. */
  readonly cluster: () => Promise<Cluster>;
}

export interface Command<Table extends OptionTable = OptionTable> {
  /** Words behind the program's name, such as `get rollout`. */
  readonly path: readonly string[];
  /** Other words for the last one. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Names of arguments as help shows them; `NAME...` stands for one or more. */
  readonly args: readonly string[];
  /** What the first argument names, or each of them; shells complete it from the cluster. */
  readonly names?: NamedKind | readonly NamedKind[];
  readonly options: Table;
  readonly examples?: readonly string[];
  /** Throws a CommandError, or any other error, when it fails. */
  readonly run: (call: Call<Table>) => Promise<void>;
}

/** `templates` and `triggers` are those of notifications. */
export type NamedKind = 'rollouts' | 'experiments' | 'analysisruns' | 'templates' | 'triggers';

/** A command of any options, as the registry holds it. */
export type AnyCommand = Omit<Command, 'run'> & { readonly run: (call: Call<never>) => Promise<void> };

/** Infers the type of the options. */
export function command<const Table extends OptionTable>(one: Command<Table>): AnyCommand {
  return one;
}
