// The door of a fresh clone: plain JavaScript that runs on any Node from 20 on, installs what is missing, and hands over
// to the pinned Node, which runs the TypeScript. Usage: node api/boot.mjs start | test | dev | stint [arguments]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const pnpm = 'pnpm@12.21.0'
const mark = join(root, 'node_modules/.stint-installed')
const lock = join(root, 'node_modules/.stint-installing')

/** What decides about the packages; when one of them differs from the last time, they are installed again. */
const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'api', 'web', 'schema', 'e2e']

const entries = {
  start: ['api/src/cli/main.ts', 'start'],
  dev: ['api/src/cli/main.ts', 'dev'],
  test: ['.ci/test.ts'],
  stint: ['api/bin/stint.mjs'],
}

function say(text) {
  process.stderr.write(`stint: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}

function digest() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const name of inputs) {
    const path = join(root, name.includes('.') ? name : `${name}/package.json`)
    if (existsSync(path)) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

function isInstalled(wanted) {
  return existsSync(mark) && readFileSync(mark, 'utf8') === wanted
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds))
}

/** Of two starts in the same fresh clone one installs and the other waits for it. */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true })
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : '0')
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true })
    else if (!told) say('another start is installing the packages; waiting for it')
    await pause(200)
  }
}

/** Runs pnpm; its progress goes to the terminal as lines, everything else is kept for the case that it fails. */
function runPnpm(command, args) {
  return new Promise((done) => {
    const all = [...args, 'install', '--frozen-lockfile', '--reporter=append-only']
    const env = { ...process.env, npm_config_loglevel: 'error', CI: 'true' }
    const child = spawn(command, all, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    const take = (chunk) => {
      printed += chunk
      const progress = String(chunk)
        .match(/Progress: .*/g)
        ?.at(-1)
      if (progress !== undefined) say(progress)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', (error) => done({ ok: false, printed: error.message }))
    child.once('close', (code) => done({ ok: code === 0, printed }))
  })
}

function reasonIn(printed) {
  const lines = printed.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /ERR_|error/i.test(line))?.trim() ?? lines.at(-1)?.trim() ?? 'no reason given'
}

async function runInstall(wanted) {
  const from = Date.now()
  say('installing packages, once')
  let result = await runPnpm('npx', ['--yes', pnpm])
  // Without npx, or where the registry is out of reach, a pnpm that is already there may do.
  if (!result.ok && spawnSync('pnpm', ['--version']).status === 0) result = await runPnpm('pnpm', [])
  if (!result.ok) {
    const reason = reasonIn(result.printed)
    fail(`the packages could not be installed (${reason}); the first start needs npm and its registry.`)
  }
  writeFileSync(mark, wanted)
  const seconds = ((Date.now() - from) / 1000).toFixed(1)
  say(`packages are installed (${seconds} s)`)
  process.env.STINT_INSTALL_SECONDS = seconds // For the table of `npm test`.
}

async function install() {
  const wanted = digest()
  if (isInstalled(wanted)) return
  await takeLock()
  try {
    if (!isInstalled(wanted)) await runInstall(wanted)
  } finally {
    rmSync(lock, { force: true })
  }
}

function chooseNode() {
  const pinned = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(pinned)) return pinned
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    `there is no packaged Node for ${process.platform} on ${process.arch}; install Node 24 and start again.`,
  )
}

/** The parent of a process; undefined where the system does not tell. */
function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1])
  } catch {
    return undefined
  }
}

/** Calls back when npm, which started us through a shell, was killed: nobody else would tell us. */
function watchNpm(onDeath) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const npm = parentOf(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === npm) return
    clearInterval(timer)
    onDeath()
  }, 500)
  timer.unref()
}

/**
 * A terminal sends Ctrl-C to all of us, so it is passed on only where there is none. The channel tells the child that we
 * were killed.
 */
function handOver(entry, args) {
  const child = spawn(chooseNode(), [...entry, ...args], {
    cwd: entry[0].endsWith('stint.mjs') ? process.cwd() : root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  const passedOn = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT']
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (passedOn.includes(signal)) child.kill(signal)
    })
  }
  watchNpm(() => child.kill('SIGTERM'))
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)))
}

const [verb = '', ...args] = process.argv.slice(2)
const entry = entries[verb]
if (entry === undefined)
  fail(`unknown verb ${JSON.stringify(verb)}; there are: ${Object.keys(entries).join(', ')}`)
await install()
handOver(
  entry.map((part, index) => (index === 0 ? join(root, part) : part)),
  args,
)
