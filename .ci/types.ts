import { checkTypes } from './phases/checks.ts'

const rooms = process.argv.length > 2 ? process.argv.slice(2) : ['schema', 'api', 'web', 'e2e', '.ci']
const ended = await Promise.all(rooms.map(checkTypes))
for (const { printed } of ended) process.stdout.write(printed)
process.exitCode = ended.every(({ status }) => status === 0) ? 0 : 1
