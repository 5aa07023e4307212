import { defineConfig } from 'vitest/config'

// Node's own type stripping runs the tests, as it runs the product. Vite's runner would load graphql twice, once as .mjs
// and once as .js, and graphql refuses objects of its other copy.
const experimental = { viteModuleRunner: false }
const testTimeout = 20_000

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        root: 'api',
        test: {
          name: 'api',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
          globalSetup: 'src/testing/global-setup.ts',
          experimental,
          testTimeout,
          hookTimeout: 60_000,
        },
      },
      { root: 'schema', test: { name: 'schema', include: ['src/**/*.test.ts'], experimental, testTimeout } },
      { root: 'web', test: { name: 'web', include: ['src/**/*.test.{ts,tsx}'], testTimeout } },
      { root: '.ci', test: { name: 'ci', include: ['*.test.ts'], experimental, testTimeout } },
    ],
  },
})
