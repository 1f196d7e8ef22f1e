/** Reads what stands in the actions of a template: pipelines of commands, with their variables. */
import { toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import type { TokenKind } from './lexer.ts';
import { characterNode, numberNode, unquoted } from './literals.ts';
import type { Command, Operand, PipeNode } from './node.ts';
import type { TokenCursor } from './token-cursor.ts';

export interface Pipelines {
  /** Up to the token that closes it, which is read as well. `what` is the word of the action. */
  readonly pipeline: (what: string, closing: TokenKind) => PipeNode;
  /** How many variables there are; `release` forgets later ones. */
  readonly mark: () => number;
  readonly release: (mark: number) => void;
  /** Reads what sees no variables but `$`. */
  readonly apart: <T>(read: () => T) => T;
}

/** Parentheses within parentheses. */
const DEEPEST = 100;
/** They are values, so nothing can be passed to them. */
const CONSTANTS: readonly Operand['kind'][] = ['bool', 'dot', 'nil', 'number', 'string'];

export function createPipelines(cursor: TokenCursor, isFunction: (name: string) => boolean): Pipelines {
  const reader = new Reader(cursor, isFunction);
  return {
    pipeline: (what, closing) => reader.pipeline(what, closing),
    mark: () => reader.variables.length,
    release: (mark) => void (reader.variables.length = mark),
    apart: (read) => {
      const outer = reader.variables;
      reader.variables = ['$'];
      const outcome = read();
      reader.variables = outer;
      return outcome;
    },
  };
}

class Reader {
  variables = ['$'];
  readonly #cursor: TokenCursor;
  readonly #isFunction: (name: string) => boolean;
  #depth = 0;

  constructor(cursor: TokenCursor, isFunction: (name: string) => boolean) {
    this.#cursor = cursor;
    this.#isFunction = isFunction;
  }

  pipeline(what: string, closing: TokenKind): PipeNode {
    const { line } = this.#cursor.peekWord();
    const { declares, assigns } = this.#declarations(what);
    const commands: Command[] = [];
    while (this.#cursor.peekWord().kind !== closing) commands.push(this.#command(what));
    this.#cursor.next();
    if (commands.length === 0) throw this.#cursor.problem(`${what} has no value`);
    for (const [first] of commands.slice(1)) {
      if (CONSTANTS.includes(first.kind)) throw this.#cursor.problem('a value is piped into what is no function');
    }
    return { kind: 'pipe', line, declares, assigns, commands };
  }

  #declarations(what: string): Pick<PipeNode, 'declares' | 'assigns'> {
    const declares: string[] = [];
    for (;;) {
      const mark = this.#cursor.mark();
      const token = this.#cursor.peekWord();
      if (token.kind !== 'variable') return { declares, assigns: false };
      this.#cursor.next();
      const { kind } = this.#cursor.peekWord();
      if (kind !== 'assign' && kind !== 'declare' && kind !== 'comma') {
        this.#cursor.goBack(mark);
        return { declares, assigns: false };
      }
      this.#cursor.next();
      declares.push(token.text);
      this.variables.push(token.text);
      if (kind !== 'comma') return { declares, assigns: kind === 'assign' };
      if (what !== 'range' || declares.length > 1) throw this.#cursor.problem(`${what} declares too many variables`);
      const after = this.#cursor.peekWord().kind;
      if (after !== 'variable' && after !== 'close' && after !== ')')
        throw this.#cursor.problem('{{range}} declares variables only');
    }
  }

  #command(what: string): Command {
    const operands: Operand[] = [];
    for (;;) {
      this.#cursor.peekWord();
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const { kind } = this.#cursor.peek();
      if (kind === 'space') continue;
      if (kind === 'pipe') this.#cursor.next();
      else if (kind !== 'close' && kind !== ')') throw this.#cursor.unexpected(this.#cursor.next(), what);
      break;
    }
    const [first, ...rest] = operands;
    if (first === undefined) throw this.#cursor.problem('a command is empty');
    return [first, ...rest];
  }

  #operand(): Operand | null {
    const term = this.#term();
    if (term === null) return null;
    const fields: string[] = [];
    while (this.#cursor.peek().kind === 'field') fields.push(...fieldsIn(this.#cursor.next().text));
    if (fields.length === 0) return term;
    if (term.kind === 'field') return { kind: 'field', fields: [...term.fields, ...fields] };
    if (term.kind === 'variable') return { ...term, fields: [...term.fields, ...fields] };
    if (CONSTANTS.includes(term.kind)) throw this.#cursor.problem('a value has no fields');
    return { kind: 'chain', base: term, fields };
  }

  /** `null` where none begins. */
  #term(): Operand | null {
    const { kind, text } = this.#cursor.peekWord();
    const mark = this.#cursor.mark();
    this.#cursor.next();
    switch (kind) {
      case 'name':
        if (!this.#isFunction(text)) throw this.#cursor.problem(`there is no function ${JSON.stringify(text)} here`);
        return { kind: 'function', name: text };
      case 'dot':
      case 'nil':
        return { kind };
      case 'variable':
        if (this.variables.includes(text)) return { kind: 'variable', name: text, fields: [] };
        throw this.#cursor.problem(`there is no variable ${text} here`);
      case 'field':
        return { kind: 'field', fields: fieldsIn(text) };
      case 'bool':
        return { kind: 'bool', value: text === 'true' };
      case 'character':
        return this.#cursor.placed(() => characterNode(text));
      case 'number':
        return this.#cursor.placed(() => numberNode(text));
      case 'string':
        return { kind: 'string', value: this.#cursor.placed(() => unquoted(text)) };
      case '(':
        return this.#parenthesis();
      default:
        this.#cursor.goBack(mark);
        return null;
    }
  }

  #parenthesis(): Operand {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#cursor.problem('parentheses are nested too deeply');
    const pipe = this.pipeline('a parenthesis', ')');
    this.#depth -= 1;
    return pipe;
  }
}

function fieldsIn(text: string): readonly string[] {
  return [toBytes(text.slice(1))];
}
