import { type Alias, type Document, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { limits } from '../../limits.ts'
import { Findings } from '../findings.ts'

export interface OpenedDocument {
  readonly findings: Findings
  readonly source: string
  /** What each alias (`*name`) stands for. */
  readonly aliasTargets: ReadonlyMap<Node, Node>
  /** Absent when the text is no YAML at all or empty. */
  readonly root?: Node
}

/** One wrong indentation can make hundreds. */
const problemsMax = 50

/**
 * Parses as YAML 1.2 with merge keys. µTask reads YAML 1.1: the booleans it knows besides are accepted where a boolean is
 * expected (Reader.flag). Integers stay exact, so that a long number does not lose digits on its way.
 */
export function openDocument(text: string): OpenedDocument {
  const lines = new LineCounter()
  const findings = new Findings(lines)
  const bytes = new TextEncoder().encode(text).length
  const tooLarge = bytes > limits.templateBytesMax
  const document = parseDocument(tooLarge ? '' : text, {
    lineCounter: lines,
    prettyErrors: false,
    intAsBigInt: true,
    merge: true,
    // The parser compares each key with all before it, which 9,000 of them make a second; Reader.entries asks a map.
    uniqueKeys: false,
  })
  if (tooLarge) {
    const kib = Math.floor(limits.templateBytesMax / 1024)
    findings.add(
      'too-large',
      0,
      '',
      `A template may have ${kib} KiB; this one has ${Math.ceil(bytes / 1024)}.`,
    )
    return { findings, source: text, aliasTargets: new Map() }
  }
  for (const problem of [...document.errors, ...document.warnings].slice(0, problemsMax)) {
    if (problem.code === 'RESOURCE_EXHAUSTION') {
      findings.add('too-large', problem.pos[0], '', 'This is nested too deeply.')
      return { findings, source: text, aliasTargets: new Map() }
    } else {
      findings.add('yaml-syntax', problem.pos[0], '', `This is not valid YAML: ${problem.message}.`)
    }
  }
  if (!findings.hasErrors && document.contents === null) {
    findings.add('missing-key', 0, '', 'The template is empty.')
  }
  return {
    findings,
    source: text,
    aliasTargets: text.includes('*') ? targetsOf(document) : new Map(),
    root: findings.hasErrors ? undefined : ((document.contents as Node | null) ?? undefined),
  }
}

/** One walk for all: asking each alias to find its own target is quadratic. */
function targetsOf(document: Document): Map<Node, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Node, Node>()
  visit(document, {
    Alias: (_, alias: Alias) => {
      const target = anchors.get(alias.source)
      if (target !== undefined) targets.set(alias, target)
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}
