/** What is wrong with an expression, thrown inside the interpreter and caught where an expression is handed in. */

/** A place in the source, counted in characters. */
export type Place = number;

export class ExpressionProblem extends Error {
  /** Where it is; `null` until a node of the expression is known. */
  readonly place: Place | null;
  /** It would not have arisen if the provider had returned data: an operand was nil, or an empty list. */
  readonly dataMissing: boolean;

  constructor(message: string, place: Place | null = null, dataMissing = false) {
    super(message);
    this.name = 'ExpressionProblem';
    this.place = place;
    this.dataMissing = dataMissing;
  }
}
