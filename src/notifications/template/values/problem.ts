/** What is wrong with a template, thrown inside the interpreter and caught where a template is handed in. */

export class TemplateProblem extends Error {
  /** Line of the source, from 1; `null` until a node of the template is known. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null) {
    super(message);
    this.name = 'TemplateProblem';
    this.line = line;
  }
}
