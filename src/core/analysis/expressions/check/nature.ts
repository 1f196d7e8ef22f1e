/** What is known of a part of an expression before it is evaluated. */
import { ANYS, DURATION, isInteger, pointee, TIME, type GoType } from '../go/go-type.ts';
import { isAssignable } from '../go/value.ts';

export interface Nature {
  /** `null` for what is not known, and for nil. */
  readonly type: GoType | null;
  readonly nil: boolean;
  /** Of the elements of a list, where more is known than its type says. */
  readonly elements?: Nature;
}

export const UNKNOWN: Nature = { type: null, nil: false };
export const NIL: Nature = { type: null, nil: true };

/** A value of a type; the empty interface says nothing. */
export function natureOf(type: GoType): Nature {
  return { type, nil: false };
}

export function listOf(elements: Nature): Nature {
  return { type: ANYS, nil: false, elements };
}

function isAny(type: GoType | null): boolean {
  return type?.kind === 'interface';
}

export function isUnknown({ type, nil }: Nature): boolean {
  return (type === null && !nil) || isAny(type);
}

/** As messages show it. */
export function shownNature({ type }: Nature): string {
  return type?.name ?? 'unknown';
}

export function throughPointer(nature: Nature): Nature {
  return nature.type?.kind === 'ptr' ? natureOf(pointee(nature.type)) : nature;
}

export function elementsOf({ type, elements }: Nature): Nature {
  if (elements !== undefined && (type?.kind === 'slice' || type?.kind === 'array')) return elements;
  return type?.elem === undefined ? UNKNOWN : natureOf(type.elem);
}

export const isBool = ({ type }: Nature): boolean => type?.kind === 'bool';
export const isText = ({ type }: Nature): boolean => type?.kind === 'string';
export const isList = ({ type }: Nature): boolean => type?.kind === 'slice' || type?.kind === 'array';
export const isMap = ({ type }: Nature): boolean => type?.kind === 'map';
export const isStruct = ({ type }: Nature): boolean => type?.kind === 'struct';
export const isWhole = ({ type }: Nature): boolean => isInteger(type);
export const isFloat = ({ type }: Nature): boolean => type?.kind === 'float64';
export const isNumber = (nature: Nature): boolean => isWhole(nature) || isFloat(nature);
export const isTime = ({ type }: Nature): boolean => type === TIME;
export const isDuration = ({ type }: Nature): boolean => type === DURATION;

/** Kinds of types that can be nil. */
const NILABLE = new Set(['ptr', 'interface', 'func', 'map', 'slice']);

export function canBeAssigned(from: Nature, to: Nature): boolean {
  if (from.nil) return to.type !== null && NILABLE.has(to.type.kind);
  if (from.type === null || to.type === null) return false;
  return isAssignable(from.type, to.type);
}

/** Whether `==` can say something about two values. */
export function canBeCompared(a: Nature, b: Nature): boolean {
  if (isUnknown(a) || isUnknown(b) || a.nil || b.nil) return true;
  const alike = [isNumber, isDuration, isTime, isList].some((is) => is(a) && is(b));
  return alike || canBeAssigned(a, b);
}

/** One is not known, and the other not known either or of a fitting kind. */
export function maybe(a: Nature, b: Nature, fits: readonly ((nature: Nature) => boolean)[]): boolean {
  const fitting = (nature: Nature): boolean => isUnknown(nature) || fits.some((is) => is(nature));
  return (isUnknown(a) && fitting(b)) || (isUnknown(b) && fitting(a));
}
