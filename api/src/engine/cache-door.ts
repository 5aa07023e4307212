/** Values that tasks keep for later ones, sealed at rest. `scope` is the label of the tasks that share them; empty: all do. */
export interface CacheDoor {
  /** Undefined when there is none, or its time is over. */
  get(scope: string, key: string): Promise<{ readonly value: unknown } | undefined>
  /** For `ttlSeconds`, or for ever. */
  set(scope: string, key: string, value: unknown, ttlSeconds: number | undefined): Promise<void>
  /** False when there was none. */
  delete(scope: string, key: string): Promise<boolean>
}
