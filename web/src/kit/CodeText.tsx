import './CodeText.css'
import { CopyButton } from './CopyButton.tsx'
import { yamlRuns } from './yaml.ts'

interface CodeTextProps {
  readonly text: string
  readonly label: string
  readonly isYaml?: boolean
}

/** A text of a program, with numbers of its lines. */
export function CodeText({ text, label, isYaml }: CodeTextProps) {
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    <section className="st-codetext" aria-label={label}>
      <div className="st-codetext__copy">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre className="st-codetext__lines" tabIndex={0}>
        {lines.map((line, at) => (
          // The number is the identity of a line.
          <code key={at} className="st-codetext__line">
            {isYaml ? <YamlLine line={line} /> : line}
            {'\n'}
          </code>
        ))}
      </pre>
    </section>
  )
}

function YamlLine({ line }: { line: string }) {
  return yamlRuns(line).map((run, at) => (
    // Runs of one line have no identity but their order.
    <span key={at} className={`st-yaml-${run.kind}`}>
      {run.text}
    </span>
  ))
}
