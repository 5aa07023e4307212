import type { TextTree } from './tree.ts'

/** Is the text exactly one action whose value is piped to `typed`? Then it keeps its JSON type. */
export function isTypedAlone(tree: TextTree): boolean {
  const [node, ...others] = tree.nodes
  if (others.length > 0 || node?.type !== 'action' || node.pipe.variables.length > 0) return false
  const last = node.pipe.commands.at(-1)?.operands
  const first = last?.[0]
  return (
    node.pipe.commands.length > 1 &&
    last?.length === 1 &&
    first?.type === 'function' &&
    first.name === 'typed'
  )
}
