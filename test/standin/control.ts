/** Runs functions that a test sends over the process's channel in this process, as Playwright's `evaluate` does in Electron's. */
export function listenForTests(electron: object): void {
  process.on('message', (message: { kind: string; id: number; source: string; argument: unknown }) => {
    if (message.kind !== 'evaluate') return
    run(electron, message).then(
      (value) => process.send?.({ kind: 'value', id: message.id, value }),
      (error: unknown) => process.send?.({ kind: 'error', id: message.id, error: error instanceof Error ? error.stack : String(error) }),
    )
  })
  // The channel to the test must not keep the app alive.
  process.channel?.unref()
}

async function run(electron: object, { source, argument }: { source: string; argument: unknown }): Promise<unknown> {
  const made = new Function(`return (${source})`)() as (electron: object, argument: unknown) => unknown
  return made(electron, argument)
}
