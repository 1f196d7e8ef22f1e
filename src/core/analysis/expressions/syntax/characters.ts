/** The classes of characters that names, numbers and blanks are made of. */

const SPACE = /^[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]$/;
const LETTER_OR_DIGIT = /^[_$\p{L}\p{Nd}]$/u;
const NAME = /^[_$\p{L}][_$\p{L}\p{Nd}]*$/u;

export function isSpace(character: string): boolean {
  return SPACE.test(character);
}

export function isLetterOrDigit(character: string): boolean {
  return LETTER_OR_DIGIT.test(character);
}

/** Whether the text could be the name of a member. */
export function isName(text: string): boolean {
  return NAME.test(text);
}
