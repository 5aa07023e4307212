import { RE2JS } from 're2js'
import { valueLimits } from '../budget.ts'
import { ValueFault } from '../fault.ts'
import { type FunctionEntry, type Run, type TextFunction, takes } from '../run.ts'
import { countOf, textOf } from './arguments.ts'

/** RE2 has no pattern that takes longer than its text is long; what remains is bounded by the length of the text. */
function searched(pattern: unknown, text: unknown, run: Run): { compiled: RE2JS; whole: string } {
  const whole = textOf(text, 'a regular expression')
  if (whole.length > valueLimits.searchLength) {
    throw new ValueFault(`a text of ${whole.length} characters is too long to be searched`)
  }
  run.budget.step(256 + (whole.length >>> 4))
  return { compiled: compiledPattern(textOf(pattern, 'a regular expression')), whole }
}

/** The pattern as RE2; a fault where it is none. Kept for the next time: compiling costs 80 µs. */
export function compiledPattern(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    throw new ValueFault(`this is not a regular expression that RE2 knows: ${reason}`, { cause: error })
  }
  if (patterns.size >= patternsMax) patterns.delete(patterns.keys().next().value as string)
  patterns.set(pattern, compiled)
  return compiled
}

const patternsMax = 500
const patterns = new Map<string, RE2JS>()

const find: TextFunction = ([pattern, text], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  const matcher = compiled.matcher(whole)
  return matcher.find() ? (matcher.group() ?? '') : ''
}

const findAll: TextFunction = ([pattern, text, count], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  const most = countOf(count, 'regexFindAll')
  const matcher = compiled.matcher(whole)
  const found: string[] = []
  while ((most < 0 || found.length < most) && matcher.find()) {
    found.push(matcher.group() ?? '')
    run.budget.count(found.length)
  }
  return found
}

const replaceAll: TextFunction = ([pattern, text, replacement], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  const fresh = textOf(replacement, 'regexReplaceAll')
  run.budget.length((whole.length + 1) * (fresh.length + 1))
  // Go's `$1` and `${name}`; re2js reads both unless told to read Java's.
  return compiled.matcher(whole).replaceAll(fresh, false)
}

const replaceLiteral: TextFunction = ([pattern, text, replacement], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  const fresh = textOf(replacement, 'regexReplaceAllLiteral')
  run.budget.length((whole.length + 1) * (fresh.length + 1))
  return compiled.matcher(whole).replaceAll(() => fresh, false)
}

const split: TextFunction = ([pattern, text, count], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  const most = countOf(count, 'regexSplit')
  if (most === 0) return []
  const parts: string[] = []
  const matcher = compiled.matcher(whole)
  let from = 0
  while ((most < 0 || parts.length < most - 1) && matcher.find()) {
    if (matcher.end() === 0 || (matcher.start() === matcher.end() && matcher.start() >= whole.length))
      continue
    parts.push(whole.slice(from, matcher.start()))
    from = matcher.end()
    run.budget.count(parts.length)
  }
  return [...parts, whole.slice(from)]
}

const match: TextFunction = ([pattern, text], run) => {
  const { compiled, whole } = searched(pattern, text, run)
  return compiled.matcher(whole).find()
}

export const patternFunctions: Record<string, FunctionEntry> = {
  regexMatch: takes(2, 2, match),
  mustRegexMatch: takes(2, 2, match),
  regexFind: takes(2, 2, find),
  mustRegexFind: takes(2, 2, find),
  regexFindAll: takes(3, 3, findAll),
  mustRegexFindAll: takes(3, 3, findAll),
  regexReplaceAll: takes(3, 3, replaceAll),
  mustRegexReplaceAll: takes(3, 3, replaceAll),
  regexReplaceAllLiteral: takes(3, 3, replaceLiteral),
  mustRegexReplaceAllLiteral: takes(3, 3, replaceLiteral),
  regexSplit: takes(3, 3, split),
  mustRegexSplit: takes(3, 3, split),
  regexQuoteMeta: takes(1, 1, ([text]) => RE2JS.quote(textOf(text, 'regexQuoteMeta'))),
}
