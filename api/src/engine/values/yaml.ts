import { Worker } from 'node:worker_threads'
import { parseJson } from '../../base/exact-json.ts'
import { exactYaml } from './yaml-exact.ts'

/** From this length on a text is read in a thread: the parser needs 0.4 s for 800 kB, and longer for hostile ones. */
const longText = 50_000
const patienceMs = 60_000

type Answer = { readonly json: string } | { readonly message: string }

export function isLongYaml(text: string): boolean {
  return text.length > longText
}

/** A short text as YAML 1.2, aliases bounded. Throws. */
export function parseShortYaml(text: string): unknown {
  return exactYaml(text)
}

/** The same for a long one, without holding this thread up. Rejects. */
export async function parseLongYaml(text: string): Promise<unknown> {
  const worker = new Worker(new URL('./yaml-worker.ts', import.meta.url), {
    workerData: text,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const timer = setTimeout(() => void worker.terminate(), patienceMs)
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('reading it took too long')))
    })
    if ('message' in answer) throw new Error(answer.message)
    return parseJson(answer.json)
  } finally {
    clearTimeout(timer)
    void worker.terminate()
  }
}
