import { createContext, useContext } from 'react'
import type { Zone } from './time-format.ts'

/** The zone that times are told in; given once at the top of the page, because a list asks for it in every row. */
export const ZoneContext = createContext<Zone>('utc')

export function useZone(): Zone {
  return useContext(ZoneContext)
}
