/**
 * Draws the folders of `src`, the highest floor first, each with the folders beside it that it imports and how often:
 *   npm run floors
 */
import { FILES, FLOORS, importsOf } from './floors.ts';

for (const [parent, floors] of Object.entries(FLOORS)) {
  console.log(`src/${parent}`);
  for (const [floor, names] of [...floors.entries()].toReversed()) {
    for (const name of names.filter((one) => one === '*' || filesOf(parent, one).length > 0)) {
      const shown = name === '*' ? 'files of its own' : name;
      console.log(
        `  ${floor + 1}  ${shown.padEnd(17)} ${String(filesOf(parent, name).length).padStart(3)} files  ${arrows(parent, name)}`,
      );
    }
  }
  console.log();
}

function filesOf(parent: string, name: string): readonly string[] {
  return FILES.filter((file) => placeIn(parent, file) === name);
}

/** The name in the table of what `file` is to the folder `parent`; `null` for a file that is not below it. */
function placeIn(parent: string, file: string): string | null {
  if (parent !== '' && !file.startsWith(`${parent}/`)) return null;
  const [first = ''] = (parent === '' ? file : file.slice(parent.length + 1)).split('/');
  const isNamed = (FLOORS[parent] ?? []).some((names) => names.includes(first));
  return /\.tsx?$/.test(first) && !isNamed ? '*' : first;
}

function arrows(parent: string, name: string): string {
  const targets = filesOf(parent, name)
    .flatMap(importsOf)
    .map((file) => placeIn(parent, file))
    .filter((target) => target !== null && target !== name);
  const counts = Map.groupBy(targets, (target) => target);
  const texts = [...counts].toSorted(([, a], [, b]) => b.length - a.length).map(([to, all]) => `${to} ${all.length}`);
  return texts.length === 0 ? '' : `→ ${texts.join(', ')}`;
}
