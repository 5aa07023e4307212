import type { Template } from '@stint/schema/template-types'
import { chain, testStep, testTemplate } from '../../src/testing/engine.ts'

function names(count: number): string[] {
  return Array.from({ length: count }, (_, no) => `work${no}`)
}

/** Steps that follow each other; every one but the first reads the output of the one before it. */
export function chainOf(length: number): Template {
  const steps = chain(names(length)).map((step, no) => {
    const text = no === 0 ? 'begun' : `after {{.step.work${no - 1}.output.no}}`
    return { ...step, action: { type: 'echo', configuration: { output: { no, text } } } }
  })
  return testTemplate(steps, { name: `chain-${length}` })
}

/** Steps that may all run at the same time. */
export function fanOf(width: number): Template {
  return testTemplate(
    names(width).map((name) => testStep(name)),
    { name: `fan-${width}` },
  )
}

/** One step of the given action. */
export function single(type: string, configuration: Record<string, unknown> = {}): Template {
  return testTemplate([testStep('only', { action: { type, configuration } })], { name: type })
}
