import { goText, isMap, Measure } from '../print.ts'
import { type FunctionEntry, type Run, type TextFunction, takes } from '../run.ts'
import { changeable, listOf, mapOf, newMap, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY

const merge: TextFunction = ([target, ...others], run) => mergeInto(target, others, false, run)
const mergeOverwrite: TextFunction = ([target, ...others], run) => mergeInto(target, others, true, run)

/** As in sprig, set, unset and merge change the map they get, if a template made it; data is copied first. */
export const dictFunctions: Record<string, FunctionEntry> = {
  dict: takes(0, many, (values) => {
    const entries: [string, unknown][] = []
    for (let i = 0; i < values.length; i += 2) entries.push([goText(values[i]), values[i + 1] ?? ''])
    return newMap(entries)
  }),
  get: takes(2, 2, ([map, key]) => own(mapOf(map, 'get'), textOf(key, 'get')) ?? ''),
  set: takes(3, 3, ([map, key, value]) => {
    const changed = changeable(mapOf(map, 'set'))
    changed[textOf(key, 'set')] = value
    return changed
  }),
  unset: takes(2, 2, ([map, key]) => {
    const changed = changeable(mapOf(map, 'unset'))
    delete changed[textOf(key, 'unset')]
    return changed
  }),
  hasKey: takes(2, 2, ([map, key]) => Object.hasOwn(mapOf(map, 'hasKey'), textOf(key, 'hasKey'))),
  pluck: takes(1, many, ([key, ...maps]) => {
    const name = textOf(key, 'pluck')
    return maps.flatMap((map) => (Object.hasOwn(mapOf(map, 'pluck'), name) ? [own(map, name)] : []))
  }),
  keys: takes(1, many, (maps) => maps.flatMap((map) => Object.keys(mapOf(map, 'keys')).sort())),
  values: takes(1, 1, ([map]) => {
    const entries = mapOf(map, 'values')
    return Object.keys(entries)
      .sort()
      .map((key) => entries[key])
  }),
  pick: takes(1, many, ([map, ...keys]) => {
    const wanted = keys.map((key) => textOf(key, 'pick'))
    const entries = mapOf(map, 'pick')
    return newMap(
      wanted.filter((key) => Object.hasOwn(entries, key)).map((key) => [key, entries[key]] as const),
    )
  }),
  omit: takes(1, many, ([map, ...keys]) => {
    const unwanted = new Set(keys.map((key) => textOf(key, 'omit')))
    return newMap(Object.entries(mapOf(map, 'omit')).filter(([key]) => !unwanted.has(key)))
  }),
  merge: takes(1, many, merge),
  mustMerge: takes(1, many, merge),
  mergeOverwrite: takes(1, many, mergeOverwrite),
  mustMergeOverwrite: takes(1, many, mergeOverwrite),
  // dig "a" "b" DEFAULT MAP
  dig: takes(3, many, (args) => {
    const [otherwise, map] = args.slice(-2)
    let value: unknown = mapOf(map, 'dig')
    for (const key of args.slice(0, -2)) {
      const name = textOf(key, 'dig')
      if (!isMap(value) || !Object.hasOwn(value, name)) return otherwise
      value = value[name]
    }
    return value
  }),
  join: takes(2, 2, ([separator, list], run) => {
    const parts = Array.isArray(list) ? list.filter((part) => part !== null && part !== undefined) : [list]
    const between = textOf(separator, 'join')
    const texts = parts.map((part) => goText(part, run.budget))
    run.budget.length(texts.reduce((sum, text) => sum + text.length + between.length, 0))
    return texts.join(between)
  }),
  toStrings: takes(1, 1, ([list]) => listOf(list, 'toStrings').map((part) => goText(part))),
}

function own(map: unknown, key: string): unknown {
  const entries = mapOf(map, 'get')
  return Object.hasOwn(entries, key) ? entries[key] : undefined
}

function mergeInto(target: unknown, others: readonly unknown[], overwrite: boolean, run: Run): unknown {
  const changed = changeable(mapOf(target, 'merge'))
  for (const other of others) mergeOne(changed, mapOf(other, 'merge'), overwrite, new Measure(run.budget))
  return changed
}

function mergeOne(
  target: Record<string, unknown>,
  source: Record<string, unknown>,
  overwrite: boolean,
  measure: Measure,
): void {
  for (const [key, value] of Object.entries(source)) {
    measure.spend(key)
    const present = Object.hasOwn(target, key) ? target[key] : undefined
    if (isMap(present) && isMap(value)) {
      const inner = changeable(present)
      mergeOne(inner, value, overwrite, measure)
      target[key] = inner
    } else if (overwrite || present === undefined || present === null || present === '') {
      target[key] = value
    }
  }
}
