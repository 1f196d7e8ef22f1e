/** How a command fails. */

/** Ends the command with code 1; the message is for the person who typed it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line cannot be understood: the usage of the command is printed as well. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}
