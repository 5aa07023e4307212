/*
 * What an action may ask of the world outside: another system, that calls an address, or a person, who answers a form. What is
 * asked and what was answered are rows, so an attempt that was cut off finds both again.
 */

export interface QuestionForm {
  readonly title?: string
  readonly description?: string
  /** Of the answer; absent: any JSON. */
  readonly schema?: Readonly<Record<string, unknown>>
}

export interface NewQuestion {
  readonly form: QuestionForm
  readonly expiresAt?: Date
  /** Of an input: who may answer, besides those who may command the task; nobody named means everybody who may resolve it. */
  readonly answerers?: readonly string[]
  readonly answererGroups?: readonly string[]
}

export interface Question {
  readonly id: string
  readonly form: QuestionForm
  readonly expiresAt: Date | undefined
  /** Present once it is answered. */
  readonly answer: { readonly value: unknown; readonly at: Date; readonly by: string } | undefined
  /** Nobody can answer it any more. */
  readonly isClosed: boolean
}

export interface Callback {
  readonly id: string
  /** Good for one call; nothing but its hash is kept. */
  readonly token: string
  readonly url: string
}

export interface QuestionDoor {
  /** The open question of this step to a person; asked now when there is none. */
  ask(question: NewQuestion): Promise<Question>
  /** The open address of this step that somebody may call; made now when there is none, the same as long as nobody called. */
  openCallback(question: NewQuestion): Promise<Callback>
  /** What this task asked, by id. From now on the step is woken by the answer. Undefined when this task asked no such thing. */
  waitFor(id: string): Promise<Question | undefined>
  /** Takes the question back, unless it is answered; what stands then. */
  close(id: string): Promise<Question | undefined>
}
