import { Problem } from '../base/problem.ts'

/** Fields that one operation may cost: a page of 100 tasks with 20 fields costs about 2,200. */
export const complexityMax = 12_000

export function tooMuch(complexity: number): Problem {
  const sizes = `${Math.ceil(complexity)} of ${complexityMax}`
  return new Problem(
    'invalid-request',
    `This operation asks for too much at once (${sizes}); ask for smaller pages.`,
  )
}
