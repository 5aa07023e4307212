#!/usr/bin/env node
// The command people type. Plain JavaScript, so that it starts on any Node from 20 on; it runs itself again with the
// pinned one. Verbs of the server work on the database in this process, all others talk to a server over HTTP.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const api = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const serverVerbs = ['start', 'serve', 'work', 'migrate', 'dev']
const program = join(
  api,
  serverVerbs.includes(process.argv[2] ?? '') ? 'src/cli/main.ts' : 'src/client/main.ts',
)
const isRightNode = Number(process.versions.node.split('.')[0]) >= 24

function pinnedNode() {
  return join(api, `../node_modules/node-${process.platform}-${process.arch}/bin/node`)
}

function runAgain() {
  if (!existsSync(pinnedNode())) {
    process.stderr.write('stint: the packages are missing; run "npm start" in the checkout once.\n')
    process.exit(1)
  }
  const child = spawn(pinnedNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {}) // The terminal sends it to the child as well.
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)))
}

if (isRightNode) {
  process.argv[1] = program
  await import(pathToFileURL(program).href)
} else {
  runAgain()
}
