#!/usr/bin/env node
// The command line. Plain JavaScript, because it must start on the Node that a machine happens to have (20 or newer) and go on
// with the pinned one, which runs TypeScript as it is. Verbs of the server work in this process on the database, all others
// talk to a server over HTTP.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { constants, homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const checkout = resolve(here, '../..')
const pinned = join(checkout, `node_modules/node-linux-${process.arch}/bin/node`)
const serverVerbs = ['start', 'serve', 'work', 'migrate', 'dev']
/** Keys are added and removed where their file lies; the rest of `stint keys` asks a server. */
const isServerVerb = ([verb, next]) =>
  serverVerbs.includes(verb) || (verb === 'keys' && ['add', 'remove'].includes(next))
const canRunTypeScript = Number(process.versions.node.split('.')[0]) >= 24

function fail(message) {
  process.stderr.write(`stint: ${message}\n`)
  process.exit(1)
}

/** Compiled code is kept, which halves the time to start. In a folder of one's own: whoever can write it can run code as us. */
function keepCompiled() {
  try {
    const folder = join(homedir(), '.cache/stint/compiled')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    module.enableCompileCache(folder)
  } catch {
    // A home that cannot be written to: starts a little slower.
  }
}

/** The same program on the pinned Node. Ctrl-C reaches both from the terminal; only the child decides what it means. */
function handOver() {
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.on('SIGINT', () => {})
  for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name))
  child.on('error', (error) => fail(`${pinned} cannot be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

if (!existsSync(join(checkout, 'node_modules'))) {
  fail(`the packages are not installed yet; run "npm start" once in ${checkout}`)
} else if (canRunTypeScript) {
  keepCompiled()
  if (isServerVerb(process.argv.slice(2))) {
    await import(pathToFileURL(join(here, '../src/cli/main.ts')).href)
  } else {
    const { main } = await import(pathToFileURL(join(here, '../src/client/main.ts')).href)
    await main()
  }
} else if (existsSync(pinned)) {
  handOver()
} else {
  fail(`Node ${process.versions.node} cannot run it and there is no ${pinned}; use Node 24 or newer`)
}
