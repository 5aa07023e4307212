import { parentPort, workerData } from 'node:worker_threads'
import { exactYaml } from './yaml-exact.ts'

/** The thread of parseYaml: reads one text and is gone. */
try {
  // As a text: exact numbers do not survive the way from thread to thread.
  parentPort?.postMessage({ json: JSON.stringify(exactYaml(workerData as string) ?? null) })
} catch (error) {
  parentPort?.postMessage({ message: error instanceof Error ? error.message : String(error) })
}
