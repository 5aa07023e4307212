import type { TemplateFunc } from '@promptctl/go-template-js'
import { ValueFault } from '../fault.ts'
import { Float, isNumber, numberOf } from '../number.ts'
import { type FunctionEntry, takes } from '../run.ts'
import { countOf, listOf, textOf } from './arguments.ts'

/**
 * A function of the sprig collection of `@promptctl/go-template-js` as one of ours: its arguments in the kinds it declares, its
 * errors as faults. Taken from there is what is long and settled: word cases, wrapping, dates, versions, base32.
 */
export function adapted(name: string, source: Record<string, TemplateFunc>, original = name): FunctionEntry {
  const entry = source[original]
  if (entry === undefined) throw new Error(`the collection has no function ${original}`)
  const { argTypes } = entry
  const call = entry.fn as (...args: unknown[]) => unknown
  return takes(argTypes.length, argTypes.length, (args) => {
    const values = args.map((value, i) => converted(name, argTypes[i], value))
    try {
      return call(...values)
    } catch (error) {
      throw new ValueFault(error instanceof Error ? error.message : String(error), { cause: error })
    }
  })
}

function converted(name: string, kind: string | undefined, value: unknown): unknown {
  switch (kind) {
    case 'string':
      return textOf(value, name)
    case 'int':
      return countOf(value, name)
    case 'list':
      return listOf(value, name)
    default:
      return value instanceof Float || (isNumber(value) && typeof value !== 'bigint')
        ? numberOf(value)
        : value
  }
}
