import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, toyEngine } from '../testing/toy-engine.ts'
import { ActionRegistry } from './action.ts'
import { echoAction } from './actions/echo.ts'

/** As JSON.parse makes it of what a target sent: deeper than anything that walks it. */
function deep(): unknown {
  let value: unknown = 1
  for (let i = 0; i < 200_000; i++) value = [value]
  return value
}
const circle: Record<string, unknown> = {}
circle.self = circle
const outputs: Record<string, () => unknown> = {
  deep: () => ({ a: deep(), b: [deep(), deep()] }),
  big: () => ({ n: 5n }),
  circle: () => circle,
}
const registry = new ActionRegistry().add(echoAction)
for (const [type, output] of Object.entries(outputs))
  registry.add({
    type,
    description: 'answers what cannot be walked',
    configuration: {},
    idempotent: true,
    run: async () => ({ output: output() }),
  })
const { stop, statesOf, ended } = await toyEngine({ registry })
afterAll(stop)

const says = (message: string) => ({ type: 'echo', configuration: { output: { message } } })

it.each(Object.keys(outputs))(
  'an output that is %s fails its step in a loop and out of it, whoever looks at it',
  async (type) => {
    const action = { type, configuration: {} }
    const template = testTemplate(
      [
        testStep('loop', { action, foreach: '[1, 2]' }),
        testStep('schema', {
          action,
          jsonSchema: { properties: { b: { uniqueItems: true }, a: { const: [[1]] } } },
        }),
        testStep('shaped', {
          action: {
            ...action,
            output: { strategy: 'format', format: { x: '{{.step.this.output}}' } },
          } as never,
        }),
        testStep('children', { action: says('{{.step.loop.children}}'), dependencies: after('loop') }),
      ],
      { onError: 'skip' },
    )
    const id = await ended(testTask(template))
    expect(await statesOf(id)).toMatchObject({ schema: 'SKIPPED' })
  },
)
