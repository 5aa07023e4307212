import { Problem } from '../base/problem.ts'

/** An argument of type JSON that must be an object: names and values. Throws `invalid-input` that names the argument. */
export function readObject(name: string, value: unknown): Record<string, unknown> | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  const message = 'Write an object with a value for each name.'
  throw new Problem('invalid-input', message, { details: { fields: [{ name, message }] } })
}
