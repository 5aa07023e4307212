const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const dateOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })
const timeOfDay = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** `3 minutes ago`, `in 2 hours`; after a week the date. */
export function relativeText(at: string, now: number): string {
  const difference = new Date(at).getTime() - now
  const size = Math.abs(difference)
  if (size < 5 * second) return 'just now'
  if (size < minute) return relative.format(Math.round(difference / second), 'second')
  if (size < hour) return relative.format(Math.round(difference / minute), 'minute')
  if (size < day) return relative.format(Math.round(difference / hour), 'hour')
  if (size < 7 * day) return relative.format(Math.round(difference / day), 'day')
  return dateOnly.format(new Date(at))
}

/** Date and time to the second, with the zone. */
export const exactText = (at: string): string => exact.format(new Date(at))

/** `14:02:11`. */
export const clockText = (at: string | number): string => timeOfDay.format(new Date(at))

/** The time of day when it is within twelve hours, else the date too: for instants inside a sentence. */
export const instantText = (at: string, now: number): string =>
  Math.abs(new Date(at).getTime() - now) < 12 * hour ? clockText(at) : exact.format(new Date(at))

/** `12 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 05 min`, `4 d 3 h`. Never negative. */
export function durationText(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 10 * second) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min ${pad(Math.floor((ms % minute) / second))} s`
  if (ms < day) return `${Math.floor(ms / hour)} h ${pad(Math.floor((ms % hour) / minute))} min`
  return `${Math.floor(ms / day)} d ${Math.floor((ms % day) / hour)} h`
}

/** The same for something that still goes on: whole seconds, because tenths would jump. */
export const tickingText = (milliseconds: number): string =>
  milliseconds < 10 * second
    ? `${Math.floor(Math.max(0, milliseconds) / second)} s`
    : durationText(milliseconds)

/** Round distances on a scale: `30 s`, `5 min`, `2 h`, `3 d`. */
export function scaleText(milliseconds: number): string {
  if (milliseconds < minute) return `${milliseconds / second} s`
  if (milliseconds < hour)
    return milliseconds % minute === 0 ? `${milliseconds / minute} min` : durationText(milliseconds)
  if (milliseconds < day)
    return milliseconds % hour === 0 ? `${milliseconds / hour} h` : durationText(milliseconds)
  return `${milliseconds / day} d`
}

const pad = (value: number) => String(value).padStart(2, '0')

/** Milliseconds from `from` to `to`, or to now when `to` is open. */
export const elapsedMs = (from: string, to: string | null | undefined, now: number): number =>
  (to ? new Date(to).getTime() : now) - new Date(from).getTime()

/** An instant as a field for date and time shows it: the reader's time, without a zone. */
export function localInput(at: string): string {
  const instant = new Date(at)
  return new Date(instant.getTime() - instant.getTimezoneOffset() * minute).toISOString().slice(0, 16)
}

/** The reader's time zone: `Europe/Berlin`. */
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
