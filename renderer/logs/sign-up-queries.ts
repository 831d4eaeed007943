import { useMutation } from '@tanstack/react-query'
import type { Place } from '../../preload/contract/instances.ts'
import type { UserValues } from '../../preload/contract/logs.ts'
import { client, orpc, useStream } from '../client.ts'

/** The sign-ups that the log tells of, kept up to date by main. Absent `place`: where the environment's instance stands. */
export function useSignUps(environment: string, place: Place | undefined, group: string | null, hours: number, enabled = true) {
  return useStream(orpc.logs.signUps, { environment, ...(place && { place }), group, hours }, enabled)
}

/** Inserts one user's row; the stream tells that it is there. */
export function useRepair(environment: string, onDone: (sentence: string) => void) {
  return useMutation({
    mutationFn: (values: UserValues) => client.logs.repair({ environment, values }),
    onSuccess: ({ sentence }) => onDone(sentence),
  })
}
