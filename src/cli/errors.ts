/** How a command fails. */

/** Ends the command with code 1; the message is for the person who typed it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line cannot be understood: the usage of the command is printed as well. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** Ends the command with a code that means something to scripts. Without a message all has been said. */
export class Verdict extends CommandError {
  override readonly name = 'Verdict';
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}
