import { parentPort, workerData } from 'node:worker_threads'
import { parse } from 'yaml'

/** The thread of parseYaml: reads one text and is gone. */
try {
  parentPort?.postMessage({ value: parse(workerData as string, { maxAliasCount: 100, logLevel: 'error' }) })
} catch (error) {
  parentPort?.postMessage({ message: error instanceof Error ? error.message : String(error) })
}
