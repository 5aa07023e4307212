import { RE2JS } from 're2js'
import { valueLimits } from '../budget.ts'
import { ValueFault } from '../fault.ts'
import { type FunctionEntry, type Run, type TextFunction, takes } from '../run.ts'
import { countOf, textOf } from './arguments.ts'

/**
 * One search takes RE2 at most as long as its text is long, which is bounded here. To find all matches may take as long for each
 * of them (`x.*y|x` looks to the end every time), so those loops ask the clock.
 */
function searched(pattern: unknown, text: unknown): { compiled: RE2JS; whole: string } {
  const whole = textOf(text, 'a regular expression')
  if (whole.length > valueLimits.searchLength) {
    throw new ValueFault(`a text of ${whole.length} characters is too long to be searched`)
  }
  return { compiled: compiledPattern(textOf(pattern, 'a regular expression')), whole }
}

/** The pattern as RE2; a fault where it is none. Kept for the next time: compiling costs 80 µs. */
export function compiledPattern(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  if (pattern.length > patternLengthMax) throw new ValueFault('this regular expression is too long')
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

type Matcher = ReturnType<RE2JS['matcher']>

const patternLengthMax = 10_000
const patternsMax = 500
const patterns = new Map<string, RE2JS>()

const find: TextFunction = ([pattern, text]) => {
  const { compiled, whole } = searched(pattern, text)
  const matcher = compiled.matcher(whole)
  return matcher.find() ? (matcher.group() ?? '') : ''
}

const findAll: TextFunction = ([pattern, text, count], run) => {
  const { compiled, whole } = searched(pattern, text)
  const most = countOf(count, 'regexFindAll')
  const found: string[] = []
  for (const matcher of matchesOf(compiled, whole, run)) {
    if (most >= 0 && found.length >= most) break
    found.push(matcher.group() ?? '')
    run.budget.count(found.length)
  }
  return found
}

/** All matches as Go finds them: an empty one right behind another does not count. */
function* matchesOf(compiled: RE2JS, whole: string, run: Run): Generator<Matcher> {
  const matcher = compiled.matcher(whole)
  let lastEnd = -1
  while (matcher.find()) {
    run.budget.call()
    const [start, end] = [matcher.start(), matcher.end()]
    if (start === end && start === lastEnd) continue
    lastEnd = end
    yield matcher
  }
}

const replaceAll: TextFunction = ([pattern, text, replacement], run) => {
  const fresh = textOf(replacement, 'regexReplaceAll')
  return replaced(pattern, text, run, (matcher) => expanded(fresh, matcher))
}

const replaceLiteral: TextFunction = ([pattern, text, replacement], run) => {
  const fresh = textOf(replacement, 'regexReplaceAllLiteral')
  return replaced(pattern, text, run, () => fresh)
}

function replaced(pattern: unknown, text: unknown, run: Run, fresh: (matcher: Matcher) => string): string {
  const { compiled, whole } = searched(pattern, text)
  let out = ''
  let from = 0
  for (const matcher of matchesOf(compiled, whole, run)) {
    out += whole.slice(from, matcher.start()) + fresh(matcher)
    from = matcher.end()
    run.budget.length(out.length)
  }
  return out + whole.slice(from)
}

/** Go's `$1`, `${1}`, `$name`, `${name}` and `$$`; an unknown group is empty, and `$1W` is the group named "1W". */
function expanded(template: string, matcher: Matcher): string {
  return template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar, braced, bare) => {
    if (dollar !== undefined) return '$'
    const name = (braced ?? bare) as string
    if (/^\d+$/.test(name))
      return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : ''
    try {
      return matcher.group(name) ?? ''
    } catch {
      return ''
    }
  })
}

const split: TextFunction = ([pattern, text, count], run) => {
  const { compiled, whole } = searched(pattern, text)
  const most = countOf(count, 'regexSplit')
  if (most === 0) return []
  const parts: string[] = []
  let from = 0
  for (const matcher of matchesOf(compiled, whole, run)) {
    if (most > 0 && parts.length >= most - 1) break
    const [start, end] = [matcher.start(), matcher.end()]
    // An empty match at either end would split off nothing.
    if (end === 0 || (start === end && start >= whole.length)) continue
    parts.push(whole.slice(from, start))
    from = end
    run.budget.count(parts.length)
  }
  return [...parts, whole.slice(from)]
}

const match: TextFunction = ([pattern, text]) => {
  const { compiled, whole } = searched(pattern, text)
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
