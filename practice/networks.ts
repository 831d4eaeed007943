import { EventEmitter } from 'node:events'
import * as z from 'zod'
import type { Store, Visitor } from './cloud.ts'

/** A network that this machine can be moved to, with the public address that AWS then sees. */
export interface Network {
  readonly id: string
  readonly label: string
  /** Of the blocks that are kept for documentation (RFC 5737): nobody's. */
  readonly address: string
}

/** The one that the security group of the start lets in comes first. */
export const networks: readonly [Network, ...Network[]] = [
  { id: 'home', label: 'Home', address: '203.0.113.24' },
  { id: 'cafe', label: 'Café', address: '198.51.100.77' },
  { id: 'office', label: 'Office, behind its VPN', address: '203.0.113.190' },
]

/** What is kept of them: where this machine is. */
export const networksState = z.object({ network: z.string() })
export type NetworksState = z.infer<typeof networksState>
export const firstNetworksState: NetworksState = { network: networks[0].id }

export interface Networks extends Visitor {
  current(): Network
  /** Moves this machine to another network; false where there is none of this name. */
  move(id: string): Promise<boolean>
}

/** Where this machine is, as AWS sees it. The choice survives a restart. */
export function createNetworks(store: Store<NetworksState>): Networks {
  const moves = new EventEmitter()
  const current = () => networks.find(({ id }) => id === store.value.network) ?? networks[0]
  return {
    current,
    address: () => current().address,
    async move(id) {
      if (!networks.some((one) => one.id === id)) return false
      await store.update(() => ({ network: id }))
      moves.emit('moved')
      return true
    },
    onMove(listener) {
      moves.on('moved', listener)
      return () => void moves.off('moved', listener)
    },
  }
}
