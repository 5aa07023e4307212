import { isTemplated, parseText } from '../text/parse.ts'
import { referencesOf } from '../text/references.ts'
import { TextSyntaxError } from '../text/tokens.ts'
import type { Pipe, Span, TextNode, TextTree } from '../text/tree.ts'

/** Functions that say what is to be when a value is missing, or only ask whether it is. */
const covering = new Set(
  'default coalesce ternary empty all any and or not eq ne kindOf kindIs typeOf typeIs toJson compact dig hasKey'.split(
    ' ',
  ),
)

/**
 * What callers of a function must offer: the paths under `.function_args` that its texts read, in whatever form (µTask sees only the
 * plain `{{.function_args.a}}`). Not those that a text copes without: by `default` and its like, or by asking first, with `if`.
 */
export function neededArguments(texts: Iterable<string>): string[] {
  const needed = new Set<string>()
  for (const text of texts) {
    const tree = isTemplated(text) ? treeOf(text) : undefined
    if (tree !== undefined) for (const name of neededBy(tree)) needed.add(name)
  }
  return [...needed].sort()
}

function treeOf(text: string): TextTree | undefined {
  try {
    return parseText(text)
  } catch (error) {
    // Reported with its place by checkHandles.
    if (error instanceof TextSyntaxError) return undefined
    throw error
  }
}

function neededBy(tree: TextTree): string[] {
  const reads = referencesOf(tree).paths.flatMap(({ path: [root, ...rest], start, end }) =>
    root === 'function_args' && rest.length > 0 ? [{ name: rest.join('.'), start, end }] : [],
  )
  const covers: Span[] = []
  const questions: Span[] = []
  for (const body of [tree.nodes, ...tree.definitions.values()]) findCovers(body, covers, questions)
  const isIn = (read: Span, spans: readonly Span[]) =>
    spans.some(({ start, end }) => start <= read.start && read.end <= end)
  const asked = new Set(reads.filter((read) => isIn(read, questions)).map(({ name }) => name))
  return reads.filter((read) => !asked.has(read.name) && !isIn(read, covers)).map(({ name }) => name)
}

function findCovers(nodes: readonly TextNode[], covers: Span[], questions: Span[]): void {
  for (const node of nodes) {
    if (node.type === 'if' || node.type === 'with') questions.push(node.pipe)
    if ('pipe' in node && node.pipe !== undefined) findInPipe(node.pipe, covers)
    if ('body' in node) for (const part of [node.body, node.otherwise]) findCovers(part, covers, questions)
  }
}

function findInPipe(pipe: Pipe, covers: Span[]): void {
  const operands = pipe.commands.flatMap((command) => command.operands)
  if (operands.some((operand) => operand.type === 'function' && covering.has(operand.name))) covers.push(pipe)
  for (const operand of operands) {
    if (operand.type === 'pipe') findInPipe(operand, covers)
    if (operand.type === 'chain') findInPipe(operand.of, covers)
  }
}
