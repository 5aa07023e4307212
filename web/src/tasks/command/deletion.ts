import { counted } from '@stint/schema/counted'

/** The server counts no further. */
const most = 100_000
/** Beyond so many, whoever confirms types how many they are. */
const typedAbove = 20

interface Goes {
  readonly tasks: number
  readonly children: number
  readonly attempts: number
}

const upTo = (count: number, one: string, many: string) =>
  count < most ? counted(count, one, many) : `${most.toLocaleString('en')} and more ${many}`

/** What a deletion takes along, as a sentence. */
export function whatGoes({ tasks, children, attempts }: Goes): string {
  const whose = tasks === 1 ? 'its' : 'their'
  const parts = [
    children > 0 && upTo(children, 'sub-task', 'sub-tasks'),
    attempts > 0 && `${upTo(attempts, 'attempt', 'attempts')} with outputs and logs`,
    `${whose} record with all comments`,
  ].filter((part) => part !== false)
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts[0]
  return `${tasks === 1 ? 'With it' : 'With them'} go ${list}. Nothing brings ${tasks === 1 ? 'it' : 'them'} back but a backup.`
}

/** What must be typed to confirm. */
export const wordToType = (tasks: number): string => (tasks > typedAbove ? `delete ${tasks}` : 'delete')
