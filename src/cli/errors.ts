/** How a command fails. */

/** Ends the command; the message is for the person who typed it. Nothing is printed for an empty one. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** Of the process; 1 unless a command has codes of its own. */
  readonly exitCode: number = 1;
}

/** Ends the command with a code that scripts can tell from a failure. All has been printed. */
export class ExitWith extends CommandError {
  override readonly name = 'ExitWith';
  override readonly exitCode: number;

  constructor(exitCode: number) {
    super('');
    this.exitCode = exitCode;
  }
}

/** The command line cannot be understood: the usage of the command is printed as well. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}
