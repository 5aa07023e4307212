import { stepStateText } from './status.ts'

/** What a step waits for, in words: `facts`, `facts (done or LOW_DISK)`, `cleanUp (however it ends)`. */
export function dependencyText({ step, states }: { step: string; states: readonly string[] }): string {
  if (states.length === 0 || (states.length === 1 && states[0] === 'DONE')) return step
  if (states.includes('ANY')) return `${step} (however it ends)`
  return `${step} (${states.map(stepStateText).join(' or ')})`
}

/** `facts:DONE,LOW_DISK`, as templates write it. */
export function parseDependency(text: string): { step: string; states: string[] } {
  const at = text.indexOf(':')
  if (at < 0) return { step: text, states: [] }
  return { step: text.slice(0, at), states: text.slice(at + 1).split(',') }
}
