import { Problem } from '../../base/problem.ts'

/** What is wrong with one field of a form; `name` as the caller sent it. */
export interface FieldProblem {
  readonly name: string
  readonly message: string
}

/** `invalid-input`: nothing was written, and the form can show each sentence beside its field. */
export class InputProblem extends Problem {
  readonly fields: readonly FieldProblem[]

  constructor(fields: readonly FieldProblem[]) {
    const [first] = fields
    const rest = fields.length > 1 ? ` (and ${fields.length - 1} more)` : ''
    const what =
      first === undefined ? 'Some values cannot be used.' : `${first.name}: ${first.message}${rest}`
    super('invalid-input', what, { details: { fields } })
    this.fields = fields
  }
}
