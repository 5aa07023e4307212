import type { SettingName } from '../../../domains/settings/model.ts'
import type { Journal } from './journal.ts'

/** A file that the installation gets. */
export interface PlannedFile {
  /** Which folder of the installation. */
  readonly folder: 'templates' | 'functions' | 'scripts' | 'configuration' | 'data'
  readonly name: string
  readonly content: Buffer
  /** It may hold secrets: for its owner only. */
  readonly isSecret?: boolean
  readonly isExecutable?: boolean
}

export interface PlannedUser {
  readonly name: string
  /** Of µTask's basic-auth: the one that he uses. */
  readonly password?: string
  readonly isAdmin: boolean
  readonly groups: readonly string[]
}

/** What µTask calls a backend of notifications. */
export interface PlannedChannel {
  readonly name: string
  readonly kind: 'webhook' | 'slack'
  readonly strategy: string
  readonly configuration: Record<string, unknown>
}

/** Where actions and channels go, as it is written. */
export interface Reach {
  /** Types of the actions that go anywhere. */
  readonly types: Set<string>
  /** `isHost`: the text is a host; otherwise it may hold addresses. */
  readonly places: { readonly file: string; readonly isHost: boolean; readonly text: string }[]
}

/** Everything that an import would change; nothing is changed while it is made. */
export interface Plan {
  readonly journal: Journal
  readonly files: PlannedFile[]
  readonly settings: Map<SettingName, unknown>
  readonly users: Map<string, PlannedUser>
  readonly channels: PlannedChannel[]
  /** Variables for the environment of the server. */
  readonly environment: Map<string, string>
  readonly reach: Reach
  /** Backends of notifications that steps name, with the first file that does. */
  readonly backends: Map<string, string>
}

export function emptyPlan(journal: Journal): Plan {
  return {
    journal,
    files: [],
    settings: new Map(),
    users: new Map(),
    channels: [],
    environment: new Map(),
    reach: { types: new Set(), places: [] },
    backends: new Map(),
  }
}

/** Puts what is told of somebody in several places together. */
export function addUser(plan: Plan, name: string, more: Partial<Omit<PlannedUser, 'name'>>): void {
  const key = name.trim().toLowerCase()
  const known = plan.users.get(key) ?? { name: key, isAdmin: false, groups: [] }
  const password = more.password ?? known.password
  plan.users.set(key, {
    name: key,
    ...(password !== undefined && { password }),
    isAdmin: known.isAdmin || more.isAdmin === true,
    groups: [...new Set([...known.groups, ...(more.groups ?? [])])],
  })
}
