import { isDeepEqual } from '../compare.ts'
import { goText, isTrue, Measure } from '../print.ts'
import { type FunctionEntry, type Run, type TextFunction, takes } from '../run.ts'
import { countOf, listOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY

const first: TextFunction = ([list]) => listOf(list, 'first')[0] ?? null
const rest: TextFunction = ([list]) => listOf(list, 'rest').slice(1)
const last: TextFunction = ([list]) => listOf(list, 'last').at(-1) ?? null
const initial: TextFunction = ([list]) => listOf(list, 'initial').slice(0, -1)
const append: TextFunction = ([list, element]) => [...listOf(list, 'append'), element]
const prepend: TextFunction = ([list, element]) => [element, ...listOf(list, 'prepend')]
const reverse: TextFunction = ([list]) => listOf(list, 'reverse').toReversed()
const compact: TextFunction = ([list]) => listOf(list, 'compact').filter(isTrue)
const uniq: TextFunction = ([list], run) => distinct(listOf(list, 'uniq'), run)
const without: TextFunction = ([list, ...unwanted], run) => {
  return listOf(list, 'without').filter((element) => {
    run.budget.call()
    return !unwanted.some((other) => isDeepEqual(element, other, new Measure(run.budget)))
  })
}
const chunk: TextFunction = ([size, list]) => {
  const [count, elements] = [Math.max(1, countOf(size, 'chunk')), listOf(list, 'chunk')]
  return Array.from({ length: Math.ceil(elements.length / count) }, (_, i) => {
    return elements.slice(i * count, (i + 1) * count)
  })
}
const mustSlice: TextFunction = ([list, from, to]) => {
  const elements = listOf(list, 'mustSlice')
  return elements.slice(
    from === undefined ? 0 : countOf(from, 'mustSlice'),
    to === undefined ? undefined : countOf(to, 'mustSlice'),
  )
}

export const listFunctions: Record<string, FunctionEntry> = {
  list: takes(0, many, (values) => [...values]),
  tuple: takes(0, many, (values) => [...values]),
  first: takes(1, 1, first),
  mustFirst: takes(1, 1, first),
  rest: takes(1, 1, rest),
  mustRest: takes(1, 1, rest),
  last: takes(1, 1, last),
  mustLast: takes(1, 1, last),
  initial: takes(1, 1, initial),
  mustInitial: takes(1, 1, initial),
  append: takes(2, 2, append),
  mustAppend: takes(2, 2, append),
  push: takes(2, 2, append),
  mustPush: takes(2, 2, append),
  prepend: takes(2, 2, prepend),
  mustPrepend: takes(2, 2, prepend),
  concat: takes(0, many, (lists, run) => {
    run.budget.count(lists.reduce<number>((sum, list) => sum + listOf(list, 'concat').length, 0))
    return lists.flatMap((list) => listOf(list, 'concat'))
  }),
  reverse: takes(1, 1, reverse),
  mustReverse: takes(1, 1, reverse),
  uniq: takes(1, 1, uniq),
  mustUniq: takes(1, 1, uniq),
  without: takes(1, many, without),
  mustWithout: takes(1, many, without),
  mustSlice: takes(1, 3, mustSlice),
  chunk: takes(2, 2, chunk),
  mustChunk: takes(2, 2, chunk),
  compact: takes(1, 1, compact),
  mustCompact: takes(1, 1, compact),
  sortAlpha: takes(1, 1, ([list]) =>
    Array.isArray(list) ? list.map((part) => goText(part)).sort() : [goText(list)],
  ),
}

function distinct(elements: readonly unknown[], run: Run): unknown[] {
  const texts = new Set<unknown>()
  const kept: unknown[] = []
  for (const element of elements) {
    if (typeof element === 'string') {
      if (!texts.has(element)) kept.push(element)
      texts.add(element)
      continue
    }
    // Each is compared with all before it.
    run.budget.call()
    if (!kept.some((other) => isDeepEqual(other, element, new Measure(run.budget)))) kept.push(element)
  }
  return kept
}
