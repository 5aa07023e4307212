import { benchEngine, engineOptions } from './engine.ts'
import { printMachine } from './ground/figures.ts'
import { type BenchServer, startServer } from './ground/server.ts'
import { benchLoops, loopOptions } from './loops.ts'
import { benchSnapshot, snapshotOptions } from './snapshot.ts'
import { benchWaiting, waitingOptions } from './waiting.ts'

/* `pnpm bench` lists the questions, `pnpm bench NAME [options]` answers one; figures we trust stand in README.md. */

interface Bench {
  readonly question: string
  readonly options: string
  run(args: readonly string[]): Promise<void>
}

async function withServer(work: (server: BenchServer) => Promise<void>): Promise<void> {
  const server = await startServer()
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const benches: Readonly<Record<string, Bench>> = {
  engine: {
    question: 'How many durable steps a second, and how fast does a task start?',
    options: engineOptions,
    run: (args) => withServer((server) => benchEngine(server, args)),
  },
  waiting: {
    question: 'What do 100,000 tasks cost that wait for hours?',
    options: waitingOptions,
    run: (args) => withServer((server) => benchWaiting(server, args)),
  },
  loops: {
    question: 'What does an item of a loop cost, and is it the same for 1,000 and 10,000?',
    options: loopOptions,
    run: (args) => withServer((server) => benchLoops(server, args)),
  },
  snapshot: {
    question: 'What does a snapshot cost that somebody else pins for ten minutes? (also: pnpm bench --long)',
    options: snapshotOptions,
    run: (args) => withServer((server) => benchSnapshot(server, args)),
  },
  lists: {
    question: 'What does a page of the task list cost at 200,000 tasks?',
    options: 'TASKS=200000 in the environment',
    run: async () => void (await import('./lists.ts')),
  },
}

function printList(): void {
  for (const [name, { question, options }] of Object.entries(benches)) {
    console.log(`pnpm bench ${name}\n  ${question}\n  ${options}\n`)
  }
}

const given = process.argv.slice(2)
// The one that takes its time is asked for by how long it takes.
const [name, ...args] = given[0] === '--long' ? ['snapshot', ...given.slice(1)] : given
const bench = name === undefined ? undefined : benches[name]
if (bench) {
  // The embedded server ends with us, and the exit takes its folder along.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  printMachine()
  await bench.run(args)
} else {
  printList()
  if (name !== undefined) {
    console.error(`there is no bench "${name}"`)
    process.exitCode = 1
  }
}
