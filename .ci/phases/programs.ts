import { existsSync } from 'node:fs'
import { installPackages, mayInstall } from './debian.ts'

/** Programs that tests of actions talk to, and the Debian packages that have them. */
const wanted = [
  { file: '/usr/sbin/sshd', packageName: 'openssh-server' },
  { file: '/usr/bin/ssh-keygen', packageName: 'openssh-client' },
  { file: '/usr/bin/ping', packageName: 'iputils-ping' },
]

/**
 * Installs what is missing where that is allowed; tests that need what is still missing are skipped and named. Not on a
 * machine that boots services: installing an SSH server there would open it to the network.
 */
export async function installPrograms(): Promise<void> {
  const missing = wanted.filter(({ file }) => !existsSync(file) && !existsSync(file.replace('/usr', '')))
  if (missing.length === 0 || !mayInstall() || existsSync('/run/systemd/system')) return
  await installPackages(...missing.map(({ packageName }) => packageName))
}
