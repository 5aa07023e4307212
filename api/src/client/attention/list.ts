import { document } from '../server/document.ts'
import { pages } from '../server/pages.ts'
import { shortId } from '../task/id.ts'
import type { Column } from '../terminal/table.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { agoText, enumOf, wordOf } from '../terminal/text.ts'

interface Item {
  readonly kind: string
  readonly stepNo: number | null
  readonly stepName: string | null
  readonly since: string
  readonly sentence: string
  readonly task: { readonly uuid: string; readonly title: string; readonly owner: string }
}

interface Answer {
  readonly needsAttention: {
    readonly edges: readonly { readonly node: Item }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const attentionDocument = document<
  Answer,
  { kinds: readonly string[] | undefined; first: number; after: string | null }
>(`
  query CliAttention($kinds: [AttentionKind!], $first: Int, $after: String) {
    needsAttention(kinds: $kinds, first: $first, after: $after) {
      edges { node { kind stepNo stepName since sentence task { uuid title owner } } }
      pageInfo { hasNextPage endCursor }
    }
  }`)

function columns(nowMs: number): Column<Item>[] {
  return [
    { title: 'ID', value: ({ task }) => shortId(task.uuid) },
    { title: 'WHAT', value: ({ kind }) => wordOf(kind) },
    { title: 'STEP', value: ({ stepName }) => stepName ?? '' },
    { title: 'TITLE', value: ({ task }) => task.title, minWidth: 12 },
    { title: 'SINCE', value: ({ since }) => agoText(since, nowMs) },
    { title: 'WHY', value: ({ sentence }) => sentence, minWidth: 20 },
  ]
}

export async function listAttention(
  terminal: Terminal,
  { kind, limit }: { readonly kind?: readonly string[]; readonly limit: string },
) {
  const most = countOption('--limit', 1, 10_000)(limit)
  const kinds = kind?.map(enumOf)
  const page = async (after: string | null) =>
    (await terminal.connection.query(attentionDocument, { kinds, first: Math.min(most, 100), after }))
      .needsAttention
  const items: Item[] = []
  for await (const item of pages(page, most)) items.push(item)
  if (terminal.isJson) terminal.printJson(items)
  else terminal.printTable(items, columns(terminal.nowMs), 'Nothing waits for you.')
  return undefined
}
