/** Cuts a template into tokens, as Go's text/template does. */
import { TemplateProblem } from '../values/problem.ts';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'comma'
  | '('
  | ')'
  | 'string'
  | 'character'
  | 'number'
  | 'variable'
  | 'field'
  | 'dot'
  | 'bool'
  | 'nil'
  | 'keyword'
  | 'name'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'];
const SPACE = /[ \t\r\n]+/y;
const COMMENT = /\/\*[\s\S]*?\*\//y;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
/** The first that fits is the token; each is tried at one place. */
const FORMS: readonly (readonly [TokenKind, RegExp])[] = [
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['(', /\(/y],
  [')', /\)/y],
  ['string', /"(?:\\[^\n]|[^"\\\n])*"|`[^`]*`/y],
  ['character', /'(?:\\[^\n]|[^'\\\n])*'/y],
  ['number', new RegExp(`(?=[+-]|\\.?\\d)${NUMBER.source}(?![\\p{L}\\p{Nd}_+-])`, 'uy')],
  ['variable', /\$[\p{L}\p{Nd}_]*(?=[ \t\r\n.,|:)(]|$|\}\})/uy],
  ['dot', /\.(?=[ \t\r\n.,|:)(]|$|\}\})/uy],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*(?=[ \t\r\n.,|:)(]|$|\}\})/uy],
  ['name', /[\p{L}_][\p{L}\p{Nd}_]*(?=[ \t\r\n.,|:)(]|$|\}\})/uy],
];

/** Throws for what is no token. The last token is `end`. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const lines = lineCounter(source);
  const add = (kind: TokenKind, text: string, at: number): void => void tokens.push({ kind, text, line: lines(at) });
  let at = 0;
  for (;;) {
    const open = source.indexOf('{{', at);
    const isTrimmed = open !== -1 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4));
    const text = source.slice(at, open === -1 ? undefined : open);
    const kept = isTrimmed ? withoutBlanksBehind(text) : text;
    if (kept !== '') add('text', kept, at);
    if (open === -1) break;
    const inside = open + (isTrimmed ? 4 : 2);
    at = commentEnd(source, isTrimmed ? open + 4 : inside, lines) ?? actionEnd(source, open, inside, add, lines);
  }
  add('end', '', source.length);
  return tokens;
}

/** By hand: an expression takes the square of the time. */
function withoutBlanksBehind(text: string): string {
  let to = text.length;
  while (to > 0 && ' \t\r\n'.includes(text[to - 1] ?? 'x')) to -= 1;
  return text.slice(0, to);
}

/** Where the text goes on behind a comment; `null` if there is none. */
function commentEnd(source: string, at: number, lines: (at: number) => number): number | null {
  if (!source.startsWith('/*', at)) return null;
  COMMENT.lastIndex = at;
  const comment = COMMENT.exec(source);
  if (comment === null) throw new TemplateProblem('a comment is not closed', lines(at));
  const close = closeAt(source, at + comment[0].length);
  if (close === null) throw new TemplateProblem('a comment ends before the action does', lines(at));
  return close;
}

type Add = (kind: TokenKind, text: string, at: number) => void;

/** Adds the tokens of an action, and returns where the text goes on behind it. */
function actionEnd(source: string, open: number, inside: number, add: Add, lines: (at: number) => number): number {
  add('open', '{{', open);
  let depth = 0;
  for (let at = inside; ;) {
    const close = closeAt(source, at);
    if (close !== null) {
      if (depth > 0) throw new TemplateProblem('a parenthesis is not closed', lines(at));
      add('close', '}}', at);
      return close;
    }
    if (at >= source.length) throw new TemplateProblem('an action is not closed', lines(open));
    SPACE.lastIndex = at;
    const space = SPACE.exec(source)?.[0] ?? '';
    if (space !== '') {
      // The last blank before `-}}` belongs to that.
      const rest = source.startsWith('-}}', at + space.length) ? space.length - 1 : space.length;
      if (rest > 0) add('space', ' ', at);
      at += rest;
      continue;
    }
    const [kind, text] = tokenAt(source, at, lines);
    depth += kind === '(' ? 1 : kind === ')' ? -1 : 0;
    if (depth < 0) throw new TemplateProblem('a parenthesis is closed that was not opened', lines(at));
    add(kind, text, at);
    at += text.length;
  }
}

function tokenAt(source: string, at: number, lines: (at: number) => number): readonly [TokenKind, string] {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(source)?.[0];
    if (text === undefined) continue;
    if (kind !== 'name') return [kind, text];
    if (text === 'true' || text === 'false') return ['bool', text];
    if (text === 'nil') return ['nil', text];
    return [KEYWORDS.includes(text) ? 'keyword' : 'name', text];
  }
  const found = source.slice(at, at + 12).split('\n')[0] ?? '';
  throw new TemplateProblem(`${JSON.stringify(found)} is not understood in an action`, lines(at));
}

/** Behind `}}`, or behind ` -}}` and the blanks that it removes; `null` for anything else. */
function closeAt(source: string, at: number): number | null {
  if (source.startsWith('}}', at)) return at + 2;
  if (!/^[ \t\r\n]-\}\}/.test(source.slice(at, at + 4))) return null;
  SPACE.lastIndex = at + 4;
  return at + 4 + (SPACE.exec(source)?.[0].length ?? 0);
}

/** Asked for places that only grow. */
function lineCounter(source: string): (at: number) => number {
  let [line, from] = [1, 0];
  return (at) => {
    for (; from < at; from++) if (source[from] === '\n') line += 1;
    return line;
  };
}
