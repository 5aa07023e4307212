/**
 * What was changed, by whom, from where and why. A row commits with the change it describes and is never touched again:
 * the database refuses update, delete and truncate. Tasks have their own record (`event`); here stands what administrators do.
 */

/** Who is written down; an actor of domains/access is one. */
export interface Author {
  readonly userId: string
  readonly name: string
  readonly address?: string
}

export interface NewAuditEntry {
  /** Where something else already points to it. */
  readonly id?: string
  /** Noun and verb, such as `user.create` or `setting.update`. */
  readonly action: string
  readonly subjectType?: string
  readonly subjectId?: string
  /** The sentence a person gave for it. */
  readonly reason?: string
  /** What changed, before and after; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

export interface AuditEntry {
  readonly id: string
  readonly at: Date
  readonly actorId: string | null
  readonly actorName: string
  readonly action: string
  readonly subjectType: string | null
  readonly subjectId: string | null
  readonly reason: string | null
  readonly address: string | null
  readonly details: Record<string, unknown>
}

export interface AuditFilter {
  readonly subjectType?: string | null
  readonly subjectId?: string | null
  readonly actorName?: string | null
}
