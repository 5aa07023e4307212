import './CodeText.css'
import { CopyButton } from './CopyButton.tsx'
import { type YamlRun, yamlLines } from './yaml.ts'

interface CodeTextProps {
  readonly text: string
  readonly label: string
  readonly isYaml?: boolean
  /** Lines to be copied need no numbers, and may be wrapped. */
  readonly isPlain?: boolean
}

const plainLines = (text: string): YamlRun[][] =>
  text.split('\n').map((line) => [{ text: line, kind: 'plain' }])

/** A text of a program, with numbers of its lines. */
export function CodeText({ text, label, isYaml, isPlain }: CodeTextProps) {
  const trimmed = text.replace(/\n$/, '')
  const lines = isYaml ? yamlLines(trimmed) : plainLines(trimmed)
  return (
    <section className={isPlain ? 'st-codetext st-codetext--plain' : 'st-codetext'} aria-label={label}>
      <div className="st-codetext__copy">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre className="st-codetext__lines" tabIndex={0}>
        {lines.map((runs, at) => (
          // The number is the identity of a line.
          <code key={at} className="st-codetext__line">
            <Runs runs={runs} />
            {'\n'}
          </code>
        ))}
      </pre>
    </section>
  )
}

function Runs({ runs }: { runs: readonly YamlRun[] }) {
  return runs.map((run, at) => (
    // Runs of one line have no identity but their order.
    <span key={at} className={run.kind === 'plain' ? undefined : `st-yaml-${run.kind}`}>
      {run.text}
    </span>
  ))
}
