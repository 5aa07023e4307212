import { sprigStrings } from '@promptctl/go-template-js'
import { goText } from '../print.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { adapted } from './adapted.ts'
import { countOf, newMap, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY
const collection = sprigStrings()
const wrapWith = adapted('wrapWith', collection)
/** Word cases and the like, as they are in the collection. */
const takenNames =
  'trimAll title untitle nospace initials swapcase snakecase camelcase kebabcase wrap plural abbrev abbrevboth substr'

/** Lengths and places count characters where Go counts bytes, so that no character is ever cut in two. */
export const textFunctionEntries: Record<string, FunctionEntry> = {
  ...Object.fromEntries(takenNames.split(' ').map((name) => [name, adapted(name, collection)])),
  trimall: adapted('trimall', collection, 'trimAll'),
  wrapWith: takes(3, 3, (args, run) => {
    const [between, whole] = [textOf(args[1], 'wrapWith'), textOf(args[2], 'wrapWith')]
    run.budget.length(whole.length * (between.length + 1))
    return wrapWith.call(args, run)
  }),
  trim: takes(1, 1, ([text]) => textOf(text, 'trim').trim()),
  trimPrefix: takes(2, 2, ([prefix, text]) => {
    const [start, whole] = [textOf(prefix, 'trimPrefix'), textOf(text, 'trimPrefix')]
    return whole.startsWith(start) ? whole.slice(start.length) : whole
  }),
  trimSuffix: takes(2, 2, ([suffix, text]) => {
    const [end, whole] = [textOf(suffix, 'trimSuffix'), textOf(text, 'trimSuffix')]
    return end !== '' && whole.endsWith(end) ? whole.slice(0, -end.length) : whole
  }),
  upper: takes(1, 1, ([text]) => textOf(text, 'upper').toUpperCase()),
  lower: takes(1, 1, ([text]) => textOf(text, 'lower').toLowerCase()),
  repeat: takes(2, 2, ([count, text], run) => {
    const [times, part] = [Math.max(0, countOf(count, 'repeat')), textOf(text, 'repeat')]
    run.budget.length(times * part.length)
    return part.repeat(times)
  }),
  trunc: takes(2, 2, ([count, text]) => {
    const [length, characters] = [countOf(count, 'trunc'), [...textOf(text, 'trunc')]]
    return length < 0 ? characters.slice(length).join('') : characters.slice(0, length).join('')
  }),
  contains: takes(2, 2, ([part, text]) => textOf(text, 'contains').includes(textOf(part, 'contains'))),
  hasPrefix: takes(2, 2, ([part, text]) => textOf(text, 'hasPrefix').startsWith(textOf(part, 'hasPrefix'))),
  hasSuffix: takes(2, 2, ([part, text]) => textOf(text, 'hasSuffix').endsWith(textOf(part, 'hasSuffix'))),
  quote: takes(0, many, (values) =>
    present(values)
      .map((value) => JSON.stringify(goText(value)))
      .join(' '),
  ),
  squote: takes(0, many, (values) =>
    present(values)
      .map((value) => `'${goText(value)}'`)
      .join(' '),
  ),
  cat: takes(0, many, (values) =>
    present(values)
      .map((part) => goText(part))
      .join(' '),
  ),
  indent: takes(2, 2, ([count, text], run) =>
    indented(countOf(count, 'indent'), textOf(text, 'indent'), run),
  ),
  nindent: takes(2, 2, ([count, text], run) => {
    return `\n${indented(countOf(count, 'nindent'), textOf(text, 'nindent'), run)}`
  }),
  replace: takes(3, 3, ([old, fresh, text], run) => {
    const [from, to, whole] = [textOf(old, 'replace'), textOf(fresh, 'replace'), textOf(text, 'replace')]
    // Go puts the new text around every character when the old one is empty.
    const parts = from === '' ? ['', ...whole, ''] : whole.split(from)
    run.budget.length(whole.length + parts.length * to.length)
    return parts.join(to)
  }),
  split: takes(2, 2, ([separator, text], run) => numbered(parts(separator, text, run))),
  splitList: takes(2, 2, ([separator, text], run) => parts(separator, text, run)),
  splitn: takes(3, 3, ([separator, count, text], run) => {
    const all = parts(separator, text, run)
    const most = countOf(count, 'splitn')
    if (most < 0 || all.length <= most) return numbered(all)
    if (most === 0) return numbered([])
    return numbered([...all.slice(0, most - 1), all.slice(most - 1).join(textOf(separator, 'splitn'))])
  }),
}

function present(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== null && value !== undefined)
}

function indented(count: number, text: string, run: Run): string {
  const pad = Math.max(0, count)
  const lines = text.split('\n')
  run.budget.length(text.length + pad * lines.length)
  return lines.map((line) => ' '.repeat(pad) + line).join('\n')
}

function parts(separator: unknown, text: unknown, run: Run): string[] {
  const [between, whole] = [textOf(separator, 'split'), textOf(text, 'split')]
  const found = between === '' ? [...whole] : whole.split(between)
  run.budget.count(found.length)
  return found
}

/** sprig's split answers a map: `(split "/" .path)._1`. */
function numbered(list: readonly string[]): Record<string, unknown> {
  return newMap(list.map((part, i) => [`_${i}`, part] as const))
}
