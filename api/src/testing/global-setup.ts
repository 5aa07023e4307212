import type { TestProject } from 'vitest/node'
import type { Target } from '../postgres/connect.ts'
import { startTestCluster, type TestCluster } from './cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated database that test files clone. */
    databaseTemplate: Target
  }
}

let cluster: TestCluster | undefined

/** Once for a whole run of vitest, before the first file. */
export async function setup(project: TestProject): Promise<void> {
  cluster = await startTestCluster()
  project.provide('databaseTemplate', cluster.template)
}

export async function teardown(): Promise<void> {
  await cluster?.stop()
}
