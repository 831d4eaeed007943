/** A place in a file, counted from 1; a column counts characters. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Tells line and column of UTF-16 offsets. Lines end in LF, CRLF or CR alone. Offsets asked for in ascending order cost one walk in all. */
export function placeAt(text: string): (offset: number) => Place {
  const ends = /\r\n|\r|\n/g
  let line = 1
  let start = 0
  return (offset) => {
    if (offset < start) {
      line = 1
      start = 0
    }
    ends.lastIndex = start
    for (let end = ends.exec(text); end !== null && ends.lastIndex <= offset; end = ends.exec(text)) {
      line++
      start = ends.lastIndex
    }
    return { line, column: [...text.slice(start, Math.min(offset, start + 1_000_000))].length + 1 }
  }
}
