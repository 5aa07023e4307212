/** A slip of the pen changes this many letters at most; longer names are not compared. */
const editsMax = 3
const comparedLengthMax = 100

/** The end of a sentence: `; did you mean "steps"?` with the known name that was probably meant, else the full stop. */
export function suggestion(name: string, known: Iterable<string>, otherwise = '.'): string {
  const best = nearest(name, known)
  return best === undefined ? otherwise : `; did you mean "${best}"?`
}

/** The known name that was probably meant; undefined when none resembles it. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > comparedLengthMax) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  // One letter resembles every other one.
  let limit = name.length < 2 ? 0 : name.length < 4 ? 1 : name.length < 9 ? 2 : editsMax
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue
    const distance = distanceTo(wanted, candidate.toLowerCase(), limit)
    if (distance > limit) continue
    best = candidate
    limit = distance - 1
    if (limit < 0) break
  }
  return best
}

/** Two neighbours that changed places are the commonest slip; as two edits they would be too many for a short name. */
function distanceTo(wanted: string, candidate: string, limit: number): number {
  return isSwapped(wanted, candidate) ? 1 : editDistance(wanted, candidate, limit)
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2) && at < a.length
}

/** Reused: a list of names is compared with many others, and new rows for each pair cost more than the comparison. */
let previousRow = new Uint8Array(comparedLengthMax + 2)
let currentRow = new Uint8Array(comparedLengthMax + 2)

/**
 * What both begin and end with is left out first; then only the cells near the diagonal can stay within the limit, so only they
 * are looked at. Beyond the limit it answers any larger number.
 */
function editDistance(a: string, b: string, limit: number): number {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [m, n] = [a.length - start, b.length - start]
  while (m > 0 && n > 0 && a[start + m - 1] === b[start + n - 1]) {
    m--
    n--
  }
  if (m === 0 || n === 0) return Math.max(m, n)
  const beyond = limit + 1
  for (let j = 0; j <= n; j++) previousRow[j] = Math.min(j, beyond)
  for (let i = 1; i <= m; i++) {
    const [from, to] = [Math.max(1, i - limit), Math.min(n, i + limit)]
    currentRow[from - 1] = from === 1 ? Math.min(i, beyond) : beyond
    let least = currentRow[from - 1] as number
    for (let j = from; j <= to; j++) {
      const replaced = (previousRow[j - 1] as number) + (a[start + i - 1] === b[start + j - 1] ? 0 : 1)
      const cell = Math.min(
        replaced,
        (previousRow[j] as number) + 1,
        (currentRow[j - 1] as number) + 1,
        beyond,
      )
      currentRow[j] = cell
      if (cell < least) least = cell
    }
    if (least > limit) return beyond
    // The next row looks one cell further.
    if (to < n) currentRow[to + 1] = beyond
    ;[previousRow, currentRow] = [currentRow, previousRow]
  }
  return previousRow[n] as number
}
