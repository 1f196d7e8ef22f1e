/** Runs a template on a value, as Go's text/template does. Bytes out; what is wrong is thrown. */
import type { Value } from '../../../core/analysis/expressions/go/value.ts';
import { printed, sortedEntries } from '../../../core/analysis/expressions/operations/print.ts';
import type { Surroundings } from '../functions/signature.ts';
import type { Node, PipeNode, Template } from '../syntax/node.ts';
import { TemplateProblem } from '../values/problem.ts';
import { isTruthy, kindOf, typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';
import { Operands } from './operands.ts';

/** Bytes of one text. */
const LONGEST_OUTPUT = 1_000_000;
/** Templates within templates. */
const DEEPEST = 100;

type After = 'next' | 'break' | 'continue';
type Of<Kind extends Node['kind']> = Extract<Node, { readonly kind: Kind }>;

export function run(template: Template, data: Value, surroundings: Surroundings): string {
  const evaluator = new Evaluator(template, surroundings);
  evaluator.call(template.root, data);
  return evaluator.output();
}

class Evaluator {
  readonly #template: Template;
  readonly #surroundings: Surroundings;
  readonly #pieces: string[] = [];
  #length = 0;
  #depth = 0;
  #operands: Operands;

  constructor(template: Template, surroundings: Surroundings) {
    this.#template = template;
    this.#surroundings = surroundings;
    this.#operands = new Operands(surroundings, undefined);
  }

  output(): string {
    return this.#pieces.join('');
  }

  /** With variables of its own. */
  call(nodes: readonly Node[], dot: TemplateValue): void {
    if (this.#depth >= DEEPEST) throw new TemplateProblem('templates call each other too deeply');
    const outer = this.#operands;
    this.#depth += 1;
    this.#operands = new Operands(this.#surroundings, dot);
    this.#list(nodes, dot);
    this.#operands = outer;
    this.#depth -= 1;
  }

  #list(nodes: readonly Node[], dot: TemplateValue): After {
    for (const node of nodes) {
      const after = this.#node(node, dot);
      if (after !== 'next') return after;
    }
    return 'next';
  }

  #node(node: Node, dot: TemplateValue): After {
    this.#surroundings.budget.spend(1);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'next';
      case 'action':
        this.#action(node.pipe, dot);
        return 'next';
      case 'if':
      case 'with':
        return this.#branch(node, dot);
      case 'range':
        return this.#range(node, dot);
      case 'template':
        this.#callNamed(node, dot);
        return 'next';
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #write(text: string): void {
    this.#length += text.length;
    if (this.#length > LONGEST_OUTPUT) throw new TemplateProblem('the template writes more than a million bytes');
    this.#pieces.push(text);
  }

  #action(pipe: PipeNode, dot: TemplateValue): void {
    const value = this.#operands.pipeline(pipe, dot);
    if (pipe.declares.length > 0) return;
    if (kindOf(value) === 'func') throw new TemplateProblem(`a function cannot be printed`, pipe.line);
    this.#write(value === undefined ? '<no value>' : printed(value, this.#surroundings.budget));
  }

  #branch({ kind, pipe, body, otherwise }: Of<'if' | 'with' | 'range'>, dot: TemplateValue): After {
    const mark = this.#operands.mark();
    const value = this.#operands.pipeline(pipe, dot);
    const after = isTruthy(value) ? this.#list(body, kind === 'with' ? value : dot) : this.#list(otherwise ?? [], dot);
    this.#operands.release(mark);
    return after;
  }

  #range({ pipe, body, otherwise }: Of<'if' | 'with' | 'range'>, dot: TemplateValue): After {
    const outer = this.#operands.mark();
    const pairs = this.#pairs(this.#operands.pipeline(pipe, dot), pipe);
    const mark = this.#operands.mark();
    let [isEmpty, after]: [boolean, After] = [true, 'next'];
    for (const [key, element] of pairs) {
      isEmpty = false;
      this.#surroundings.budget.spend(1);
      this.#operands.setLoop(pipe, key, element);
      const ended = this.#list(body, element);
      this.#operands.release(mark);
      if (ended === 'break') break;
    }
    if (isEmpty && otherwise !== null) after = this.#list(otherwise, dot);
    this.#operands.release(outer);
    return after;
  }

  *#pairs(value: TemplateValue, { declares, line }: PipeNode): Generator<readonly [TemplateValue, TemplateValue]> {
    if (value === undefined || value === null) return;
    const count = wholeOf(value);
    if (count !== null) {
      if (declares.length > 1) throw new TemplateProblem('a number has no keys to range over', line);
      for (let one = 0n; one < count; one++) yield [undefined, typeof value === 'bigint' ? one : numbered(value, one)];
    } else if (typeof value === 'object' && value.kind === 'list') {
      for (const [index, item] of value.items.entries()) yield [BigInt(index), item];
    } else if (typeof value === 'object' && value.kind === 'map') {
      yield* sortedEntries(value, this.#surroundings.budget);
    } else throw new TemplateProblem(`${typeNameOf(value)} cannot be ranged over`, line);
  }

  #callNamed({ name, pipe, line }: Of<'template'>, dot: TemplateValue): void {
    const nodes = this.#template.named.get(name);
    if (nodes === undefined) throw new TemplateProblem(`there is no template ${JSON.stringify(name)}`, line);
    this.call(nodes, pipe === null ? undefined : this.#operands.pipeline(pipe, dot));
  }
}

function numbered(value: Value, number: bigint): Value {
  return typeof value === 'object' && value?.kind === 'whole' ? { ...value, number } : number;
}
