/** Reads a template, as Go's text/template does. What is wrong is thrown, with its line. */
import { toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { tokensOf } from './lexer.ts';
import { unquoted } from './literals.ts';
import type { Node, PipeNode, Template } from './node.ts';
import { createPipelines, type Pipelines } from './pipelines.ts';
import { TokenCursor } from './token-cursor.ts';

/** `isFunction` says of a name whether it can be called. */
export function parse(source: string, isFunction: (name: string) => boolean): Template {
  const cursor = new TokenCursor(tokensOf(source));
  return new Parser(cursor, createPipelines(cursor, isFunction)).template();
}

/** How a list of nodes has ended. */
type End = 'end' | 'else';
type Branching = 'if' | 'with' | 'range';

class Parser {
  readonly #cursor: TokenCursor;
  readonly #pipelines: Pipelines;
  readonly #named = new Map<string, readonly Node[]>();
  #ranges = 0;

  constructor(cursor: TokenCursor, pipelines: Pipelines) {
    this.#cursor = cursor;
    this.#pipelines = pipelines;
  }

  template(): Template {
    const root: Node[] = [];
    while (this.#cursor.peek().kind !== 'end') {
      if (this.#cursor.isAhead('open', 'define')) {
        this.#definition();
        continue;
      }
      const node = this.#node();
      if (typeof node === 'string') throw this.#cursor.problem(`{{${node}}} stands where nothing has begun`);
      root.push(node);
    }
    return { root, named: this.#named };
  }

  #node(): Node | End {
    const token = this.#cursor.next();
    if (token.kind === 'text') return { kind: 'text', text: toBytes(token.text) };
    if (token.kind === 'open') return this.#action();
    throw this.#cursor.unexpected(token, 'a template');
  }

  /** Up to the `end` or `else` that belongs to it, which is read as well. */
  #nodes(what: string): readonly [readonly Node[], End] {
    const nodes: Node[] = [];
    while (this.#cursor.peek().kind !== 'end') {
      const node = this.#node();
      if (typeof node === 'string') return [nodes, node];
      nodes.push(node);
    }
    throw this.#cursor.problem(`${what} has no {{end}}`);
  }

  #action(): Node | End {
    const token = this.#cursor.peekWord();
    if (token.kind !== 'keyword') return { kind: 'action', pipe: this.#pipelines.pipeline('an action', 'close') };
    this.#cursor.nextWord();
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branches(token.text);
      case 'template':
        return this.#call(token.line);
      case 'block':
        return this.#block(token.line);
      case 'break':
      case 'continue':
        this.#cursor.expect('close', `{{${token.text}}}`);
        if (this.#ranges === 0) throw this.#cursor.problem(`{{${token.text}}} stands outside {{range}}`);
        return { kind: token.text };
      case 'end':
        this.#cursor.expect('close', '{{end}}');
        return 'end';
      case 'else':
        // What is behind it belongs to the branch.
        if (!['if', 'with'].includes(this.#cursor.peekWord().text)) this.#cursor.expect('close', '{{else}}');
        return 'else';
      default:
        throw this.#cursor.problem(`{{${token.text}}} cannot stand here`);
    }
  }

  #branches(kind: Branching): Node {
    const mark = this.#pipelines.mark();
    const pipe = this.#pipelines.pipeline(kind, 'close');
    if (kind === 'range') this.#ranges += 1;
    const [body, end] = this.#nodes(`{{${kind}}}`);
    if (kind === 'range') this.#ranges -= 1;
    const otherwise = end === 'end' ? null : this.#otherwise(kind);
    this.#pipelines.release(mark);
    return { kind, pipe, body, otherwise };
  }

  #otherwise(kind: Branching): readonly Node[] {
    const token = this.#cursor.peekWord();
    if (token.kind === 'keyword' && token.text === kind && kind !== 'range') {
      this.#cursor.nextWord();
      return [this.#branches(kind)];
    }
    // `{{else with}}` of an `{{if}}`: no action has begun in which the word could stand.
    if (token.kind === 'keyword') throw this.#cursor.unexpected(token, `{{else}} of {{${kind}}}`);
    const [nodes, end] = this.#nodes(`{{else}} of {{${kind}}}`);
    if (end === 'else') throw this.#cursor.problem(`{{${kind}}} has two {{else}}`);
    return nodes;
  }

  #definition(): void {
    this.#cursor.next();
    this.#cursor.nextWord();
    const name = this.#name('{{define}}');
    this.#cursor.expect('close', '{{define}}');
    this.#define(name, this.#body('{{define}}'));
  }

  #block(line: number): Node {
    const name = this.#name('{{block}}');
    const pipe = this.#pipelines.pipeline('block', 'close');
    this.#define(name, this.#body('{{block}}'));
    return { kind: 'template', name, pipe, line };
  }

  /** It sees no variables of what is around it, and is in no range. */
  #body(what: string): readonly Node[] {
    const ranges = this.#ranges;
    this.#ranges = 0;
    const [nodes, end] = this.#pipelines.apart(() => this.#nodes(what));
    this.#ranges = ranges;
    if (end === 'else') throw this.#cursor.problem(`${what} has an {{else}}`);
    return nodes;
  }

  #define(name: string, nodes: readonly Node[]): void {
    const former = this.#named.get(name);
    if (former !== undefined && !isEmpty(former)) {
      if (isEmpty(nodes)) return;
      throw this.#cursor.problem(`the template ${JSON.stringify(name)} is defined twice`);
    }
    this.#named.set(name, nodes);
  }

  #call(line: number): Node {
    const name = this.#name('{{template}}');
    let pipe: PipeNode | null = null;
    if (this.#cursor.peekWord().kind === 'close') this.#cursor.nextWord();
    else pipe = this.#pipelines.pipeline('template', 'close');
    return { kind: 'template', name, pipe, line };
  }

  #name(what: string): string {
    const token = this.#cursor.nextWord();
    if (token.kind !== 'string') throw this.#cursor.unexpected(token, what);
    return this.#cursor.placed(() => unquoted(token.text));
  }
}

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && /^\s*$/.test(node.text));
}
