export function ExecutorsPage() {
  return <p>soon</p>
}
