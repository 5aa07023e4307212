/** The label of the task that rotates, by which it is found again. */
export const rotationLabel = 'keys.rotate'

export const rotationKinds = ['rewrap', 'reencrypt'] as const
export type RotationKind = (typeof rotationKinds)[number]

/** A key as the database knows it; its secret is in the key files only. */
export interface KnownKey {
  readonly id: string
  readonly createdAt: Date
  /** New data keys are wrapped by it. */
  readonly isCurrent: boolean
}

export interface RingKeyState {
  readonly id: string
  readonly createdAt: Date
  readonly isNewest: boolean
  /** Tasks whose data key it wraps. */
  readonly tasks: number
  readonly mayBeRemoved: boolean
}

export interface RotationState {
  readonly taskId: string
  readonly kind: RotationKind
  readonly state: string
  readonly done: number
  readonly total: number
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly error: string | null
}

export interface KeyRingState {
  readonly keys: readonly RingKeyState[]
  readonly rotation: RotationState | undefined
}
