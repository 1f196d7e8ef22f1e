/** What the core says without a capital and a full stop, as a sentence on its own. */
export function sentenceOf(text: string): string {
  if (text === '') return '';
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
