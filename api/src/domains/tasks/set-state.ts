import { maySetState, settableStates } from '../../engine/step.ts'
import { InputProblem } from './input-problem.ts'
import type { StepRow, TaskEngine, TaskRow } from './model.ts'
import { definitionOf } from './values.ts'

/** Throws `InputProblem` for a state that nobody can give this step. */
export async function demandSettable(
  { reader }: TaskEngine,
  task: TaskRow,
  step: StepRow,
  state: string,
): Promise<void> {
  const definition = (await reader.values(task))?.definition
  const customStates = definitionOf(definition, step)?.customStates ?? []
  if (maySetState(state, customStates)) return
  const choices = [...settableStates, ...customStates].join(', ')
  throw new InputProblem([{ name: 'state', message: `A step can be set to ${choices}.` }])
}
