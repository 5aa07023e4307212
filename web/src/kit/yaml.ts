export interface YamlRun {
  readonly text: string
  readonly kind: 'key' | 'comment' | 'string' | 'dash' | 'handle' | 'plain'
}

const keyLine = /^(\s*)((?:- +)*)("[^"]*"|'[^']*'|[^\s#"'][^:#]*?)(:)(?=\s|$)(.*)$/
const dashLine = /^(\s*)((?:- +)+)(.*)$/
const handle = /\{\{.*?\}\}/g

function valueRuns(text: string): YamlRun[] {
  if (!text) return []
  if (/^\s*#/.test(text)) return [{ text, kind: 'comment' }]
  const comment = /\s#.*$/.exec(text)
  if (comment && !/["']/.test(text)) {
    return [...valueRuns(text.slice(0, comment.index)), { text: comment[0], kind: 'comment' }]
  }
  const runs: YamlRun[] = []
  const kind = /^\s*["']/.test(text) ? 'string' : 'plain'
  let from = 0
  for (const match of text.matchAll(handle)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), kind })
    runs.push({ text: match[0], kind: 'handle' })
    from = match.index + match[0].length
  }
  if (from < text.length) runs.push({ text: text.slice(from), kind })
  return runs
}

/** One line of YAML as coloured pieces; together they are exactly the line. */
export function yamlRuns(line: string): YamlRun[] {
  if (/^\s*#/.test(line)) return [{ text: line, kind: 'comment' }]
  const keyed = keyLine.exec(line)
  if (keyed) {
    const [, indent = '', dashes = '', key = '', colon = '', rest = ''] = keyed
    const before: YamlRun[] = [
      { text: indent, kind: 'plain' },
      { text: dashes, kind: 'dash' },
      { text: key, kind: 'key' },
      { text: colon, kind: 'dash' },
    ]
    return [...before.filter((run) => run.text), ...valueRuns(rest)]
  }
  const dashed = dashLine.exec(line)
  if (!dashed) return valueRuns(line)
  const [, indent = '', dashes = '', rest = ''] = dashed
  const before: YamlRun[] = [
    { text: indent, kind: 'plain' },
    { text: dashes, kind: 'dash' },
  ]
  return [...before.filter((run) => run.text), ...valueRuns(rest)]
}

const blockHead = /(?:^|[\s:-])[|>][+-]?\d?\s*(?:#.*)?$/
const indentOf = (line: string) => line.length - line.trimStart().length

/** A YAML text line by line. Lines of a block of text (`|`, `>`) are text, whatever they look like. */
export function yamlLines(text: string): YamlRun[][] {
  let blockIndent: number | undefined
  return text.split('\n').map((line) => {
    if (blockIndent !== undefined) {
      if (line.trim() === '' || indentOf(line) > blockIndent)
        return line ? [{ text: line, kind: 'string' }] : []
      blockIndent = undefined
    }
    if (blockHead.test(line)) blockIndent = indentOf(line)
    return yamlRuns(line)
  })
}
