/** Which members, elements and slices a value has. */
import { funcOf } from '../go/go-type.ts';
import { fromBytes } from '../go/byte-text.ts';
import type { MemberNode, Node, SliceNode } from '../syntax/node.ts';
import { methodOf } from '../operations/named-methods.ts';
import {
  canBeAssigned,
  elementsOf,
  isList,
  isText,
  isUnknown,
  isWhole,
  natureOf,
  shownNature,
  throughPointer,
  UNKNOWN,
  type Nature,
} from './nature.ts';
import { problemAt, type Checking } from './scope.ts';

export function isEnvironment(node: Node): boolean {
  return node.kind === 'identifier' && node.name === '$env';
}

export function memberNature(node: MemberNode, checking: Checking): Nature {
  const { visit, environment } = checking;
  const name = node.property.kind === 'string' ? node.property.value : null;
  if (isEnvironment(node.base)) {
    if (name === null) return UNKNOWN;
    const found = environment.get(fromBytes(name));
    if (found === undefined && !node.optional) throw problemAt(node, `unknown name ${fromBytes(name)}`);
    return found ?? UNKNOWN;
  }
  const pointer = visit(node.base);
  const property = visit(node.property);
  if (isUnknown(pointer)) return UNKNOWN;
  if (name !== null) {
    if (pointer.nil) throw problemAt(node, `type nil has no field ${fromBytes(name)}`);
    const method = methodOf(pointer.type, name);
    if (method !== null) return natureOf(funcOf(method.params, method.results));
  }
  return memberOf(node, throughPointer(pointer), property, name);
}

function memberOf(node: MemberNode, base: Nature, property: Nature, name: string | null): Nature {
  const { type } = base;
  if (type?.kind === 'map') {
    const key = type.key === undefined ? UNKNOWN : natureOf(type.key);
    const fits = canBeAssigned(property, key) || canBeAssigned(throughPointer(property), key) || isUnknown(property);
    if (fits) return elementsOf(base);
    throw problemAt(
      node.property,
      `cannot use ${shownNature(throughPointer(property))} to get an element from ${type.name}`,
    );
  }
  if (isList(base)) {
    const index = throughPointer(property);
    if (isWhole(index) || isUnknown(index)) return elementsOf(base);
    const message = `array elements can only be selected using an integer (got ${shownNature(index)})`;
    throw problemAt(node.property, message);
  }
  if (name === null) throw problemAt(node, `type ${shownNature(base)}[${shownNature(property)}] is undefined`);
  const field = type?.kind === 'struct' ? type.fields?.get(name) : undefined;
  if (field !== undefined) return natureOf(field);
  const what = node.method ? 'method' : 'field';
  throw problemAt(node, `type ${shownNature(base)} has no ${what} ${fromBytes(name)}`);
}

export function sliceNature({ base, from, to, ...node }: SliceNode, { visit }: Checking): Nature {
  const nature = visit(base);
  if (isUnknown(nature)) {
    // The bounds of what is not known are not looked at.
    return UNKNOWN;
  }
  if (!isText(nature) && !isList(nature)) {
    throw problemAt({ ...node, base, from, to }, `cannot slice ${shownNature(nature)}`);
  }
  for (const bound of [from, to]) {
    if (bound === null) continue;
    const index = throughPointer(visit(bound));
    if (!isWhole(index) && !isUnknown(index)) {
      throw problemAt(bound, `non-integer slice index ${shownNature(index)}`);
    }
  }
  return nature;
}
