/** How many changes are told apart; older ones are told as one. */
const remembered = 200

/** Remembers from which index on a list was changed, so that what is derived of it need not be made anew as a whole. */
export class ChangeLog {
  #version = 0
  /** Ascending in both: an older change further down is covered by a newer one further up. */
  readonly #changes: { version: number; readonly from: number }[] = []

  /** Grows with each change. */
  get version(): number {
    return this.#version
  }

  /** Everything from the index on may be another than before. */
  note(from: number): void {
    this.#version += 1
    while ((this.#changes.at(-1)?.from ?? -1) >= from) this.#changes.pop()
    this.#changes.push({ version: this.#version, from })
    const [first, second] = this.#changes
    if (this.#changes.length > remembered && first && second) {
      first.version = second.version
      this.#changes.splice(1, 1)
    }
  }

  /** The first index that may hold another than at that version; Infinity where nothing changed. */
  changedFrom(version: number): number {
    return this.#changes.find((change) => change.version > version)?.from ?? Number.POSITIVE_INFINITY
  }
}
