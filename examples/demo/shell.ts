/** Commands as text that a person can paste into a POSIX shell. */

/** A word in which no shell sees a special character. */
const PLAIN = /^[\w@%+=:,./-]+$/;
const INDENT = '  ';
const CONTINUED = ' \\';

/** One line for each `width` columns, continued by a backslash; a word that is longer stays whole. */
export function shellLines(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.map(quoted)) {
    if (line !== '' && line.length + 1 + word.length > width - CONTINUED.length) {
      lines.push(line + CONTINUED);
      line = INDENT + word;
    } else {
      line += line === '' ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
