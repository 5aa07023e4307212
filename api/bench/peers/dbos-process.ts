import { createRequire } from 'node:module'
import { join } from 'node:path'
import { keepInFlight } from '../load/in-flight.ts'
import type { DbosAnswer, DbosOrder } from './dbos.ts'

/*
 * The process in which DBOS Transact runs: chains of ten trivial steps, each given what the one before returned, as its manual
 * shows them. Orders come from the parent, one at a time; it ends with its parent.
 */

interface Dbos {
  setConfig(config: object): void
  launch(): Promise<void>
  shutdown(): Promise<void>
  registerWorkflow<A extends unknown[], R>(
    work: (...args: A) => Promise<R>,
    config: { name: string },
  ): (...args: A) => Promise<R>
  runStep<R>(step: () => Promise<R>, config: { name: string }): Promise<R>
}

type PoolClass = new (config: object) => { end(): Promise<void> }

const [folder = '', socketFolder = '', user = '', database = ''] = process.argv.slice(2)
const load = createRequire(join(folder, 'package.json'))
const { DBOS } = load('@dbos-inc/dbos-sdk') as { DBOS: Dbos }
// DBOS takes a ready pool; its own is made from a URL, which cannot name a socket folder.
const { Pool } = createRequire(load.resolve('@dbos-inc/dbos-sdk'))('pg') as { Pool: PoolClass }

const steps = 10
let firstBegun = 0

const chain = DBOS.registerWorkflow(
  async (start: number) => {
    let no = start
    for (let step = 0; step < steps; step++) {
      no = await DBOS.runStep(
        async () => {
          if (step === 0) firstBegun = performance.now()
          return no + 1
        },
        { name: `work${step}` },
      )
    }
    return no
  },
  { name: 'chain' },
)

async function measureStarts(count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const asked = performance.now()
    await chain(n)
    times.push(firstBegun - asked)
  }
  return times
}

async function obey(order: DbosOrder): Promise<DbosAnswer> {
  if (order.kind === 'starts') return { kind: 'starts', times: await measureStarts(order.count) }
  const { done, seconds } = await keepInFlight(order.inFlight, order.seconds, () => chain(0))
  return { kind: 'chains', steps: done * steps, seconds }
}

// As many connections as the largest it is measured with makes use of; with its default of ten it was slower.
const pool = new Pool({ host: socketFolder, port: 5432, user, database, password: 'none', max: 20 })
DBOS.setConfig({ name: 'bench', systemDatabasePool: pool, logLevel: 'error' })
await DBOS.launch()
process.on('message', (order: DbosOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
process.send?.({ kind: 'ready' } satisfies DbosAnswer)
