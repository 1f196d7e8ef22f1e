/** `version`. */
import process from 'node:process';
import { VERSION } from '../../version.ts';
import { command } from '../command.ts';

export const version = command({
  path: ['version'],
  summary: 'Print the version of this program',
  args: [],
  options: { short: { kind: 'switch', help: 'Print the version alone.' } },
  run: ({ options, terminal }) => {
    terminal.print(`kubectl-argo-rollouts: v${VERSION}+serin`);
    if (!options.short) {
      terminal.print(`  NodeVersion: ${process.version}`);
      terminal.print(`  Platform: ${process.platform}/${process.arch}`);
    }
    return Promise.resolve();
  },
});
