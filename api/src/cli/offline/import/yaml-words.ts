import { flagOfWord, isOldFlagWord } from '@stint/schema/flag-words'
import { isScalar, LineCounter, parseDocument, type Scalar, visit } from 'yaml'

/** A word without quotes that µTask reads otherwise, and what it becomes. */
export interface RewrittenWord {
  readonly line: number
  readonly from: string
  readonly to: string
}

/**
 * The text with the words that YAML 1.1 reads otherwise written so that they mean the same in YAML 1.2: `yes` is `true`, `0755`
 * is `493`, `1_000` is `1000`. Every other byte stays, comments too. A text that is no YAML is left as it is.
 */
export function rewriteOldWords(text: string): { text: string; words: RewrittenWord[] } {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, intAsBigInt: true, merge: true, uniqueKeys: false })
  const found: (RewrittenWord & { start: number; end: number })[] = []
  if (document.errors.length > 0) return { text, words: found }
  visit(document, {
    Scalar: (_, node) => {
      const to = isScalar(node) ? meaningOf(node) : undefined
      const [start, end] = node.range ?? [0, 0]
      const from = text.slice(start, end)
      if (to !== undefined && from === node.source && from !== to)
        found.push({ line: lineCounter.linePos(start).line, from, to, start, end })
    },
  })
  found.sort((one, other) => one.start - other.start)
  let rewritten = ''
  let done = 0
  for (const { start, end, to } of found) {
    rewritten += text.slice(done, start) + to
    done = end
  }
  return { text: rewritten + text.slice(done), words: found }
}

/** What a plain word means to YAML 1.1, where YAML 1.2 takes it for something else. */
function meaningOf({ type, source, tag }: Scalar): string | undefined {
  if (type !== 'PLAIN' || source === undefined || tag !== undefined) return undefined
  if (isOldFlagWord(source)) return String(flagOfWord(source))
  return oldInteger(source)
}

/** Octal by a leading zero, binary, and underscores between digits, as Go reads them. */
function oldInteger(source: string): string | undefined {
  if (!/^[-+]?\d[\w.+-]*$/.test(source)) return undefined
  const plain = source.replaceAll('_', '')
  const [, sign = '', octal, binary] = /^([-+]?)(?:0([0-7]+)|0b([01]+))$/.exec(plain) ?? []
  const digits = octal !== undefined ? `0o${octal}` : binary !== undefined ? `0b${binary}` : undefined
  if (digits !== undefined) return `${sign === '-' ? '-' : ''}${BigInt(digits)}`
  const isNumber = /^[-+]?(?:0x[\da-f]+|\d+(?:\.\d*)?(?:e[-+]?\d+)?)$/i.test(plain)
  return isNumber && plain !== source ? plain : undefined
}

/** The words as a sentence shows them: each once, with its lines. */
export function wordsInWords(words: readonly RewrittenWord[]): string {
  const groups = Map.groupBy(words, ({ from, to }) => `${from} is ${to}`)
  const parts = [...groups].map(([said, each]) => {
    const lines = [...new Set(each.map(({ line }) => line))]
    const more = lines.length > 5 ? ' and more' : ''
    return `${said} (line ${lines.slice(0, 5).join(', ')}${more})`
  })
  return `Words of YAML 1.1 now say what µTask reads: ${parts.join('; ')}. Nothing else of the file is changed.`
}
