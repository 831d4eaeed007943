/** What the bench can do in the page; each gives the milliseconds from the action to the frame that shows what was waited for. */
export interface PageMeasures {
  openTable(name: string): Promise<number[]>
  showRow(label: string, row: number, of: number): Promise<number[]>
  listTables(): Promise<number[]>
  filterTables(text: string, first: string): Promise<number[]>
  /** To the first rows, and to all of them. */
  run(rows: number): Promise<number[]>
  leave(): void
}

/** Runs inside the page, by its own clock: what it uses must stand in it. */
export function installMeasures(): void {
  const limit = 60_000
  const painted = () =>
    new Promise<void>((resolve) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => resolve()
        channel.port2.postMessage(null)
      }),
    )
  const measure = async (act: () => void, ...shown: readonly (() => boolean)[]): Promise<number[]> => {
    const start = performance.now()
    act()
    const times: number[] = []
    for (const ready of shown) {
      while (!ready()) {
        await painted()
        if (performance.now() - start > limit) throw new Error(`Nothing was painted in ${limit} ms`)
      }
      await painted()
      times.push(performance.now() - start)
    }
    return times
  }

  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)]
  const grid = (label: string) => document.querySelector<HTMLElement>(`[role="grid"][aria-label="${label}"]`)
  const loadedRows = (label: string) => [...(grid(label)?.querySelectorAll('.grid-row:not([data-loading])') ?? [])]
  const numberOf = (row: Element) => Number(row.getAttribute('aria-rowindex')) - 2
  const follow = (name: string) =>
    all('nav a')
      .find((one) => one.textContent?.includes(name))
      ?.click()
  const treeRows = () => all('[role="treegrid"] [role="row"]')
  const isIdle = () => document.querySelector('.results')?.getAttribute('aria-busy') === 'false'
  const rowsTold = (label: string) => Number(grid(label)?.getAttribute('aria-rowcount') ?? 0) - 1

  const measures: PageMeasures = {
    openTable: (name) =>
      measure(
        () =>
          treeRows()
            .find((row) => row.querySelector('.tree-name')?.textContent === name)
            ?.click(),
        () => loadedRows(`public.${name}`).length > 10,
      ),
    showRow: (label, row, of) =>
      measure(
        () => {
          const element = grid(label)
          if (element) element.scrollTop = (row / of) * (element.scrollHeight - element.clientHeight)
        },
        () => loadedRows(label).some((one) => Math.abs(numberOf(one) - row) < 100),
      ),
    listTables: () =>
      measure(
        () => follow('Tables'),
        () => treeRows().length > 20,
      ),
    filterTables: (text, first) =>
      measure(
        () => {
          const input = document.querySelector<HTMLInputElement>('input[aria-label="Filter tables"]')
          // React hears of a value only when it is set as the browser sets it.
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
          input?.dispatchEvent(new Event('input', { bubbles: true }))
        },
        () => treeRows()[2]?.querySelector('.tree-name')?.textContent === first,
      ),
    run: (rows) =>
      measure(
        () =>
          all('button')
            .find((one) => one.textContent === 'Run')
            ?.click(),
        () => loadedRows('Result 1').length > 0 && (isIdle() ? rowsTold('Result 1') === rows : rowsTold('Result 1') > 1),
        () => isIdle() && rowsTold('Result 1') === rows,
      ),
    leave: () => follow('Activity'),
  }
  Object.assign(window, { measures })
}
