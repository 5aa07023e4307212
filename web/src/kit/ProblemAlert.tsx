import { Alert } from '@patternfly/react-core'
import type { PageProblem } from '../client/problems.ts'

/** A problem where it happened: above the form or beside the button that met it. */
export function ProblemAlert({ problem, title }: { problem: PageProblem; title?: string }) {
  return (
    <Alert variant="danger" isInline title={title ?? problem.message} component="p">
      {title && problem.message}
      {problem.permission && (
        <div>
          Missing permission: <code className="st-code">{problem.permission}</code>
        </div>
      )}
      {problem.code === 'internal' && problem.requestId && (
        <div className="st-quiet">Request {problem.requestId}</div>
      )}
    </Alert>
  )
}
