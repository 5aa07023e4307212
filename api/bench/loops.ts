import { parseArgs } from 'node:util'
import { testStep, testTemplate } from '../src/testing/engine.ts'
import { watchCpu } from './ground/cpu.ts'
import { type BenchEngine, startEngine } from './ground/engine.ts'
import { median, printTable, rounded } from './ground/figures.ts'
import type { BenchServer } from './ground/server.ts'

/*
 * What does an item of a loop cost, and does it stay the same however many there are? Loops of both kinds over lists of
 * different lengths run in turns in one run, each item an echo step; the smaller ones several times, so that all measure about
 * as many items. Linear is what stays flat from row to row.
 */

export const loopOptions = '--items 1000,10000 --rounds 3 --strategies parallel,sequence'

function loopOf(count: number, foreachStrategy: 'parallel' | 'sequence') {
  const foreach = JSON.stringify(Array.from({ length: count }, (_, index) => index))
  const action = { type: 'echo', configuration: { output: 'item {{.iterator}}' } }
  return testTemplate([testStep('each', { foreach, foreachStrategy, action })], {
    name: `loop-${foreachStrategy}-${count}`,
  })
}

interface Cost {
  readonly ms: number
  readonly engine: number
  readonly postgres: number
}

async function measure(
  server: BenchServer,
  bench: BenchEngine,
  items: number,
  times: number,
  strategy: 'parallel' | 'sequence',
) {
  const template = loopOf(items, strategy)
  const begun = performance.now()
  const cpu = watchCpu(process.pid, server.pid)
  for (let n = 0; n < times; n++) {
    const id = await bench.create(template)
    if (!(await bench.engine.waitForStop(id, 600))) throw new Error(`the loop over ${items} did not end`)
    const [row] = await server.sql<{ result: string }[]>`
      -- resultOfLoop
      select result from task where id = ${id}`
    if (row?.result !== 'success') throw new Error(`the loop over ${items} ended as ${row?.result}`)
  }
  const { own, postgres } = cpu()
  const all = items * times
  const cost: Cost = {
    ms: (performance.now() - begun) / all,
    engine: (own / all) * 1e6,
    postgres: (postgres / all) * 1e6,
  }
  return cost
}

export async function benchLoops(server: BenchServer, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '1000,10000' },
      rounds: { type: 'string', default: '3' },
      strategies: { type: 'string', default: 'parallel,sequence' },
    },
  })
  const sizes = values.items.split(',').map(Number)
  const most = Math.max(...sizes)
  const bench = await startEngine(server)
  const rows: Record<string, object> = {}
  try {
    for (const strategy of values.strategies.split(',') as ('parallel' | 'sequence')[]) {
      const found = new Map<number, Cost[]>(sizes.map((size) => [size, []]))
      await measure(server, bench, sizes[0] as number, 1, strategy)
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const size of round % 2 === 0 ? sizes : sizes.toReversed())
          found.get(size)?.push(await measure(server, bench, size, Math.ceil(most / size), strategy))
      }
      const first = median((found.get(sizes[0] as number) ?? []).map(({ ms }) => ms))
      for (const [size, costs] of found) {
        const ms = median(costs.map((cost) => cost.ms))
        rows[`${strategy}, ${size} items`] = {
          'ms an item': rounded(ms, 3),
          'items/s': Math.round(1000 / ms),
          'against the first': rounded(ms / first, 2),
          'node µs an item': rounded(median(costs.map((cost) => cost.engine)), 1),
          'postgres µs an item': rounded(median(costs.map((cost) => cost.postgres)), 1),
        }
      }
    }
    printTable('What an item of a loop costs', rows)
  } finally {
    await bench.stop()
  }
}
