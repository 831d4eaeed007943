/** What a page sees that the console does not know. */
export function RefusedPage() {
  return (
    <main className="refused">
      <h1>Open Basepair from its terminal</h1>
      <p>
        This console does not know this page: the address was used before, or the console was started anew since. Open the address that it
        printed in its terminal, the line that begins with <span className="mono">Basepair:</span>
      </p>
      <p className="dim">An open page of the same console can give another address: Settings, Open in another browser.</p>
    </main>
  )
}
