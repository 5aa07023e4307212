/** A curl that opens a reported task with two steps, for a shell of any kind. */
export function reportCurl(origin: string, token: string): string {
  const body = {
    label: 'first-report',
    title: 'Hello from my shell',
    progress: 0.5,
    steps: [
      { name: 'prepare', state: 'DONE', output: { ready: true } },
      { name: 'work', state: 'RUNNING' },
    ],
  }
  return [
    `curl -sS ${origin}/api/reports`,
    `-H 'Authorization: Bearer ${token}'`,
    `-H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(body)}'`,
  ].join(' \\\n  ')
}
