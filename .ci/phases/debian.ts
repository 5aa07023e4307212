import { existsSync } from 'node:fs'
import { run } from './command.ts'

// Services of a package that is installed here are not started: tests bring up their own.
const environment = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }

/** Only root on Debian or its kin can; others have what they have. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** Best effort: what is missing afterwards is looked for by whoever needs it. */
export async function installPackages(...names: readonly string[]): Promise<void> {
  console.log(`installing the Debian packages ${names.join(', ')}`)
  const args = ['install', '--yes', '--no-install-recommends', ...names]
  const first = await run('apt-get', args, { timeoutSeconds: 300, environment })
  if (first.status === 0) return
  await run('apt-get', ['update'], { timeoutSeconds: 120, environment })
  const second = await run('apt-get', args, { timeoutSeconds: 300, environment })
  if (second.status !== 0) console.log(second.printed.trim())
}
