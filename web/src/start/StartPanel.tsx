import './start.css'
import { useCan } from '../client/session.ts'
import { Page } from '../kit/Page.tsx'
import { ReportCard } from './ReportCard.tsx'
import { RunCard } from './RunCard.tsx'

/** What can I do here? Three things, each a few clicks from something that lives. */
export function StartPanel() {
  const canRun = useCan('task.create')
  const canReport = useCan('task.report')
  return (
    <Page
      title="Your first ten minutes"
      facts="Nothing you start here touches anything outside this installation."
    >
      <div className="st-start">
        <RunCard
          number={1}
          title="Run the health check"
          template="health-check"
          canRun={canRun}
          verb="Run the health check"
        >
          Four steps ask this installation how it feels: its own endpoints, and a script that collects facts
          about the system. Watch each step turn live.
        </RunCard>
        <RunCard
          number={2}
          title="Break something"
          template="break-something"
          canRun={canRun}
          verb="Break something"
        >
          A task that fails on purpose and pauses. See how an error is shown, read its log, then retry or skip
          the step and let the task finish.
        </RunCard>
        <ReportCard number={3} canReport={canReport} />
      </div>
    </Page>
  )
}
