import { shortId } from './id.ts'

type Advice = (task: string, step: string) => string

const review = '--run-again | --mark-done | --skip | --fail'

const advices: Readonly<Record<string, Advice>> = {
  approval: (task) => `Accept it: stint task approve ${task} · refuse it: stint task reject ${task}`,
  'waiting-input': (task) => `What is asked, and how to answer: stint task show ${task}`,
  'waiting-callback': (task) => `The address that is to be called: stint task show ${task}`,
  'by-user': (task) => `Go on: stint task resume ${task}`,
  'step-failed': (task, step) =>
    `Try again: stint task retry ${task} ${step} · go on without it: stint task skip ${task} ${step}`,
  'retries-exhausted': (task, step) =>
    `As many tries again: stint task extend ${task} · go on without it: stint task skip ${task} ${step}`,
  'needs-review': (task, step) =>
    `Decide: stint task review ${task} ${step} ${review} · about all of them: stint task review ${task} --all …`,
  'input-invalid': (task) =>
    `Mend what it says, an input by stint task edit ${task} key=value; then go on: stint task resume ${task}`,
  'no-executor': () => 'Executors: stint executor list',
}

/**
 * What somebody may do about a task that does not run; undefined where there is only waiting. The code is that of its `why`; a step
 * whose name a shell would take apart is told by its number.
 */
export function adviceOf(
  id: string,
  { code, stepNo }: { readonly code: string; readonly stepNo: number | null },
  stepName = '',
): string | undefined {
  const isPlain = /^[A-Za-z][\w.-]*$/.test(stepName)
  return advices[code]?.(shortId(id), isPlain ? stepName : stepNo === null ? 'STEP' : String(stepNo))
}
