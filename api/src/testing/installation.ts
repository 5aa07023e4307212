import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Program, startProgram } from './program.ts'

export const adminPassword = 'correct horse battery'

export interface Installation {
  readonly url: string
  /** A folder of its own, with data, templates and scripts. */
  readonly root: string
  readonly server: Program
  /** Ends it cleanly; its folder stays, so that it can be started again. */
  end(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** What the tests run, by file name. */
export const testTemplates: Record<string, string> = {
  'greet.yaml': `
name: greet
description: Says hello
title_format: Greeting {{.input.name}}
auto_runnable: true
inputs:
  - { name: name, description: Who, type: string }
  - { name: count, type: number, default: 1 }
  - { name: tags, type: string, collection: true, optional: true }
steps:
  hello: { description: prints, action: { type: script, configuration: { file_path: hello.sh, argv: ['{{.input.name}}'] } } }
  after: { description: after it, dependencies: [hello], action: { type: echo, configuration: { output: done } } }
result_format: { greeted: '{{.step.hello.output.greeted}}' }
`,
  'break.yaml': `
name: break
description: Fails in its first step
title_format: Breaks
auto_runnable: true
steps:
  first: { action: { type: echo, configuration: { error_message: no such disk, error_type: client } } }
  second: { dependencies: [first], action: { type: echo, configuration: { output: never } } }
`,
  'long.yaml': `
name: long
description: Runs a script that does not end by itself
title_format: Runs long
auto_runnable: true
steps:
  work: { action: { type: script, configuration: { file_path: long.sh, timeout: 10m } } }
`,
  'sleep.yaml': `
name: sleep
description: Waits
title_format: Sleeps
auto_runnable: true
steps:
  wait: { action: { type: wait, configuration: { for: 1h } } }
`,
}

const scripts: Record<string, string> = {
  'hello.sh': `#!/bin/sh
echo "hello $1"
echo warning >&2
echo "{\\"greeted\\": \\"$1\\"}"
`,
  'long.sh': `#!/bin/sh
sleep 300 &
echo "started $$"
wait
`,
}

function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'stint-installation-'))
  for (const folder of ['data', 'templates', 'scripts']) mkdirSync(join(root, folder))
  for (const [name, text] of Object.entries(testTemplates)) writeFileSync(join(root, 'templates', name), text)
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(root, 'scripts', name), text)
    chmodSync(join(root, 'scripts', name), 0o755)
  }
  return root
}

export interface InstallationOptions {
  /** Of an installation that was ended. */
  readonly root?: string
  /** To be found where it was before. */
  readonly port?: number
  /** Variables besides the usual ones. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A whole installation as a process of its own, without the page. */
export async function startInstallation({
  root = makeRoot(),
  port = 0,
  environment = {},
}: InstallationOptions = {}): Promise<Installation> {
  const server = startProgram([resolve(import.meta.dirname, '../cli/main.ts'), 'api'], {
    PORT: String(port),
    STINT_ADMIN_PASSWORD: adminPassword,
    STINT_LOG_LEVEL: 'warn',
    STINT_DATA_DIR: join(root, 'data'),
    STINT_TEMPLATES_DIRS: join(root, 'templates'),
    STINT_SCRIPTS_DIR: join(root, 'scripts'),
    ...environment,
  })
  const ready = await server.line(/Stint is ready: (\S+)/)
  const end = async () => {
    server.child.kill('SIGTERM')
    await server.ended
  }
  const stop = async () => {
    await end()
    rmSync(root, { recursive: true })
  }
  return { server, root, end, stop, url: ready.split(' ').at(-1) as string }
}
