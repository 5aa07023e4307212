export interface LayeredStep {
  readonly name: string
  readonly dependencies: readonly { readonly step: string }[]
}

export interface Placed<Step> {
  readonly step: Step
  readonly column: number
  readonly row: number
}

export interface Edge {
  readonly from: string
  readonly to: string
}

/**
 * Steps from left to right: each stands one column behind the last step it waits for, so that every line leads to the
 * right. Steps of a cycle, which the checker refuses anyway, stay where the walk found them.
 */
export function layersOf<Step extends LayeredStep>(steps: readonly Step[]): Placed<Step>[] {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const columns = new Map<string, number>()
  const walking = new Set<string>()
  const columnOf = (name: string): number => {
    const known = columns.get(name)
    if (known !== undefined) return known
    const step = byName.get(name)
    if (!step || walking.has(name)) return -1
    walking.add(name)
    const column = 1 + Math.max(-1, ...step.dependencies.map((dependency) => columnOf(dependency.step)))
    walking.delete(name)
    columns.set(name, column)
    return column
  }
  const filled: number[] = []
  return steps.map((step) => {
    const column = columnOf(step.name)
    const row = filled[column] ?? 0
    filled[column] = row + 1
    return { step, column, row }
  })
}

/** The lines between steps that are both there. */
export function edgesOf(steps: readonly LayeredStep[]): Edge[] {
  const names = new Set(steps.map((step) => step.name))
  return steps.flatMap((step) =>
    step.dependencies
      .filter((dependency) => names.has(dependency.step))
      .map((dependency) => ({ from: dependency.step, to: step.name })),
  )
}
