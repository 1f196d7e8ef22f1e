/** What a screen offers: whether a command can be given now, and how it is given. */
import type { CommandAnswer, CommandChoice, CommandRequest, DashboardCommand } from '../../wire.ts';
import { isLost } from '../browser/follow.ts';
import { postJson } from '../browser/requests.ts';
import { sentenceOf } from '../words/sentence.ts';

/** Why a command cannot be given now; '' when it can. */
export function whyNot(commands: readonly CommandChoice[], command: DashboardCommand): string {
  if (isLost.value) return 'The connection is lost; it is tried again.';
  const choice = commands.find((one) => one.command === command);
  return choice === undefined ? 'The server does not offer this.' : choice.possible ? '' : sentenceOf(choice.why);
}

/** The same from a shell, with what was chosen in the place of the words of wire.ts; '' when it is not offered. */
export function kubectlText(
  commands: readonly CommandChoice[],
  command: DashboardCommand,
  chosen: Readonly<Record<string, string>> = {},
): string {
  const kubectl = commands.find((one) => one.command === command)?.kubectl ?? '';
  return Object.entries(chosen).reduce((text, [word, value]) => text.replace(word, () => value), kubectl);
}

/** Resolves with what was done, in a sentence. */
export async function give(namespace: string, name: string, request: CommandRequest): Promise<string> {
  const path = `rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/commands`;
  return sentenceOf((await postJson<CommandAnswer>(path, request)).message);
}
