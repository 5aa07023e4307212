import { EmbeddedPostgres } from '../postgres/embedded.ts'

/**
 * A program for tests that kill: starts the embedded server on the data directory of its argument, says so in one line of
 * JSON, and runs until it is killed or its standard input ends.
 */
const server = new EmbeddedPostgres({ dataDir: process.argv[2] ?? '', durable: false })
await server.start()
process.stdout.write(`${JSON.stringify({ owned: server.owned, target: server.target })}\n`)
process.stdin.resume().once('end', async () => {
  await server.stop()
  process.exit(0)
})
