/** Where in a source a problem is, as expr-lang shows it. */

/** The message with line and column, and the line with a mark below. */
export function withSnippet(message: string, source: string, place: number | null): string {
  const characters = Array.from(source);
  const at = Math.min(place ?? 0, characters.length);
  const before = characters.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = characters.indexOf('\n', lineStart);
  const line = characters.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).join('');
  if (line === '') return message;
  const column = at - lineStart;
  const lineNumber = before.filter((character) => character === '\n').length + 1;
  return `${message} (${lineNumber}:${column + 1})\n | ${line.replaceAll('\t', ' ')}\n | ${'.'.repeat(column)}^`;
}
