/** How a command fails. */

/** Ends the command; the message is for the person who typed it. Nothing is printed for an empty one. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** Of the process; 1 unless a command has codes of its own. */
  readonly exitCode: number = 1;
}

/** The command line cannot be understood: the usage of the command is printed as well. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** Ends the command with a code that means something to scripts. Without a message all has been said. */
export class Verdict extends CommandError {
  override readonly name = 'Verdict';
  override readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
