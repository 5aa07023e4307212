/** A page of a connection of the API. */
export interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** The nodes of all pages, one after the other, at most `limit` of them. */
export async function* pages<Node>(
  fetchPage: (after: string | null) => Promise<Page<Node>>,
  limit: number,
): AsyncGenerator<Node> {
  let after: string | null = null
  for (let left = limit; left > 0; ) {
    const { edges, pageInfo } = await fetchPage(after)
    for (const { node } of edges.slice(0, left)) yield node
    left -= edges.length
    if (!pageInfo.hasNextPage) return
    after = pageInfo.endCursor
  }
}
