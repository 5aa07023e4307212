import type { TemplateVariable } from '@stint/schema/template-types'
import { valueLimits } from './budget.ts'
import { ExpressionError, evaluateExpression, readyForExpressions } from './expression.ts'
import { ValueFault } from './fault.ts'
import { ScriptList } from './print.ts'
import type { Run, VariableSource } from './run.ts'
import { renderInside } from './template.ts'

/**
 * The variables of a template for `eval` and `evalCache`; what evalCache has found holds as long as this object, which the
 * engine makes anew for each execution of a step. Differences to µTask: an expression that answers a boolean, a number, a list or
 * a map keeps it (it becomes the same text where it is printed), and the values are offered to it as data (`input.name`).
 */
export class Variables implements VariableSource {
  readonly #definitions: ReadonlyMap<string, TemplateVariable>
  readonly #found = new Map<string, unknown>()
  #depth = 0

  constructor(definitions: readonly TemplateVariable[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]))
  }

  evaluate(name: string, run: Run): unknown {
    const definition = this.#definitions.get(name)
    if (definition === undefined) throw new ValueFault(`there is no variable "${name}"`)
    if (++this.#depth > valueLimits.depth) throw new ValueFault(`the variable "${name}" needs itself`)
    try {
      return definition.expression === undefined
        ? fixedValue(definition.value, run)
        : expressionValue(definition, definition.expression, run)
    } finally {
      this.#depth--
    }
  }

  evaluateOnce(name: string, run: Run): unknown {
    if (!this.#found.has(name)) this.#found.set(name, this.evaluate(name, run))
    return this.#found.get(name)
  }
}

/** A text is templated; anything else is taken as it is, as in µTask. */
function fixedValue(value: unknown, run: Run): unknown {
  return typeof value === 'string' ? renderInside(value, run) : value
}

function expressionValue(definition: TemplateVariable, expression: string, run: Run): unknown {
  const text = renderInside(expression, run)
  const before = run.clock.monotonicMs()
  readyForExpressions()
  const from = run.clock.monotonicMs()
  // The first expression of a process starts their thread, which is nobody's fault.
  run.budget.excuse(from - before)
  try {
    const { expressionTimeoutMs } = definition
    const value = evaluateExpression(text, run.root as Record<string, unknown>, expressionTimeoutMs)
    return Array.isArray(value) ? ScriptList.from(value) : value
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new ValueFault(`the variable "${definition.name}": ${error.message}`, { cause: error })
  } finally {
    run.budget.waited(run.clock.monotonicMs() - from)
  }
}
