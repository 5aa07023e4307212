import { readdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const worthIt = /\.(js|css|html|svg|json)$/
const smallestBytes = 512

const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < smallestBytes) return
  const [br, zipped] = await Promise.all([
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    gz(bytes, { level: 9 }),
  ])
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, zipped)])
}

/** Writes `.br` and `.gz` beside every text file of the build, so that the server never compresses anything itself. */
export function precompress(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'stint-precompress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async closeBundle() {
      // A build that is only measured writes nothing: there is no folder to look into.
      if (!config.build.write) return
      const folder = config.build.outDir
      const files = await readdir(resolve(config.root, folder), { recursive: true })
      await Promise.all(
        files
          .filter((file) => worthIt.test(file))
          .map((file) => compressFile(resolve(config.root, folder, file))),
      )
    },
  }
}
