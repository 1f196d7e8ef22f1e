/** What `get` prints once: a picture in lines, or all that is in it as JSON. */
import { painted, type Line } from './print/text.ts';
import type { OptionTable, OptionValues } from './options.ts';
import type { Terminal } from './terminal.ts';

export const PICTURE_OPTIONS = {
  watch: { kind: 'switch', letter: 'w', help: 'Show it until you press Ctrl-C.' },
  'no-color': { kind: 'switch', help: 'Print no colours.' },
  output: { kind: 'text', letter: 'o', choices: ['json'], help: 'json: everything that is shown, and more.' },
} as const satisfies OptionTable;

export function printPicture(
  options: OptionValues<typeof PICTURE_OPTIONS>,
  terminal: Terminal,
  view: object,
  lines: readonly Line[],
): void {
  if (options.output === 'json') {
    terminal.print(JSON.stringify(view, null, 2));
    return;
  }
  const colours = options['no-color'] ? 'none' : terminal.colours;
  for (const line of lines) terminal.print(painted(line, colours));
}
