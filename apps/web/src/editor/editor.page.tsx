export function EditorPage() {
  return (
    <main>
      <h1>Runbin</h1>
    </main>
  );
}
