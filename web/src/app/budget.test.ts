import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { afterEach, expect, it, vi } from 'vitest'

const budgetBytes = 250_000
const root = join(import.meta.dirname, '..', '..')

async function chunksOfBuild(): Promise<Map<string, Rolldown.OutputChunk>> {
  // Otherwise React's development build would be weighed.
  vi.stubEnv('NODE_ENV', 'production')
  const result = await build({ root, logLevel: 'silent', build: { write: false } })
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput
  return new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])))
}

/** What a browser must load before a page stands: its chunk and all that it imports, without what is loaded later. */
function loadedWith(
  chunks: Map<string, Rolldown.OutputChunk>,
  names: readonly string[],
): Set<Rolldown.OutputChunk> {
  const found = new Set<Rolldown.OutputChunk>()
  const walk = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    for (const name of chunk.imports) walk(chunks.get(name))
  }
  for (const chunk of chunks.values()) if (chunk.isEntry || names.includes(chunk.name)) walk(chunk)
  return found
}

afterEach(() => {
  vi.unstubAllEnvs()
})

it('loads the first page with at most 250 kB of compressed JavaScript', { timeout: 60_000 }, async () => {
  const chunks = await chunksOfBuild()
  const first = loadedWith(chunks, ['Shell', 'DashboardPage'])
  expect([...first].map((chunk) => chunk.name)).toEqual(expect.arrayContaining(['Shell', 'DashboardPage']))
  const bytes = [...first].reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0)
  expect(bytes).toBeLessThan(budgetBytes)
  // The charts weigh as much as the page around them, so they must come after it.
  expect([...first].some((chunk) => chunk.name === 'Donut')).toBe(false)
})
