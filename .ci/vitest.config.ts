import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// Node's own type stripping runs the tests, as it runs the product. Vite's runner would load graphql twice, once as .mjs
// and once as .js, and graphql refuses objects of its other copy.
const experimental = { viteModuleRunner: false }
const testTimeout = 60_000
const globalSetup = resolve(import.meta.dirname, '../api/src/testing/global-setup.ts')
const faults = ['src/**/*.faults.test.ts']

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    maxWorkers: 2,
    projects: [
      {
        root: 'api',
        test: {
          name: 'api',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'plugins/**/*.test.ts'],
          exclude: faults,
          globalSetup,
          experimental,
          testTimeout,
          hookTimeout: 60_000,
        },
      },
      {
        // Kills and cuts: they take their time, and their load would disturb the others.
        root: 'api',
        test: {
          name: 'faults',
          include: faults,
          globalSetup,
          experimental,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      { root: 'schema', test: { name: 'schema', include: ['src/**/*.test.ts'], experimental, testTimeout } },
      { root: 'web', test: { name: 'web', include: ['src/**/*.test.{ts,tsx}'], testTimeout } },
      { root: '.ci', test: { name: 'ci', include: ['*.test.ts'], experimental, testTimeout } },
    ],
  },
})
