import type { Finding } from '@stint/schema/template-types'
import { LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml'

/** A key that µTask ignores without a word. */
export interface IgnoredKey {
  readonly line: number
  readonly name: string
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Found extends IgnoredKey {
  readonly edits: readonly Edit[]
}

/**
 * The text with the keys that the findings call unknown made comments, so that the rest means what it means to µTask, which ignores
 * them. In a `{…}` they are taken out; at the top one that holds anchors stays, as a key of the author (`x-…`).
 */
export function muteUnknownKeys(
  text: string,
  findings: readonly Finding[],
): { text: string; keys: IgnoredKey[] } {
  const places = new Set(
    findings.flatMap(({ code, line, column }) => (code === 'unknown-key' ? [`${line}:${column}`] : [])),
  )
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, intAsBigInt: true, merge: true, uniqueKeys: false })
  const found: Found[] = []
  if (places.size === 0 || document.errors.length > 0) return { text, keys: found }
  visit(document, {
    Map: (_, map) => {
      for (const [index, pair] of map.items.entries()) {
        const [start = 0] = (pair.key as Node).range ?? []
        const { line, col } = lineCounter.linePos(start)
        if (!places.has(`${line}:${col}`)) continue
        const isTop = map === document.contents
        const edits =
          isTop && hasAnchor(pair) ? [{ start, end: start, text: 'x-' }] : editsOf(text, map, index)
        found.push({ line, name: text.slice(start, (pair.key as Node).range?.[1]), edits })
      }
    },
  })
  return {
    text: withEdits(
      text,
      found.flatMap(({ edits }) => edits),
    ),
    keys: found,
  }
}

function hasAnchor({ value }: Pair): boolean {
  let has = false
  const node = value as Node | null
  if (node !== null)
    visit(node, {
      Value: (_, each) => {
        has ||= each.anchor !== undefined
      },
    })
  return has
}

function editsOf(text: string, map: { items: Pair[]; flow?: boolean }, index: number): Edit[] {
  const pair = map.items[index] as Pair
  const keyStart = (pair.key as Node).range?.[0] ?? 0
  const last = (pair.value ?? pair.key) as Node
  const end = Math.max((pair.key as Node).range?.[1] ?? 0, last.range?.[1] ?? 0)
  if (map.flow === true) return [flowEdit(text, index, keyStart, end)]
  // Block scalars end behind their last line end.
  const body = text.slice(keyStart, end).replace(/\s+$/, '')
  const edits = [{ start: keyStart, end: keyStart, text: '# ' }]
  for (const match of body.matchAll(/\n(?=[ \t]*[^\s])/g)) {
    const at = keyStart + match.index + 1
    edits.push({ start: at, end: at, text: '# ' })
  }
  return edits
}

/** With the comma behind it, or the one before the last. */
function flowEdit(text: string, index: number, start: number, end: number): Edit {
  const behind = /^\s*,\s*/.exec(text.slice(end))?.[0]
  if (behind !== undefined) return { start, end: end + behind.length, text: '' }
  const before = index === 0 ? '' : (/\s*,\s*$/.exec(text.slice(0, start))?.[0] ?? '')
  return { start: start - before.length, end, text: '' }
}

function withEdits(text: string, edits: readonly Edit[]): string {
  let changed = ''
  let done = 0
  for (const { start, end, text: put } of edits.toSorted((one, other) => one.start - other.start)) {
    // What lies in something that was taken out is gone with it.
    if (start < done) continue
    changed += text.slice(done, start) + put
    done = end
  }
  return changed + text.slice(done)
}

export function keysInWords(keys: readonly IgnoredKey[]): string {
  const names = keys.map(({ name, line }) => `${name} (line ${line})`).join(', ')
  return `µTask ignores these keys, here they are made comments or keys of your own: ${names}.`
}
