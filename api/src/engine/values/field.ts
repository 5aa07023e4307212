import { ValueFault } from './fault.ts'
import { isMap, kindWords } from './print.ts'

/**
 * `.name` of a value as Go reads it: a missing key is nothing and stays nothing further down; an explicit null or a scalar has
 * no fields. Own properties only: nothing of JavaScript can be reached.
 */
export function readField(receiver: unknown, name: string, strict: boolean): unknown {
  if (isMap(receiver)) {
    if (Object.hasOwn(receiver, name)) return receiver[name]
    if (strict)
      throw new ValueFault(`there is no "${name}", and this template is strict about missing values`)
    return undefined
  }
  if (receiver === undefined) return undefined
  if (receiver === null) throw new ValueFault(`"${name}" is asked of null`)
  if (receiver instanceof Date) return timeField(receiver, name)
  throw new ValueFault(`"${name}" is asked of ${kindWords(receiver)}, which has no fields`)
}

function timeField(time: Date, name: string): unknown {
  const fields: Record<string, () => number> = {
    Year: () => time.getUTCFullYear(),
    Day: () => time.getUTCDate(),
    Hour: () => time.getUTCHours(),
    Minute: () => time.getUTCMinutes(),
    Second: () => time.getUTCSeconds(),
    Unix: () => Math.floor(time.getTime() / 1000),
    UnixMilli: () => time.getTime(),
  }
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field === undefined)
    throw new ValueFault(`a time has no "${name}" here, only ${Object.keys(fields).join(', ')}`)
  return BigInt(field())
}
