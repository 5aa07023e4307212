/** A list of the API as the page uses it: the things, without what stands between them. */
export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[]
}

/** What one thing of a list looks like: `NodeOf<Data['tasks']>`. */
export type NodeOf<List> = List extends Connection<infer Node> ? Node : never

/** Empty while there is no answer yet. */
export const nodesOf = <Node>(connection: Connection<Node> | null | undefined): Node[] =>
  connection?.edges.map((edge) => edge.node) ?? []
