export function StatusPage() {
  return (
    <main>
      <h1>Status</h1>
    </main>
  );
}
