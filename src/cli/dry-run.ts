/** What `--dry-run` prints in the place of a change of the pod template. */
import type { NamedTemplate } from '../clients/template-difference.ts';
import type { TemplateOwner } from '../clients/template-owner.ts';
import { painted } from './print/text.ts';
import type { OptionTable } from './options.ts';
import type { Terminal } from './terminal.ts';

export const DRY_RUN = {
  'dry-run': { kind: 'switch', help: 'Print how the pod template would change, and change nothing.' },
} as const satisfies OptionTable;

/** The object that holds the template, as clients of this API name it: `rollout "web"`. */
export function describedOwner({ resource, name }: Pick<TemplateOwner, 'resource' | 'name'>): string {
  return `${resource.kind.toLowerCase()} "${name.name}"`;
}

/** `object` is what would be changed, such as `rollout "web"`. */
export async function printDryRun(
  terminal: Terminal,
  object: string,
  from: NamedTemplate,
  to: NamedTemplate,
): Promise<void> {
  const [{ templateDifference }, { differenceLines }] = await Promise.all([
    import('../clients/template-difference.ts'),
    import('./print/difference.ts'),
  ]);
  const unified = templateDifference(from, to);
  if (unified === '') terminal.note(`Note: ${object} would stay as it is: both templates mean the same.`);
  else for (const line of differenceLines(unified)) terminal.print(painted(line, terminal.colours));
  terminal.note(`Note: nothing was changed, because of --dry-run.`);
}
