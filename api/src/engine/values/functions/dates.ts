import { sprigDatetime } from '@promptctl/go-template-js'
import { ValueFault } from '../fault.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { adapted } from './adapted.ts'
import { textOf } from './arguments.ts'

const collection = sprigDatetime()
const zone = 'UTC'
const inZone = adapted('dateInZone', collection)
const modify = adapted('dateModify', collection)
const parse = adapted('toDate', collection)
const htmlInZone = adapted('htmlDateInZone', collection)

/** Times without a zone are UTC here, not the zone of the machine: the same template must say the same everywhere. */
export const dateFunctions: Record<string, FunctionEntry> = {
  now: takes(0, 0, (_, run) => run.clock.now()),
  date: takes(2, 2, ([layout, time], run) => inZone.call([layout, timeOf(time, run), zone], run)),
  dateInZone: takes(3, 3, ([layout, time, name], run) => inZone.call([layout, timeOf(time, run), name], run)),
  date_in_zone: takes(3, 3, ([layout, time, name], run) =>
    inZone.call([layout, timeOf(time, run), name], run),
  ),
  dateModify: takes(2, 2, ([change, time], run) => modify.call([change, timeOf(time, run)], run)),
  date_modify: takes(2, 2, ([change, time], run) => modify.call([change, timeOf(time, run)], run)),
  mustDateModify: takes(2, 2, strictModify),
  must_date_modify: takes(2, 2, strictModify),
  toDate: takes(2, 2, ([layout, text], run) => {
    try {
      return valid(parse.call([layout, text], run))
    } catch (error) {
      // Go's zero time.
      if (error instanceof ValueFault) return new Date('0001-01-01T00:00:00Z')
      throw error
    }
  }),
  mustToDate: takes(2, 2, ([layout, text], run) => valid(parse.call([layout, text], run))),
  ago: takes(1, 1, ([time], run) => {
    const seconds = (run.clock.now().getTime() - timeOf(time, run).getTime()) / 1000
    return durationCall.call([String(Math.round(seconds))], run)
  }),
  duration: takes(1, 1, ([seconds], run) => durationCall.call([seconds], run)),
  durationRound: adapted('durationRound', collection),
  htmlDate: takes(1, 1, ([time], run) => htmlInZone.call([timeOf(time, run), zone], run)),
  htmlDateInZone: takes(2, 2, ([time, name], run) => htmlInZone.call([timeOf(time, run), name], run)),
  unixEpoch: takes(1, 1, ([time], run) => String(Math.floor(timeOf(time, run).getTime() / 1000))),
}

const durationCall = adapted('duration', collection)

function strictModify([change, time]: readonly unknown[], run: Run): unknown {
  const text = textOf(change, 'mustDateModify')
  if (!/^[+-]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new ValueFault(`"${text.slice(0, 50)}" is not a duration such as -1h30m`)
  }
  return modify.call([text, timeOf(time, run)], run)
}

/** A time, seconds since 1970, or (which sprig does not) a text such as 2026-11-20T08:15:00Z. Anything else is now. */
function timeOf(value: unknown, run: Run): Date {
  if (value instanceof Date) return value
  if (typeof value === 'bigint' || typeof value === 'number') return valid(new Date(Number(value) * 1000))
  if (typeof value === 'string') return valid(new Date(value))
  return run.clock.now()
}

function valid(time: unknown): Date {
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time
  throw new ValueFault('this is not a time')
}
