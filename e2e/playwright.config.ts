import { defineConfig } from '@playwright/test'

const chromium = process.env.STINT_CHROMIUM ?? '/usr/bin/chromium'
const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** Two workers, each with a whole installation of its own: see kit/fixtures.ts. On a machine of CI a failure is
 * tried once more and named; at a desk what fails once fails. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'results/failed',
  fullyParallel: true,
  workers: 2,
  retries: process.env.CI ? 1 : 0,
  maxFailures: 12,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    { name: 'page', testMatch: 'page.setup.ts' },
    { name: 'specs', testMatch: '*.spec.ts', dependencies: ['page'] },
  ],
  use: {
    launchOptions: { executablePath: chromium, args: quiet },
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    // A trace costs a third of the time of everything: `--trace on` for one spec tells more when it is needed.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
})
