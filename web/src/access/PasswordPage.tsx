export function PasswordPage() {
  return <p>soon</p>
}
