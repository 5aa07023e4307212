import { existsSync } from 'node:fs'
import { run } from './command.ts'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
]
const environment = { DEBIAN_FRONTEND: 'noninteractive' }

function find(): string | undefined {
  return [process.env.STINT_CHROMIUM, ...places].find((place) => place !== undefined && existsSync(place))
}

async function installPackage(): Promise<void> {
  console.log('installing the Debian package chromium')
  const args = ['install', '--yes', '--no-install-recommends', 'chromium']
  const first = await run('apt-get', args, { timeoutSeconds: 300, environment })
  if (first.status === 0) return
  await run('apt-get', ['update'], { timeoutSeconds: 120, environment })
  const second = await run('apt-get', args, { timeoutSeconds: 300, environment })
  if (second.status !== 0) console.log(second.printed.trim())
}

/** A Chromium to drive: one that is there, or Debian's, installed when we are root. */
export async function findChromium(): Promise<string | undefined> {
  const there = find()
  if (there !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return there
  await installPackage()
  return find()
}
