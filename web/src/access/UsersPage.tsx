export function UsersPage() {
  return <p>soon</p>
}
