/** The shortest message of an event stream: two lengths and two checksums. */
const shortest = 16

/**
 * Hears the bytes of an event stream pass by, and throws where a message says that it is longer than `most`: the SDK makes room for as many
 * bytes as the first four name, up to four gigabytes.
 */
export function guardFrames(most: number): (part: Uint8Array) => void {
  let left = 0
  let length = 0
  let known = 0
  return (part) => {
    for (let at = 0; at < part.length; ) {
      if (left > 0) {
        const taken = Math.min(left, part.length - at)
        left -= taken
        at += taken
        continue
      }
      length = length * 256 + (part[at] ?? 0)
      at += 1
      known += 1
      if (known < 4) continue
      if (length < shortest || length > most) throw new RangeError(`A message of an event stream says that it has ${length} bytes.`)
      left = length - 4
      length = 0
      known = 0
    }
  }
}
