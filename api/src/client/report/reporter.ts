import { CliError, usageError } from '../exit.ts'
import { Connection } from '../server/connection.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface StepReport {
  readonly name: string
  readonly state: string
  readonly output?: unknown
  readonly error?: string
}

export interface LogReport {
  readonly step?: string
  readonly text: string
  readonly stream?: 'stdout' | 'stderr' | 'log'
}

/** What one report tells; the number is put on it here. */
export interface Report {
  readonly title?: string
  readonly progress?: number
  readonly steps?: readonly StepReport[]
  readonly log?: readonly LogReport[]
  readonly state?: 'stopped'
  readonly result?: string
}

export interface OpenReport {
  readonly label: string
  readonly title?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly timeoutHours?: number
}

export interface OpenedReport {
  readonly taskId: string
  readonly reportToken: string
  readonly url: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What is kept of an open report between two calls. */
interface Kept {
  readonly token: string
  readonly seq: number
}

const fileOf = (taskId: string) => `reports/${taskId}`

function readKept(terminal: Terminal, taskId: string): Kept | undefined {
  const text = terminal.settings.readSecret(fileOf(taskId))
  const kept = text === undefined ? undefined : (JSON.parse(text) as Kept)
  const token = terminal.settings.reportToken ?? kept?.token
  return token === undefined ? undefined : { token, seq: kept?.seq ?? 0 }
}

/** Tells a server what happens in a task that something else runs. */
export class Reporter {
  readonly taskId: string
  readonly #connection: Connection
  readonly #token: string
  #seq: number
  /** Sent without hearing an answer: the server may have it. */
  #unsure: Report | undefined

  constructor(url: string, taskId: string, { token, seq }: Kept) {
    this.taskId = taskId
    this.#connection = new Connection(url, { token })
    this.#token = token
    this.#seq = seq
  }

  static async open(
    terminal: Terminal,
    request: OpenReport,
  ): Promise<{ opened: OpenedReport; reporter: Reporter }> {
    const { body } = await terminal.connection.post('/api/reports', request)
    const opened = body as OpenedReport
    return {
      opened,
      reporter: new Reporter(terminal.url, opened.taskId, { token: opened.reportToken, seq: 0 }),
    }
  }

  /** A report that an earlier call opened and kept. */
  static kept(terminal: Terminal, taskId: string): Reporter {
    if (!uuid.test(taskId))
      throw usageError(`${JSON.stringify(taskId)} is no id of a report.`, 'stint report open prints it.')
    const kept = readKept(terminal, taskId)
    if (kept !== undefined) return new Reporter(terminal.url, taskId, kept)
    throw new CliError(`The token of report ${taskId} is not kept here.`, {
      hint: 'It was opened elsewhere: set STINT_REPORT_TOKEN',
    })
  }

  /**
   * Sends a report once, however often it is called with it: a repeat after a lost answer keeps its number, which the server
   * then knows already. A fresh report whose number is known was overtaken by another process; it takes a higher one.
   */
  async send(report: Report): Promise<void> {
    const isRepeat = this.#unsure === report
    for (let step = 1; step <= 1024; step *= 2) {
      if (!isRepeat || step > 1) this.#seq += step
      this.#unsure = report
      const { body } = await this.#connection.post(`/api/reports/${this.taskId}`, {
        seq: this.#seq,
        ...report,
      })
      this.#unsure = undefined
      if ((body as { accepted: boolean }).accepted || isRepeat) return
    }
    throw new CliError(`Report ${this.taskId} takes no further number.`, {
      hint: 'Does something else report the same task?',
    })
  }

  keep(terminal: Terminal): void {
    const kept: Kept = { token: this.#token, seq: this.#seq }
    terminal.settings.writeSecret(fileOf(this.taskId), JSON.stringify(kept))
  }

  forget(terminal: Terminal): void {
    terminal.settings.removeSecret(fileOf(this.taskId))
  }
}
