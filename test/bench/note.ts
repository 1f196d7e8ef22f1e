/** Progress, for people; the figures alone go to the standard output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
