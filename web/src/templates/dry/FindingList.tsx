import type { DryRun } from './dryRun.ts'

/** What the checker has to say about a template, each with its place. */
export function FindingList({ findings }: { findings: DryRun['findings'] }) {
  return (
    <ul className="st-bullets">
      {findings.map((finding) => (
        <li key={`${finding.line} ${finding.column} ${finding.path} ${finding.message}`}>
          {finding.message}{' '}
          <span className="st-quiet st-small">
            {finding.line > 0 && `line ${finding.line} · `}
            <code className="st-code">{finding.path}</code>
          </span>
        </li>
      ))}
    </ul>
  )
}
