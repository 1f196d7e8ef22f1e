/** Says what this machine cannot show; a test that silently never runs on a build server would be worth nothing. */
export function notHere(reason: string): void {
  if ((process.env.CI ?? '') !== '') throw new Error(reason);
  process.stderr.write(`\nNot tested here: ${reason}\n`);
}
