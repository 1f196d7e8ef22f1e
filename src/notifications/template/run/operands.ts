/** Evaluates pipelines: commands, their operands, and the variables that they set. */
import { ExpressionProblem } from '../../../core/analysis/expressions/go/problem.ts';
import { mapFrom, mapKey, typeOf } from '../../../core/analysis/expressions/go/value.ts';
import { boundMethod } from '../../../core/analysis/expressions/operations/named-methods.ts';
import { OBJECT, type GoType } from '../../../core/analysis/expressions/go/go-type.ts';
import { functionNamed } from '../functions/functions.ts';
import { fits, PARAM_NAMES, type Param, type Surroundings, type TemplateFunction } from '../functions/signature.ts';
import type { Command, NumberNode, Operand, PipeNode } from '../syntax/node.ts';
import { TemplateProblem } from '../values/problem.ts';
import { isTruthy, typeNameOf, type TemplateValue } from '../values/value.ts';

/** What is piped into a command, as its last argument; `null` for the first one. */
type Piped = { readonly value: TemplateValue } | null;

export class Operands {
  readonly #surroundings: Surroundings;
  readonly #variables: [name: string, value: TemplateValue][];
  #line = 0;

  constructor(surroundings: Surroundings, dot: TemplateValue) {
    this.#surroundings = surroundings;
    this.#variables = [['$', dot]];
  }

  mark(): number {
    return this.#variables.length;
  }

  release(mark: number): void {
    this.#variables.length = mark;
  }

  /** Its value, which is never nil: what is nil is not there. */
  pipeline(pipe: PipeNode, dot: TemplateValue): TemplateValue {
    const outer = this.#line;
    this.#line = pipe.line;
    const value = this.#placed(() => this.#commands(pipe, dot));
    this.#line = outer;
    for (const name of pipe.declares) {
      if (pipe.assigns) this.#assign(name, value);
      else this.#variables.push([name, value]);
    }
    return value;
  }

  /** Sets the variables of a range for one element. */
  setLoop({ declares: [first, second], assigns }: PipeNode, key: TemplateValue, element: TemplateValue): void {
    if (first === undefined) return;
    if (assigns) {
      this.#assign(first, second === undefined ? element : key);
      if (second !== undefined) this.#assign(second, element);
      return;
    }
    this.#setLast(1, element);
    if (second !== undefined) this.#setLast(2, key);
  }

  #setLast(count: number, value: TemplateValue): void {
    const variable = this.#variables.at(-count);
    if (variable !== undefined) variable[1] = value;
  }

  #assign(name: string, value: TemplateValue): void {
    const variable = this.#variables.findLast(([one]) => one === name);
    if (variable === undefined) throw new TemplateProblem(`there is no variable ${name}`, this.#line);
    variable[1] = value;
  }

  /** A problem gets the line of the pipeline. */
  #placed<T>(evaluate: () => T): T {
    try {
      return evaluate();
    } catch (error) {
      const isKnown = error instanceof ExpressionProblem || (error instanceof TemplateProblem && error.line === null);
      if (isKnown) throw new TemplateProblem(error.message, this.#line);
      throw error;
    }
  }

  #commands({ commands }: PipeNode, dot: TemplateValue): TemplateValue {
    let piped: Piped = null;
    for (const command of commands) {
      piped = { value: this.#command(command, dot, piped) ?? undefined };
    }
    return piped?.value;
  }

  #command(command: Command, dot: TemplateValue, piped: Piped): TemplateValue {
    this.#surroundings.budget.spend(1);
    const [first, ...args] = command;
    switch (first.kind) {
      case 'function':
        return this.#call(first.name, args, dot, piped);
      case 'field':
        return this.#fields(dot, first.fields, dot, args, piped);
      case 'chain':
        return this.#fields(this.#chainBase(first.base, dot), first.fields, dot, args, piped);
      case 'variable':
        if (first.fields.length > 0) return this.#fields(this.#variable(first.name), first.fields, dot, args, piped);
        break;
      case 'nil':
        throw new TemplateProblem('nil is no command');
      case 'dot':
      case 'bool':
      case 'string':
      case 'number':
      case 'pipe':
        break;
    }
    if (args.length > 0 || piped !== null) throw new TemplateProblem('an argument is given to what is no function');
    return this.#operand(first, dot);
  }

  #variable(name: string): TemplateValue {
    const found = this.#variables.findLast(([one]) => one === name);
    if (found === undefined) throw new TemplateProblem(`there is no variable ${name}`);
    return found[1];
  }

  #chainBase(base: Operand, dot: TemplateValue): TemplateValue {
    if (base.kind === 'nil') throw new TemplateProblem('nil has no fields');
    return this.#operand(base, dot);
  }

  /** An operand by itself, where any type will do. */
  #operand(operand: Operand, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return operand.value;
      case 'number':
        return constant(operand);
      case 'variable':
        return this.#fields(this.#variable(operand.name), operand.fields, dot, [], null);
      case 'field':
        return this.#fields(dot, operand.fields, dot, [], null);
      case 'chain':
        return this.#fields(this.#chainBase(operand.base, dot), operand.fields, dot, [], null);
      case 'function':
        return this.#call(operand.name, [], dot, null);
      case 'pipe':
        return this.pipeline(operand, dot);
    }
  }

  /** Arguments are for the last field, which has to be a method then. */
  #fields(
    receiver: TemplateValue,
    fields: readonly string[],
    dot: TemplateValue,
    args: readonly Operand[],
    piped: Piped,
  ): TemplateValue {
    let value = receiver;
    for (const [index, name] of fields.entries()) {
      const isLast = index === fields.length - 1;
      value = this.#field(value, name, dot, isLast ? args : [], isLast ? piped : null);
    }
    return value;
  }

  #field(
    receiver: TemplateValue,
    name: string,
    dot: TemplateValue,
    args: readonly Operand[],
    piped: Piped,
  ): TemplateValue {
    if (receiver === undefined) return undefined;
    if (receiver === null) throw new TemplateProblem(`nil has no field ${name}`);
    const method = boundMethod(receiver, name);
    if (method !== null) {
      const { params: types = [] } = method.type;
      const given = this.#arguments({ params: types.map(paramOf) }, name, args, dot, piped).map((one) => one ?? null);
      for (const [index, type] of types.entries()) {
        const found = given[index] ?? null;
        if (typeOf(found) !== type)
          throw new TemplateProblem(`${name}: expected ${type.name}, not ${typeNameOf(found)}`);
      }
      return method.call(given)[0];
    }
    if (typeof receiver !== 'object' || receiver.kind !== 'map') {
      throw new TemplateProblem(`${typeNameOf(receiver)} has no field ${name}`);
    }
    if (args.length > 0 || piped !== null) throw new TemplateProblem(`${name} is no method and takes no arguments`);
    return receiver.entries.get(mapKey(name) ?? '')?.[1];
  }

  #call(name: string, args: readonly Operand[], dot: TemplateValue, piped: Piped): TemplateValue {
    if (name === 'and' || name === 'or') return this.#lazy(name, args, dot, piped);
    const called = functionNamed(name);
    if (called === null) throw new TemplateProblem(`there is no function ${JSON.stringify(name)} here`);
    const values = this.#arguments(called, name, args, dot, piped);
    return named(name, () => called.call(values, this.#surroundings));
  }

  /** The first argument that decides, or the last one. */
  #lazy(name: 'and' | 'or', args: readonly Operand[], dot: TemplateValue, piped: Piped): TemplateValue {
    if (args.length === 0 && piped === null) throw new TemplateProblem(`${name} needs a value`);
    let value: TemplateValue;
    for (const arg of args) {
      value = this.#argument(arg, 'value', dot);
      if (isTruthy(value) === (name === 'or')) return value;
    }
    return piped === null ? value : piped.value;
  }

  #arguments(
    { params, rest }: Pick<TemplateFunction, 'params' | 'rest'>,
    name: string,
    args: readonly Operand[],
    dot: TemplateValue,
    piped: Piped,
  ): readonly TemplateValue[] {
    const count = args.length + (piped === null ? 0 : 1);
    if (count < params.length || (rest === undefined && count > params.length)) {
      const least = rest === undefined ? '' : 'at least ';
      throw new TemplateProblem(`${name} takes ${least}${params.length} arguments, not ${count}`);
    }
    const paramAt = (index: number): Param => params[index] ?? rest ?? 'any';
    return named(name, () => {
      const values = args.map((arg, index) => this.#argument(arg, paramAt(index), dot));
      return piped === null ? values : [...values, checked(piped.value, paramAt(args.length))];
    });
  }

  #argument(operand: Operand, param: Param, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case 'nil':
        return checked(undefined, param);
      case 'number':
        return numberFor(operand, param);
      case 'bool':
      case 'string': {
        const { value } = operand;
        if (fits(value, param)) return value;
        throw new TemplateProblem(`expected ${PARAM_NAMES[param]}, not ${JSON.stringify(value)}`);
      }
      default:
        return checked(this.#operand(operand, dot), param);
    }
  }
}

function constant({ int, float, isFloat }: NumberNode): TemplateValue {
  return isFloat || int === null ? float : int;
}

/** A number as it is written fits every type that can hold it. */
function numberFor(node: NumberNode, param: Param): TemplateValue {
  if (param === 'any' || param === 'value') return constant(node);
  if (param === 'float') return node.float;
  if (param === 'int' && node.int !== null) return node.int;
  throw new TemplateProblem(`expected ${PARAM_NAMES[param]}, not a number`);
}

/** The value for a parameter; throws unless it has the type. */
function checked(value: TemplateValue, param: Param): TemplateValue {
  if (param === 'value') return value;
  if (param === 'any') return value ?? null;
  if (value === undefined) {
    if (param === 'map') return mapFrom(OBJECT, []);
    throw new TemplateProblem(`expected ${PARAM_NAMES[param]}, but there is no value`);
  }
  if (fits(value, param)) return value;
  throw new TemplateProblem(`expected ${PARAM_NAMES[param]}, not ${typeNameOf(value)}`);
}

/** A problem says in which function it is. */
function named<T>(name: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const isNew = error instanceof ExpressionProblem || (error instanceof TemplateProblem && error.line === null);
    if (!isNew || error.message.startsWith(`${name}:`)) throw error;
    throw new TemplateProblem(`${name}: ${error.message}`);
  }
}

const PARAMS: Readonly<Record<string, Param>> = { string: 'string', int: 'int', 'time.Time': 'time' };

function paramOf({ name }: GoType): Param {
  return PARAMS[name] ?? 'any';
}
