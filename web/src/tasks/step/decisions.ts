/** The answers to steps that were interrupted. */
export type Decision = 'FAIL' | 'MARK_DONE' | 'RUN_AGAIN' | 'SKIP'

interface Meaning {
  readonly decision: Decision
  readonly title: string
  readonly meaning: string
}

const ofOne: readonly Meaning[] = [
  {
    decision: 'RUN_AGAIN',
    title: 'Run again',
    meaning:
      'Its effects may happen a second time. Right when nothing was done, or doing it twice does no harm.',
  },
  {
    decision: 'MARK_DONE',
    title: 'Mark as done',
    meaning: 'You have checked that its work is done. The task goes on with the output you give.',
  },
  {
    decision: 'SKIP',
    title: 'Skip',
    meaning: 'The task goes on without it, and ends with a warning at best.',
  },
  {
    decision: 'FAIL',
    title: 'Fail',
    meaning: 'The step ends with an error, and the task does what its template says.',
  },
]

const ofAll = (count: number): readonly Meaning[] => [
  {
    decision: 'RUN_AGAIN',
    title: `Run all ${count} again`,
    meaning:
      'Their effects may happen a second time. Right when nothing was done, or doing it twice does no harm.',
  },
  {
    decision: 'MARK_DONE',
    title: `Mark all ${count} as done`,
    meaning:
      'You have checked that the work of every one is done. The task goes on with the output you give, the same for each.',
  },
  {
    decision: 'SKIP',
    title: `Skip all ${count}`,
    meaning: 'The task goes on without them, and ends with a warning at best.',
  },
  {
    decision: 'FAIL',
    title: `Fail all ${count}`,
    meaning: 'Each ends with an error, and the task does what its template says.',
  },
]

/** What a person can answer about one interrupted step, or about all of them with one word. */
export const decisionsAbout = (count: number): readonly Meaning[] => (count > 1 ? ofAll(count) : ofOne)
