import { existsSync } from 'node:fs'
import { installPackages, mayInstall } from './debian.ts'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
]

function find(): string | undefined {
  return [process.env.STINT_CHROMIUM, ...places].find((place) => place !== undefined && existsSync(place))
}

/** A Chromium to drive: one that is there, or Debian's, installed when we are root. */
export async function findChromium(): Promise<string | undefined> {
  const there = find()
  if (there !== undefined || !mayInstall()) return there
  await installPackages('chromium')
  return find()
}
